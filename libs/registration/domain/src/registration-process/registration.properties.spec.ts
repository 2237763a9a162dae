import {
  type Command,
  type Decider,
  type DomainEvent,
  fold,
  type Instant,
  isRejection,
  type ProcessInput,
  type Refusal,
} from '@conference/kernel';
import { deepFreeze } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OrderCommand, order } from '../order/order.ts';
import type { OrderItem } from '../order/pricing.ts';
import { refund } from '../refund/refund.ts';
import { seatAssignments } from '../seat-assignments/seat-assignments.ts';
import { type SeatsAvailabilityCommand, seatsAvailability } from '../seats-availability/seats-availability.ts';
import {
  correlate,
  type PaymentCompleted,
  type RegistrationCommand,
  type RegistrationEvent,
  type RegistrationFacts,
} from './registration.messages.ts';
import { registration } from './registration.ts';

// One order with its seats, payments and process, all with the real deciders. Events reach the process in the order of the
// store and commands leave it in the order they were issued; when, between what, and how often, is up to chance.

const orderId = 'o1';
const conferenceId = 'c1';
const start = Date.parse('2027-05-02T09:00:00.000Z');
const instant = (minute: number): Instant => new Date(start + minute * 60_000).toISOString() as Instant;
const placement = { accessCode: 'CODE', reservationExpiresAt: instant(15), releaseAt: instant(29) };
const registrant = { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.org' };

type Outcome<E> = { readonly events: readonly E[]; readonly code?: string };

/** An aggregate with its state. */
const aggregate = <S, C extends Command, E extends DomainEvent, R extends Refusal>(decider: Decider<S, C, E, R>) => {
  let state = decider.initialState;
  return {
    state: (): S => state,
    handle: (command: C): Outcome<E> => {
      const decision = decider.decide(deepFreeze(command), state);
      if (isRejection(decision)) return { events: [], code: decision.rejected.code };
      state = deepFreeze(fold(decider, decision, state));
      return { events: decision };
    },
  };
};

const world = () => {
  let minute = 0;
  const now = (): Instant => instant(minute);
  const pass = (minutes: number): void => {
    minute += minutes;
  };
  const orders = aggregate(order);
  const seats = aggregate(seatsAvailability);
  const assignments = aggregate(seatAssignments);
  const refunds = new Map<
    string,
    ReturnType<typeof aggregate<{ readonly isRequested: boolean }, Parameters<typeof refund.decide>[0], DomainEvent, never>>
  >();

  // ---- the store's feed
  const feed: { readonly id: string; readonly event: RegistrationEvent }[] = [];
  let recorded = 0;
  const record = (event: RegistrationEvent): void => void feed.push({ id: `event ${recorded++}`, event });
  const handleOrder = (command: OrderCommand): Outcome<RegistrationEvent> => {
    const outcome = orders.handle(command);
    outcome.events.forEach(record);
    return outcome;
  };
  const handleSeats = (command: SeatsAvailabilityCommand): Outcome<RegistrationEvent> => {
    const outcome = seats.handle(command);
    for (const event of outcome.events) if ('reservationId' in event.data && event.data.reservationId === orderId) record(event);
    return outcome;
  };
  const handle = (command: RegistrationCommand): Outcome<DomainEvent> => {
    switch (command.type) {
      case 'MakeSeatReservation':
      case 'CommitSeatReservation':
      case 'CancelSeatReservation':
        return handleSeats(command);
      case 'CreateSeatAssignments':
        return assignments.handle(command);
      case 'RequestRefund': {
        const found = refunds.get(command.data.paymentId) ?? aggregate(refund);
        refunds.set(command.data.paymentId, found);
        return found.handle(command);
      }
      default:
        return handleOrder(command);
    }
  };

  // ---- the process and what runs it
  let process = registration.initialState;
  const deadlines = new Map<string, Instant>();
  const handled = new Set<string>();
  const commands: { readonly commandId: string; readonly command: RegistrationCommand }[] = [];
  const accepted = new Set<string>();
  let last: (typeof commands)[number] | undefined;

  const input = (message: ProcessInput<RegistrationFacts>['message'], id: string): void => {
    if (handled.has(id)) return;
    handled.add(id);
    const received: ProcessInput<RegistrationFacts> = deepFreeze({ message, id, causationId: id, receivedAt: now() });
    const reactions = registration.react(process, received);
    const issued = reactions
      .flatMap((reaction) => ('send' in reaction ? [reaction.send] : []))
      .map((command, index) => ({ commandId: `${id}/${index}`, command }));
    process = deepFreeze(
      registration.evolve(process, { type: 'InputHandled', data: { input: received, commands: issued, deadlines: [] } }),
    );
    commands.push(...issued);
    for (const reaction of reactions) {
      if ('setDeadline' in reaction) deadlines.set(reaction.setDeadline, reaction.at);
      if ('clearDeadline' in reaction) deadlines.delete(reaction.clearDeadline);
    }
  };
  /** A refusal becomes an input before the next command is sent; a command whose refusal has been heard is not sent again. */
  const send = ({ commandId, command }: (typeof commands)[number], crash: boolean): void => {
    const refusal = `refusal of ${commandId}`;
    if (accepted.has(commandId) || handled.has(refusal)) return;
    const { events, code } = handle(command);
    if (events.length > 0) accepted.add(commandId);
    if (code !== undefined && !crash) input({ type: 'CommandRejected', data: { commandId, code } }, refusal);
  };
  const deliver = (): boolean => {
    const next = feed.shift();
    const correlated = next && correlate(next.event);
    if (correlated) input(correlated.facts, next.id);
    return next !== undefined;
  };
  const dispatch = (): boolean => {
    const next = commands.shift();
    if (next === undefined) return false;
    last = next;
    send(next, false);
    return true;
  };
  /** The checkpoint is saved after that: both may be lost, and the command is sent once more. */
  const dispatchAgain = (): void => void (last && send(last, false));
  const dispatchAndCrash = (): void => void (commands[0] && send(commands[0], true));
  const fire = (): boolean => {
    const due = [...deadlines].find(([, dueAt]) => dueAt <= now());
    if (due === undefined) return false;
    const [deadline, dueAt] = due;
    deadlines.delete(deadline);
    input({ type: 'DeadlineReached', data: { deadline, dueAt, firedAt: now() } }, `deadline ${handled.size}`);
    return true;
  };

  // ---- the registrant, the processor and the others
  const initiated: PaymentCompleted['data'][] = [];
  const completed: PaymentCompleted['data'][] = [];
  let selections = 0;
  const choose = (more: { readonly placement?: typeof placement }): void => {
    const count = selections++;
    const seatTypeId = count === 4 ? 'unknown' : count % 2 === 0 ? 'gala' : 'talk';
    const items = [{ seatTypeId, name: 'Seat', unitPrice: count % 4 === 3 ? 0 : 100, quantity: (count % 3) + 1 }];
    handleOrder({ type: 'RegisterToConference', data: { orderId, conferenceId, items, currency: 'USD', now: now(), ...more } });
  };
  const pay = (more: number): void => {
    const placed = orders.state();
    const amount = placed.state === 'not-placed' ? 100 : placed.total.amount + more;
    initiated.push({ paymentId: `p${initiated.length + completed.length}`, orderId, amount: { amount, currency: 'USD' } });
  };
  const complete = (): boolean => {
    const payment = initiated.shift();
    if (payment === undefined) return false;
    completed.push(payment);
    record({ type: 'PaymentCompleted', data: payment });
    return true;
  };
  const others = { conferenceId, reservationId: 'o2' };
  let othersRequest = 0;
  const wanted = ['gala', 'talk'].map((seatTypeId) => ({ seatTypeId, quantity: 3 }));
  for (const { seatTypeId } of wanted) handleSeats({ type: 'SetSeatQuota', data: { conferenceId, seatTypeId, quota: 4, asOf: 0 } });

  const actions = {
    deliver,
    dispatch,
    dispatchAgain,
    dispatchAndCrash,
    fire,
    wait: () => pass(4),
    waitLong: () => pass(15),
    place: () => choose({ placement }),
    choose: () => choose({}),
    register: () => handleOrder({ type: 'AssignRegistrantDetails', data: { orderId, registrant, now: now() } }),
    confirm: () => handleOrder({ type: 'ConfirmOrder', data: { orderId, now: now() } }),
    cancel: () => handleOrder({ type: 'CancelOrder', data: { orderId, now: now() } }),
    pay: () => pay(0),
    payWrongly: () => pay(50),
    complete,
    othersTake: () => handleSeats({ type: 'MakeSeatReservation', data: { ...others, request: ++othersRequest, items: wanted } }),
    othersLeave: () => handleSeats({ type: 'CancelSeatReservation', data: { ...others, request: othersRequest } }),
    cutQuota: () => handleSeats({ type: 'SetSeatQuota', data: { conferenceId, seatTypeId: 'gala', quota: 1, asOf: 1 } }),
  };
  /** All that is under way arrives, and every deadline comes. */
  const settle = (): void => {
    for (let steps = 0; deadlines.size > 0 || steps === 0; steps++) {
      while (complete() || dispatch() || deliver() || fire());
      if (steps > 10) throw new Error('the registration does not come to rest');
      minute += 60;
    }
  };
  const isRefunded = (paymentId: string): boolean => refunds.get(paymentId)?.state().isRequested ?? false;
  return {
    actions,
    settle,
    end: () => ({
      order: orders.state(),
      reservation: seats.state().reservations.get(orderId),
      assigned: assignments.state().seats,
      process,
      completed,
      isRefunded,
    }),
  };
};

type World = ReturnType<typeof world>;
type Action = keyof World['actions'];

const held = (items: readonly OrderItem[]) => items.map(({ seatTypeId, reserved }) => ({ seatTypeId, quantity: reserved }));

const expectNothingLost = (end: ReturnType<World['end']>): void => {
  const { order: placed, reservation, assigned, process, completed, isRefunded } = end;
  const confirmedBy = placed.state === 'confirmed' ? placed.paymentId : null;
  for (const { paymentId } of completed) expect([paymentId, isRefunded(paymentId)]).toStrictEqual([paymentId, paymentId !== confirmedBy]);
  expect([process.held, process.current]).toStrictEqual([[], null]);
  if (placed.state === 'not-placed') {
    expect(reservation).toBeUndefined();
    return;
  }
  expect(['confirmed', 'expired', 'cancelled']).toContain(placed.state);
  expect(process.state).toBe(placed.state);
  expect(assigned !== null).toBe(placed.state === 'confirmed');
  expect(reservation?.status ?? 'cancelled').toBe(placed.state === 'confirmed' ? 'committed' : 'cancelled');
  if (placed.state === 'confirmed') expect(reservation?.seats).toStrictEqual(held(placed.items));
};

const play = (script: readonly Action[]): ReturnType<World['end']> => {
  const { actions, settle, end } = world();
  for (const action of script) actions[action]();
  settle();
  expectNothingLost(end());
  return end();
};

describe('whatever comes, whenever it comes', () => {
  const all = Object.keys(world().actions) as Action[];
  const action = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Action>('deliver', 'dispatch') },
    { weight: 2, arbitrary: fc.constantFrom(...all) },
  );
  const script = fc.array(action, { maxLength: 80, size: 'max' });

  it('no money is lost and no seat leaks', () => {
    fc.assert(
      fc.property(script, (steps) => void play(steps)),
      { numRuns: 300 },
    );
  });
  it('nor of an order that was reserved, named and is being paid', () => {
    const opening: readonly Action[] = ['place', 'register', 'deliver', 'deliver', 'deliver', 'dispatch', 'deliver', 'dispatch', 'pay'];
    const seen = new Set<string>();
    fc.assert(
      fc.property(script, (steps) => void seen.add(play([...opening, ...steps]).order.state)),
      { numRuns: 700 },
    );
    expect([...seen].sort()).toStrictEqual(['cancelled', 'confirmed', 'expired']);
  });
  it('a late payment gets its seats when they are still there, and goes back when not', () => {
    const reserved: readonly Action[] = ['place', 'register', 'deliver', 'deliver', 'deliver', 'dispatch', 'deliver', 'dispatch', 'pay'];
    const late: readonly Action[] = ['waitLong', 'waitLong', 'fire', 'dispatch', 'deliver', 'deliver', 'dispatch'];
    expect(play([...reserved, ...late]).order).toMatchObject({ state: 'confirmed', paymentId: 'p0' });
    expect(play([...reserved, ...late, 'othersTake', 'cutQuota']).order.state).toBe('expired');
  });
});
