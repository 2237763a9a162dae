/** One registrant from arrival to the end, with everything that people do: hesitate, give up, pay twice, pay too late. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, Payment, Person } from './answers.ts';
import type { OpenConference } from './conference.ts';
import { eventually, NotInTime } from './eventually.ts';
import { RequestRefused } from './http-client.ts';
import type { JournalWriter } from './journal.ts';
import type { Held, Selection, SystemClient } from './system-client.ts';

export const behaviours = [
  'pays',
  'vanishes',
  'cancels',
  'chooses-again',
  'is-rejected-first',
  'pays-twice',
  'pays-then-changes',
  'cancels-while-paying',
  'pays-late',
] as const;
export type Behaviour = (typeof behaviours)[number];

/** Everything that is left to chance, drawn before the registrant sets out. */
export type RegistrantPlan = {
  readonly person: Person;
  readonly behaviour: Behaviour;
  readonly items: Selection;
  /** What would do as well; also the second choice of those who choose again. */
  readonly secondChoice: Selection;
  /** When less is held than wanted: takes the second choice, what is held, or leaves it. */
  readonly whenShort: 'second-choice' | 'what-is-held' | 'gives-up';
  readonly arrivesAfterMs: number;
  readonly hesitatesMs: number;
};

/** The order as it was seen last; `refusedWith` is why the registrant could not go on. */
export type RegistrantReport = {
  readonly plan: RegistrantPlan;
  readonly order: Order | undefined;
  readonly payments: readonly string[];
  readonly refusedWith: string | undefined;
};

export interface RegistrantOptions {
  readonly system: SystemClient;
  readonly conference: OpenConference;
  readonly journal: JournalWriter;
  /** For each thing that is waited for. */
  readonly waitMs: number;
}

/** Refusals that are part of the game; any other is a failure. */
const expectedRefusals: readonly string[] = [
  'order-expired',
  'order-cancelled',
  'order-confirmed',
  'order-not-payable',
  'not-fully-reserved',
  'payment-required',
  'conference-not-open',
];

/** Places an order and waits until it is known what is held. */
export const placeOrder = async (options: RegistrantOptions, items: Selection): Promise<{ readonly held: Held; readonly order: Order }> => {
  const { system, conference, journal, waitMs } = options;
  const { body: placed, consistencyToken } = await system.registrant.place({ conferenceId: conference.id, items }, { waitSeconds: 5 });
  const { id, token } = placed;
  const held = { id, token, seen: consistencyToken };
  journal.order({ id, token, conferenceId: conference.id });
  return { held, order: await decided(system, held, waitMs) };
};

export const decided = (system: SystemClient, held: Held, withinMs: number): Promise<Order> =>
  eventually(
    `reservation of order ${held.id}`,
    () => system.registrant.order(held),
    ({ state }) => state !== 'pending-reservation',
    { withinMs },
  );

/** Starts a payment; asks again, with the same key, while payments has not yet heard of the order as it is. */
export const startPayment = async (options: Omit<RegistrantOptions, 'conference'>, held: Held): Promise<Held> => {
  const { system, journal, waitMs } = options;
  const key = randomUUID();
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    try {
      const { body: payment, consistencyToken: seen } = await system.payer.initiate(held, key);
      journal.payment({ id: payment.id, token: held.token, orderId: held.id });
      return { id: payment.id, token: held.token, seen };
    } catch (error) {
      if (!(error instanceof RequestRefused) || error.code !== 'order-not-payable') throw error;
      const { state } = await system.registrant.order(held);
      if (state !== 'reserved' || performance.now() > giveUpAt) throw error;
      await sleep(50);
    }
  }
};

/** Decides at the processor's page; what was acknowledged goes into the journal. */
export const decidePayment = async (
  { system, journal }: Pick<RegistrantOptions, 'system' | 'journal'>,
  held: Held,
  paymentId: string,
  outcome: 'accepted' | 'rejected',
): Promise<void> => {
  await system.payer.decide(paymentId, outcome);
  journal.payment({ id: paymentId, token: held.token, orderId: held.id, outcome });
};

const isGivenBack = ({ state }: Pick<Payment, 'state'>): boolean => state === 'refund-requested' || state === 'refunded';

/** Confirmed, or the money is on its way back. */
export const confirmedOrRefunded = ({ system, waitMs }: Pick<RegistrantOptions, 'system' | 'waitMs'>, held: Held): Promise<Order> =>
  eventually(
    `end of order ${held.id}`,
    () => system.registrant.order(held),
    ({ state, paymentState }) => state === 'confirmed' || paymentState === 'refund-requested' || paymentState === 'refunded',
    { withinMs: waitMs },
  );

/** One of them is given back: the other one has confirmed the order, or none has. */
const oneIsGivenBack = ({ system, waitMs }: RegistrantOptions, held: Held, started: readonly Held[]): Promise<unknown> =>
  eventually(
    `a refund among the payments of order ${held.id}`,
    () => Promise.all(started.map((payment) => system.payer.payment(payment))),
    (payments) => payments.some(isGivenBack),
    { withinMs: waitMs },
  );

const assignSeats = async ({ system, waitMs }: RegistrantOptions, held: Held, plan: RegistrantPlan): Promise<void> => {
  const seats = await eventually(
    `seats of order ${held.id}`,
    () => system.registrant.seats(held),
    (list) => list.length > 0,
    { withinMs: waitMs },
  );
  for (const { position } of seats) {
    await system.registrant.assignSeat(held, position, { ...plan.person, firstName: `${plan.person.firstName} ${position + 1}` });
  }
};

const pay = async (options: RegistrantOptions, held: Held, plan: RegistrantPlan): Promise<readonly string[]> => {
  const { system, waitMs } = options;
  const first = await startPayment(options, held);
  const accept = (paymentId: string): Promise<void> => decidePayment(options, held, paymentId, 'accepted');
  switch (plan.behaviour) {
    case 'is-rejected-first':
      await decidePayment(options, held, first.id, 'rejected');
      await sleep(plan.hesitatesMs);
      await accept(first.id);
      return [first.id];
    case 'pays-twice': {
      const second = await startPayment(options, held);
      await Promise.all([accept(first.id), accept(second.id)]);
      await oneIsGivenBack(options, held, [first, second]);
      return [first.id, second.id];
    }
    case 'pays-then-changes': {
      await system.registrant.chooseAgain(held, plan.secondChoice);
      await decided(system, held, waitMs);
      await accept(first.id);
      return [first.id];
    }
    case 'cancels-while-paying':
      await system.registrant.cancel(held);
      await accept(first.id);
      return [first.id];
    case 'pays-late':
      await eventually(
        `expiry of order ${held.id}`,
        () => system.registrant.order(held),
        ({ state }) => state === 'expired',
        { withinMs: waitMs },
      );
      await accept(first.id);
      return [first.id];
    default:
      await sleep(plan.hesitatesMs);
      await accept(first.id);
      return [first.id];
  }
};

const again = async ({ system, waitMs }: RegistrantOptions, held: Held, items: Selection): Promise<Order> => {
  await system.registrant.chooseAgain(held, items);
  return decided(system, held, waitMs);
};

/** What a registrant does who was not given everything; undefined: leaves it. */
const settleForLess = async (options: RegistrantOptions, held: Held, order: Order, plan: RegistrantPlan): Promise<Order | undefined> => {
  const isHeld = order.items.flatMap(({ seatTypeId, reserved }) => (reserved > 0 ? [{ seatTypeId, quantity: reserved }] : []));
  const wanted = plan.whenShort === 'what-is-held' && isHeld.length > 0 ? isHeld : plan.secondChoice;
  if (plan.whenShort === 'gives-up') {
    await options.system.registrant.cancel(held);
    return undefined;
  }
  const after = await again(options, held, wanted);
  return after.state === 'reserved' ? after : undefined;
};

const goOn = async (options: RegistrantOptions, held: Held, placed: Order, plan: RegistrantPlan): Promise<readonly string[]> => {
  const { system } = options;
  if (plan.behaviour === 'vanishes') return [];
  await sleep(plan.hesitatesMs);
  if (plan.behaviour === 'cancels') {
    await system.registrant.cancel(held);
    return [];
  }
  const chosen = plan.behaviour === 'chooses-again' ? await again(options, held, plan.secondChoice) : placed;
  const order = chosen.state === 'reserved' ? chosen : await settleForLess(options, held, chosen, plan);
  if (order === undefined) return [];
  await system.registrant.giveDetails(held, plan.person);
  if (order.isFreeOfCharge) {
    await system.registrant.confirm(held);
    await assignSeats(options, held, plan);
    return [];
  }
  const payments = await pay(options, held, plan);
  const ended = await confirmedOrRefunded(options, held);
  if (ended.state === 'confirmed') await assignSeats(options, held, plan);
  return payments;
};

/** Goes through with a plan. Resolves also when the registrant was refused; throws what should not have happened. */
export const register = async (options: RegistrantOptions, plan: RegistrantPlan): Promise<RegistrantReport> => {
  await sleep(plan.arrivesAfterMs);
  let held: Held | undefined;
  let payments: readonly string[] = [];
  let refusedWith: string | undefined;
  try {
    const placed = await placeOrder(options, plan.items);
    held = placed.held;
    payments = await goOn(options, held, placed.order, plan);
  } catch (error) {
    if (!(error instanceof RequestRefused) || !expectedRefusals.includes(error.code)) throw withContext(error, plan, held);
    refusedWith = error.code;
  }
  return { plan, order: held === undefined ? undefined : await options.system.registrant.order(held), payments, refusedWith };
};

const withContext = (error: unknown, plan: RegistrantPlan, held: Held | undefined): Error => {
  const what = error instanceof NotInTime ? 'waited in vain' : 'failed';
  return new Error(
    `a registrant who ${plan.behaviour} ${what}, order ${held?.id ?? '(none)'}: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  );
};
