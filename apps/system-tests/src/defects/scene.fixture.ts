/** The three services together in virtual time, and hands on what happens between them: for the defects that show only there. */
import { type StreamName, streamName } from '@conference/kernel';
import type { AppendResult, EventToAppend, StoredEvent } from '@conference/ports';
import type { OrderDocument } from '@conference/registration-application';
import type { CommandContext, CommandOutcome } from '@conference/runtime';
import { calmOptions, type Simulation, type SimulationOptions, simulation } from '@conference/testing-simulation';
import { journalWriter } from '@conference/tools';
import { createClient, type Settled } from '../simulation/client.ts';
import type { HostedService, Sabotage } from '../simulation/hosted-service.ts';
import { type OpenConference, openConference } from '../simulation/organiser.ts';
import { assertRebuildable, assertSafe, assertSettled, awaitQuiet } from '../simulation/settle.ts';
import { calmWorkload, type Workload } from '../simulation/workload.ts';
import { createWorld, type World } from '../simulation/world.ts';

type Append = { readonly service: string; readonly stream: StreamName; readonly events: readonly EventToAppend[] };
/** Stands before every append of every service: lets it through with `proceed`, at its time, or fails. */
export type AppendHook = (append: Append, proceed: () => Promise<AppendResult>) => Promise<AppendResult>;

type Commit = { readonly service: string; readonly collection: string; readonly documents: readonly unknown[] };
type Committed = 'committed' | 'fenced';
/** The same before every batch of documents. */
export type CommitHook = (commit: Commit, proceed: () => Promise<Committed>) => Promise<Committed>;

export const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' };
export const grace = { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' };
export const pricePerSeat = 9_900;
/** Of the scenes, in seconds: short, since time is virtual, and long enough for everything else to happen in between. */
export const reservationSeconds = 60;
export const graceSeconds = 30;

type AnyOutcome = CommandOutcome<unknown, { readonly code: string }>;
type Selection = readonly { readonly seatTypeId: string; readonly quantity: number }[];

const lookEveryMs = 50;
const lookMs = 120_000;

const describeEvents = (events: readonly StoredEvent[]): readonly string[] => events.map(({ type }) => type);

/** What people do, and what is seen of it. */
const actorsOf = (world: World) => {
  const { sim, conferenceManagement, registration, payments } = world;
  const client = createClient(world, 'somebody');
  const command = <Application, Outcome extends AnyOutcome>(
    host: HostedService<Application>,
    what: string,
    send: (application: Application, context: CommandContext) => Promise<Outcome>,
  ): Promise<Settled<Outcome>> => client.send(host, what, send);

  /** Looks again and again until there is something to see. */
  const until = async <Application, Seen>(
    host: HostedService<Application>,
    what: string,
    look: (application: Application) => Promise<Seen | undefined>,
  ): Promise<Seen> => {
    for (const giveUpAt = sim.elapsedMs() + lookMs; sim.elapsedMs() < giveUpAt; ) {
      const seen = await host.ask(look).catch(() => undefined);
      if (seen !== undefined) return seen;
      await sim.timer.sleep(lookEveryMs);
    }
    throw new Error(`${what}: not seen within ${lookMs} ms`);
  };
  const order = async (orderId: string): Promise<OrderDocument> =>
    until(registration, 'the order', async ({ queries }) => (await queries.order(orderId))?.document);
  const orderBecomes = (orderId: string, state: OrderDocument['state']): Promise<OrderDocument> =>
    until(registration, `order ${state}`, async ({ queries }) => {
      const document = (await queries.order(orderId))?.document;
      return document?.state === state ? document : undefined;
    });

  const place = async (conferenceId: string, items: Selection, orderId: string = client.chance.uuid()) => {
    const outcome = await command(registration, 'place', ({ commands }, context) =>
      commands.placeOrder({ orderId, conferenceId, items, accessCode: 'ABCDEFGHJKMNPQRS' }, context),
    );
    return { orderId, outcome };
  };
  const chooseAgain = (orderId: string, items: Selection) =>
    command(registration, 'choose again', ({ commands }, context) => commands.chooseAgain({ orderId, items }, context));
  const register = (orderId: string, registrant = ada) =>
    command(registration, 'give details', ({ commands }, context) => commands.assignRegistrant({ orderId, registrant }, context));
  const confirm = (orderId: string) =>
    command(registration, 'confirm', ({ commands }, context) => commands.confirmOrder({ orderId }, context));
  const cancel = (orderId: string) =>
    command(registration, 'cancel', ({ commands }, context) => commands.cancelOrder({ orderId }, context));

  /** Begins a payment as soon as payments has heard that the order can be paid; its id. */
  const startPayment = (orderId: string): Promise<string> =>
    until(payments, 'a payment', async ({ commands }) => {
      const commandId = client.chance.uuid();
      const context = { commandId, correlationId: commandId, causationId: commandId, actor: 'somebody' };
      const outcome = await commands.initiatePayment({ orderId }, context);
      return outcome.status === 'accepted' && outcome.state.state !== 'not-initiated' ? outcome.state.paymentId : undefined;
    });
  const accept = (paymentId: string) =>
    command(payments, 'accept', ({ processor }, context) => processor.decide(paymentId, 'accepted', context));
  const paymentBecomes = (paymentId: string, state: string) =>
    until(payments, `payment ${state}`, async ({ queries }) => {
      const document = (await queries.payment(paymentId))?.document;
      return document?.state === state ? document : undefined;
    });

  /** Placed, all reserved, and with a registrant: ready to be paid. */
  const reserved = async (conferenceId: string, items: Selection): Promise<string> => {
    const { orderId } = await place(conferenceId, items);
    await orderBecomes(orderId, 'reserved');
    await register(orderId);
    return orderId;
  };
  /** Paid and confirmed. */
  const bought = async (conferenceId: string, items: Selection) => {
    const orderId = await reserved(conferenceId, items);
    const paymentId = await startPayment(orderId);
    await accept(paymentId);
    await orderBecomes(orderId, 'confirmed');
    return { orderId, paymentId };
  };

  return {
    command,
    until,
    place,
    chooseAgain,
    register,
    confirm,
    cancel,
    startPayment,
    accept,
    paymentBecomes,
    order,
    orderBecomes,
    reserved,
    bought,
    conferenceManagement,
    registration,
    payments,
  };
};

const conferenceSlug = 'simulated-2027';

/** What stands in the stores, and what is offered. */
const sightsOf = (world: World, actors: ReturnType<typeof actorsOf>) => {
  const { registration } = world;
  const stream = (host: HostedService<unknown>, category: string, id: string): readonly StoredEvent[] =>
    host.events.streams.get(streamName(category, id)) ?? [];
  const available = async (seatTypeId: string): Promise<number> =>
    actors.until(
      registration,
      'the offer',
      async ({ queries }) => (await queries.publishedConference(conferenceSlug))?.seats[seatTypeId]?.remaining,
    );
  return {
    stream,
    /** The types of a stream's events, in order. */
    types: (host: HostedService<unknown>, category: string, id: string): readonly string[] => describeEvents(stream(host, category, id)),
    /** Still to be had, as registration offers it. */
    available,
    availableBecomes: (seatTypeId: string, seats: number): Promise<true> =>
      actors.until(registration, `${seats} seats`, async ({ queries }) =>
        (await queries.publishedConference(conferenceSlug))?.seats[seatTypeId]?.remaining === seats ? true : undefined,
      ),
  };
};

type Settings = {
  readonly seatTypes?: Workload['seatTypes'];
  readonly options?: Partial<SimulationOptions>;
  /** Default true. False: for a scene that leaves behind what an operator has to look at. */
  readonly addsUp?: boolean;
};

/** For an append that its service does not live to see answered. */
export const never = (): Promise<never> => new Promise(() => {});

export type Scene = ReturnType<typeof actorsOf> &
  ReturnType<typeof sightsOf> & {
    readonly sim: Simulation;
    readonly world: World;
    readonly conference: OpenConference;
    /** The first seat type. */
    readonly seatTypeId: string;
    pause(milliseconds: number): Promise<void>;
    /** From now on every append of every service passes it. */
    onAppend(hook: AppendHook): void;
    onCommit(hook: CommitHook): void;
    /** All events come to a service again, from the first one, as to one that has lost its place; its commands are sent again. */
    redeliverEverything(host: HostedService<unknown>): Promise<void>;
  };

const restartMs = 5_000;

/**
 * Plays a scene on a published conference, from the first click to the last. Afterwards nothing may be left over: at rest
 * all events and answers have to add up, and every read model must come out of the log alone.
 */
export const scene = async (settings: Settings, play: (scene: Scene) => Promise<void>): Promise<void> => {
  const sim = simulation({ seed: 1, options: { ...calmOptions, ...settings.options } });
  const { seatTypes = [{ price: pricePerSeat, quota: 10 }] } = settings;
  const workload: Workload = { ...calmWorkload, seatTypes, reservationSeconds, graceSeconds };
  let appending: AppendHook = (_, proceed) => proceed();
  let committing: CommitHook = (_, proceed) => proceed();
  const sabotage: Sabotage = {
    eventStore: (service, store) => ({
      ...store,
      append: (stream, expected, events) => appending({ service, stream, events }, () => store.append(stream, expected, events)),
    }),
    readModels: (service, store) => ({
      ...store,
      commit: (build, batch) => {
        const documents = [...batch.writes.values()].map(({ document }) => document);
        return committing({ service, collection: build.collection.name, documents }, () => store.commit(build, batch));
      },
    }),
  };
  const world = createWorld(sim, workload, sabotage);
  const journal = journalWriter();
  world.start();
  const playing = async (): Promise<void> => {
    const conference = await openConference(world, journal);
    const [first] = conference?.seatTypes ?? [];
    if (conference === undefined || first === undefined) throw sim.failure('the conference is never offered');
    const actors = actorsOf(world);
    await play({
      ...actors,
      ...sightsOf(world, actors),
      sim,
      world,
      conference,
      seatTypeId: first.seatTypeId,
      pause: (milliseconds) => sim.timer.sleep(milliseconds),
      onAppend: (hook) => {
        appending = hook;
      },
      onCommit: (hook) => {
        committing = hook;
      },
      redeliverEverything: async (host) => {
        host.service.crash();
        host.loseReadModels();
        host.service.start();
        await sim.timer.sleep(restartMs);
      },
    });
  };
  await sim.complete(playing());
  if (settings.addsUp === false) return;
  assertSafe(world, journal);
  await awaitQuiet(world, journal);
  await assertSettled(world, journal);
  await assertRebuildable(world);
};
