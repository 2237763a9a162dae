// The rules are played: every command on every state that a few commands lead to. What is refused then, and nothing else, is
// what the table says.
import { type ConferenceCommand, conference, seatTypesMax } from '@conference/conference-management-domain';
import { type Command, type Decider, type DomainEvent, fold, type Instant, isRejection, type Refusal } from '@conference/kernel';
import { type PaymentCommand, payment, type SimulatedCheckoutCommand, simulatedCheckout } from '@conference/payments-domain';
import {
  type OrderCommand,
  order,
  type SeatAssignmentsCommand,
  type SeatsAvailabilityCommand,
  seatAssignments,
  seatsAvailability,
  seatsAvailabilitySnapshot,
  seatsPerOrderMax,
} from '@conference/registration-domain';
import { describe, expect, it } from 'vitest';
import {
  conferenceRefusals,
  orderRefusals,
  paymentRefusals,
  type RefusalsOf,
  seatAssignmentsRefusals,
  seatsAvailabilityRefusals,
  simulatedCheckoutRefusals,
} from './rule-refusals.ts';

interface Play<S, C extends Command, E extends DomainEvent, R extends Refusal> {
  readonly decider: Decider<S, C, E, R>;
  readonly commands: readonly C[];
  readonly steps: number;
  /** Histories to begin with, beside none. */
  readonly histories?: readonly (readonly E[])[];
  readonly keyOf?: (state: S) => unknown;
}

/** `<command> <code>` of every refusal met on the way; each state is visited once. */
const refusalsMet = <S, C extends Command, E extends DomainEvent, R extends Refusal>(play: Play<S, C, E, R>): readonly string[] => {
  const { decider, commands, steps, histories = [], keyOf = (state: S): unknown => state } = play;
  const met = new Set<string>();
  const seen = new Set<string>();
  let states: readonly S[] = [decider.initialState, ...histories.map((events) => fold(decider, events))];
  for (let step = 0; step <= steps; step++) {
    const next: S[] = [];
    for (const state of states)
      for (const command of commands) {
        const decision = decider.decide(command, state);
        if (isRejection(decision)) {
          met.add(`${command.type} ${decision.rejected.code}`);
          continue;
        }
        const after = decision.reduce(decider.evolve, state);
        const key = JSON.stringify(keyOf(after));
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(after);
      }
    states = next;
  }
  return [...met].toSorted();
};

const declared = (refusals: RefusalsOf<Command, Refusal>): readonly string[] =>
  Object.entries(refusals)
    .flatMap(([code, { commands }]) => commands.map((command) => `${command} ${code}`))
    .toSorted();

const at = (time: string) => `2027-05-02T${time}:00.000Z` as Instant;
const usd = (amount: number) => ({ amount, currency: 'USD' });

describe('The table of refusals says what the rules refuse', () => {
  it('of a conference', () => {
    const conferenceId = 'c1';
    const owner = { name: 'Olive', email: 'olive@example.org' };
    const texts = { name: 'Days', description: 'Two', location: 'Basel', tagline: null, twitterSearch: null };
    const details = { ...texts, startDate: '2027-05-02', endDate: '2027-05-03' };
    const backwards = { ...details, endDate: '2027-05-01' };
    const created = { conferenceId, slug: 'days', currency: 'USD', owner, accessCode: 'CODE' };
    const seatType = (seatTypeId: string, price = 1) => ({ conferenceId, seatTypeId, name: 'Full', description: 'All', price, quota: 1 });
    const commands: readonly ConferenceCommand[] = [
      { type: 'CreateConference', data: { ...created, ...details } },
      { type: 'CreateConference', data: { ...created, ...backwards } },
      { type: 'UpdateConference', data: { conferenceId, ...details, name: 'Nights' } },
      { type: 'UpdateConference', data: { conferenceId, ...backwards } },
      { type: 'PublishConference', data: { conferenceId } },
      { type: 'UnpublishConference', data: { conferenceId } },
      { type: 'CreateSeatType', data: seatType('s1') },
      { type: 'CreateSeatType', data: seatType('s1', 2) },
      { type: 'UpdateSeatType', data: seatType('s1', 3) },
      { type: 'DeleteSeatType', data: { conferenceId, seatTypeId: 's1' } },
    ];
    const full = [
      { type: 'ConferenceCreated' as const, data: { ...created, ...details } },
      ...Array.from({ length: seatTypesMax }, (_, index) => ({
        type: 'SeatTypeCreated' as const,
        data: { ...seatType(`t${index}`), wasEverPublished: false },
      })),
    ];
    expect(refusalsMet({ decider: conference, commands, steps: 4, histories: [full] })).toEqual(declared(conferenceRefusals));
  });

  it('of an order', () => {
    const [orderId, conferenceId] = ['o1', 'c1'];
    const placement = { accessCode: 'CODE', reservationExpiresAt: at('10:15'), releaseAt: at('10:29') };
    const line = (quantity: number, unitPrice = 100) => ({ seatTypeId: 's1', name: 'Full', unitPrice, quantity });
    const register = (items: readonly ReturnType<typeof line>[], more: object = {}): OrderCommand => ({
      type: 'RegisterToConference',
      data: { orderId, conferenceId, items, currency: 'USD', now: at('10:00'), ...more },
    });
    const pay = (amount: number, more: object = {}): OrderCommand => ({
      type: 'ConfirmOrder',
      data: { orderId, payment: { paymentId: 'p1', amount: usd(amount) }, now: at('10:05'), ...more },
    });
    const registrant = { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.org' };
    const dueAt = placement.releaseAt;
    const commands: readonly OrderCommand[] = [
      register([line(2)], { placement }),
      register([line(2, 0)], { placement }),
      register([line(0)], { placement }),
      register([line(1), line(1)], { placement }),
      register([line(seatsPerOrderMax + 1)], { placement }),
      register([line(1)]),
      register([line(1)], { currency: 'EUR' }),
      register([line(1)], { now: at('10:15') }),
      { type: 'MarkSeatsAsReserved', data: { orderId, request: 1, seats: [{ seatTypeId: 's1', quantity: 2 }] } },
      { type: 'MarkSeatsAsReserved', data: { orderId, request: 1, seats: [] } },
      { type: 'AssignRegistrantDetails', data: { orderId, registrant, now: at('10:05') } },
      { type: 'ConfirmOrder', data: { orderId, now: at('10:05') } },
      { type: 'ConfirmOrder', data: { orderId, now: at('10:15') } },
      pay(200),
      pay(201),
      pay(200, { payment: { paymentId: 'p2', amount: usd(200) } }),
      pay(200, { late: true }),
      { type: 'RejectOrder', data: { orderId, dueAt, firedAt: at('10:28') } },
      { type: 'RejectOrder', data: { orderId, dueAt, firedAt: dueAt } },
      { type: 'CancelOrder', data: { orderId, now: at('10:05') } },
      { type: 'CancelOrder', data: { orderId, now: at('10:15') } },
    ];
    expect(refusalsMet({ decider: order, commands, steps: 5 })).toEqual(declared(orderRefusals));
  });

  it('of the seats of a conference', () => {
    const which = { conferenceId: 'c1', reservationId: 'o1' };
    const make = (request: number, seatTypeId = 's1'): SeatsAvailabilityCommand => ({
      type: 'MakeSeatReservation',
      data: { ...which, request, items: [{ seatTypeId, quantity: 1 }] },
    });
    const commands: readonly SeatsAvailabilityCommand[] = [
      { type: 'SetSeatQuota', data: { conferenceId: 'c1', seatTypeId: 's1', quota: 2, asOf: 1 } },
      make(1),
      make(2),
      make(3, 'unknown'),
      { type: 'CommitSeatReservation', data: which },
      { type: 'CancelSeatReservation', data: { ...which, request: 2 } },
    ];
    const keyOf = seatsAvailabilitySnapshot.toJson;
    expect(refusalsMet({ decider: seatsAvailability, commands, steps: 5, keyOf })).toEqual(declared(seatsAvailabilityRefusals));
  });

  it('of seat assignments', () => {
    const attendee = { firstName: 'Ada', lastName: 'King', email: 'ada@example.org' };
    const seats = [{ seatTypeId: 's1', name: 'Full', quantity: 1 }];
    const commands: readonly SeatAssignmentsCommand[] = [
      { type: 'CreateSeatAssignments', data: { orderId: 'o1', conferenceId: 'c1', seats } },
      ...[0, 1].flatMap((position): readonly SeatAssignmentsCommand[] => [
        { type: 'AssignSeat', data: { orderId: 'o1', position, attendee } },
        { type: 'UnassignSeat', data: { orderId: 'o1', position } },
      ]),
      { type: 'AssignSeat', data: { orderId: 'o1', position: 0, attendee: { ...attendee, email: 'none' } } },
    ];
    expect(refusalsMet({ decider: seatAssignments, commands, steps: 4 })).toEqual(declared(seatAssignmentsRefusals));
  });

  it('of a payment', () => {
    const initiate = (amount: number): PaymentCommand => ({
      type: 'InitiatePayment',
      data: { paymentId: 'p1', orderId: 'o1', conferenceId: 'c1', amount: usd(amount), description: 'Seats' },
    });
    const commands: readonly PaymentCommand[] = [
      initiate(1),
      initiate(2),
      { type: 'CompletePayment', data: { paymentId: 'p1' } },
      { type: 'RejectPayment', data: { paymentId: 'p1' } },
      { type: 'RefundPayment', data: { paymentId: 'p1', reason: 'seats-gone' } },
      { type: 'CompleteRefund', data: { paymentId: 'p1' } },
    ];
    expect(refusalsMet({ decider: payment, commands, steps: 5 })).toEqual(declared(paymentRefusals));
  });

  it('of the simulated checkout', () => {
    const now = at('10:00');
    const commands: readonly SimulatedCheckoutCommand[] = [
      { type: 'DecideCheckout', data: { paymentId: 'p1', outcome: 'accepted', now } },
      { type: 'DecideCheckout', data: { paymentId: 'p1', outcome: 'rejected', now } },
      { type: 'CarryOutRefund', data: { paymentId: 'p1', now } },
    ];
    expect(refusalsMet({ decider: simulatedCheckout, commands, steps: 4 })).toEqual(declared(simulatedCheckoutRefusals));
  });
});
