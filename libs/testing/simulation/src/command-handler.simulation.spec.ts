import { type Command, type Decider, type DomainEvent, reject, streamName } from '@conference/kernel';
import type { EventStore, ExpectedVersion } from '@conference/ports';
import { type CommandContext, commandHandler, eventCodec } from '@conference/runtime';
import { createEventDisk, type EventDisk, memoryEventStore, withEventStoreFaults } from '@conference/testing-memory';
import { expect, test } from 'vitest';
import {
  type CrashPlan,
  calmOptions,
  crashAtEveryPoint,
  crashableEventStore,
  drawOptions,
  type Epoch,
  faultScripts,
  type SimulatedService,
  type Simulation,
  SimulationFailure,
  type SimulationOptions,
  type SimulationSettings,
  seededRandom,
  simulation,
} from './index.ts';

/** A counter that goes up to its limit: enough to see a command lost, and one applied twice. */
type Counted = DomainEvent<'Counted', { readonly by: number; readonly request: string }>;
type Count = Command<'Count', { readonly counter: string; readonly by: number; readonly request: string }>;
type TooMuch = { readonly code: 'too-much' };
const limit = 1_000_000;
const counter: Decider<number, Count, Counted, TooMuch> = {
  initialState: 0,
  decide: ({ data: { by, request } }, total) =>
    total + by > limit ? reject({ code: 'too-much' }) : [{ type: 'Counted', data: { by, request } }],
  evolve: (total, { data }) => total + data.by,
};
const codec = eventCodec<Counted>({
  Counted: { version: 1, parse: ({ by, request }) => ({ by: Number(by), request: String(request) }) },
});

const commandsOfClient = 4;

type Handle = (command: Count, context: CommandContext) => Promise<{ readonly status: string; readonly streamVersion?: ExpectedVersion }>;
type MakeHandler = (eventStore: EventStore, epoch: Epoch) => Handle;

const ours: MakeHandler = (eventStore, { timer, random }) =>
  commandHandler({
    decider: counter,
    codec,
    streamOf: ({ data }) => streamName('Counter', data.counter),
    eventStore,
    timer,
    retry: { withinMs: 2_000, random },
    snapshot: { foldVersion: 1, every: 3, toJson: (total) => total, fromJson: Number },
  });

/**
 * Two clients that send the same command again until they are answered, each time to any of two instances that write
 * the same stream and die now and then.
 */
const countingRun = async (settings: SimulationSettings & { readonly makeHandler?: MakeHandler }) => {
  const sim = simulation(settings);
  const disk = createEventDisk();
  const acknowledged = new Map<string, ExpectedVersion>();
  const handlers = new Map<SimulatedService, Handle>();
  for (const name of ['one', 'other']) {
    const service = sim.service(name, {
      boot: (epoch) => {
        const memory = memoryEventStore({ clock: epoch.timer, disk });
        epoch.onCrash(memory.crash);
        const eventStore = crashableEventStore(withEventStoreFaults(memory, faultScripts(sim).eventStore), epoch);
        handlers.set(service, (settings.makeHandler ?? ours)(eventStore, epoch));
      },
    });
    service.start();
  }

  const ask = async (request: string): Promise<boolean> => {
    const service = sim.chance.pick([...handlers.keys()]);
    const [epoch, handle] = [service.epoch, handlers.get(service)];
    if (epoch === undefined || handle === undefined) return false;
    const command: Count = { type: 'Count', data: { counter: 'c', by: 1, request } };
    const answer = epoch.whileAlive(handle(command, { commandId: request, correlationId: request, causationId: request, actor: 'client' }));
    // A client waits some time for its answer, and then asks again.
    const outcome = await Promise.race([answer, sim.timer.sleep(3_000)]);
    if (outcome?.status !== 'accepted' && outcome?.status !== 'repeated') return false;
    acknowledged.set(request, outcome.streamVersion ?? 'no-stream');
    return true;
  };
  const clients = ['ann', 'bob'].map((name) => {
    const client = { isDone: false };
    sim.spawn(name, async () => {
      for (let n = 0; n < commandsOfClient; n++) {
        const request = sim.ids.next();
        await sim.timer.sleep(sim.chance.integer(0, 5));
        while (!(await ask(request))) await sim.timer.sleep(sim.chance.integer(1, 500));
      }
      client.isDone = true;
    });
    return client;
  });

  await sim.run(60_000);
  sim.calmDown();
  await sim.run(() => clients.every(({ isDone }) => isDone), { virtualMs: 600_000, steps: 100_000 });
  assertEachOnce(sim, disk, acknowledged);
  const starts = [...handlers.keys()].reduce((sum, service) => sum + service.starts, 0);
  return { points: sim.points(), hash: sim.trace.hash(), restarts: starts - handlers.size };
};

/** No acknowledged command is lost, none is applied twice, and each stands where its client was told. */
const assertEachOnce = (sim: Simulation, disk: EventDisk, acknowledged: ReadonlyMap<string, ExpectedVersion>): void => {
  const stored = disk.events.map(({ data, streamVersion }) => [String(data['request']), streamVersion] as const);
  if (acknowledged.size !== 2 * commandsOfClient) throw sim.failure(`${acknowledged.size} commands were acknowledged`);
  if (stored.length !== new Set(stored.map(([request]) => request)).size) throw sim.failure('a command was applied twice');
  for (const [request, version] of acknowledged)
    if (!stored.some((each) => each[0] === request && each[1] === version))
      throw sim.failure(`${request} was acknowledged at ${version} and is not there`);
};

const unsure: SimulationOptions = {
  ...calmOptions,
  faults: { 'append-acknowledgement-lost': 0.3, 'append-request-lost': 0.2, 'store-unavailable': 0.1 },
};

test('a command handler loses nothing and repeats nothing, wherever its service dies', async () => {
  const points = await crashAtEveryPoint((crashes) => countingRun({ seed: 1, crashes }));
  expect(points).toBeGreaterThan(10);
});

test('nor when the store also answers nothing, or refuses', async () => {
  for (const seed of [2, 3]) await crashAtEveryPoint((crashes) => countingRun({ seed, crashes, options: unsure }));
}, 60_000);

test('nor in runs that die by chance, and each of them can be repeated', async () => {
  let restarts = 0;
  const crashes: CrashPlan = { kind: 'by-chance', probability: 0.05 };
  for (let seed = 100; seed < 200; seed++) restarts += (await countingRun({ seed, crashes, options: unsure })).restarts;
  expect(restarts).toBeGreaterThan(100);
  const [once, twice] = [
    await countingRun({ seed: 100, crashes, options: unsure }),
    await countingRun({ seed: 100, crashes, options: unsure }),
  ];
  expect(twice).toEqual(once);
}, 60_000);

test('a swarm of runs finds nothing either', async () => {
  for (let seed = 1_000; seed < 1_100; seed++) await countingRun({ seed, options: drawOptions(seededRandom(seed)) });
}, 60_000);

/** As {@link ours}, without what makes it safe. */
const careless =
  (mistake: 'does not recognise a repeat' | 'takes silence for success'): MakeHandler =>
  (eventStore, { ids, timer }) =>
  async (command, context) => {
    const stream = streamName('Counter', command.data.counter);
    let version: ExpectedVersion = 'no-stream';
    for await (const page of eventStore.readStream(stream)) {
      for (const stored of page) {
        version = stored.streamVersion;
        if (mistake !== 'does not recognise a repeat' && stored.metadata.commandId === context.commandId)
          return { status: 'repeated', streamVersion: version };
      }
    }
    const metadata = { ...context, occurredAt: timer.now() };
    const event = { eventId: ids.next(), type: 'Counted', schemaVersion: 1, data: { by: 1, request: command.data.request }, metadata };
    const next: number = version === 'no-stream' ? 0 : version + 1;
    try {
      const { status } = await eventStore.append(stream, version, [event]);
      return status === 'appended' ? { status: 'accepted', streamVersion: next } : { status };
    } catch {
      return mistake === 'takes silence for success' ? { status: 'accepted', streamVersion: next } : { status: 'busy' };
    }
  };

const silent: SimulationOptions = { ...calmOptions, faults: { 'append-acknowledgement-lost': 0.3, 'append-request-lost': 0.2 } };
const findsIn = async (makeHandler: MakeHandler): Promise<string> => {
  for (let seed = 0; seed < 50; seed++) {
    try {
      await countingRun({ seed, options: silent, makeHandler });
    } catch (error) {
      if (error instanceof SimulationFailure) return error.message;
      throw error;
    }
  }
  return 'nothing';
};

test('a handler that is not safe is found out, and the failure says how to see it again', async () => {
  expect(await findsIn(careless('does not recognise a repeat'))).toMatch(/applied twice[\s\S]*--seed \d+/);
  expect(await findsIn(careless('takes silence for success'))).toMatch(/is not there[\s\S]*--seed \d+/);
}, 60_000);
