// Whatever the deciders decide can be written and comes back as it was: the laws once more, through the codecs of the store.
import type { Instant } from '@conference/kernel';
import {
  type OrderCommand,
  order,
  type RefundCommand,
  type RefundReason,
  refund,
  type SeatAssignmentsCommand,
  type SeatsAvailabilityCommand,
  seatAssignments,
  seatsAvailability,
} from '@conference/registration-domain';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { orderCodec, refundCodec, seatAssignmentsCodec, seatsAvailabilityCodec } from './catalog.ts';

const orderId = 'o1';
const conferenceId = 'c1';
const at = (minute: number): Instant => new Date(Date.UTC(2027, 4, 2, 10, minute)).toISOString() as Instant;
const now = fc.integer({ min: 0, max: 40 }).map(at);
const name = fc.constantFrom('Gala', 'Größe 👩‍🚀', '"quoted" \\ \n');
const seatTypeId = fc.constantFrom('gala', 'talk');
const seats = fc.array(fc.record({ seatTypeId, quantity: fc.nat(4) }), { maxLength: 3 });
const items = fc.array(fc.record({ seatTypeId, name, unitPrice: fc.constantFrom(0, 100, 5_000_000), quantity: fc.nat(3) }), {
  maxLength: 2,
});
const person = fc.record({
  firstName: name,
  lastName: name,
  email: fc.constantFrom('ann@example.org', 'ANN@example.org', 'bob@example.org'),
});
const amount = fc.record({ amount: fc.constantFrom(0, 100, 200, 300), currency: fc.constant('EUR') });
const paymentId = fc.constantFrom('p1', 'p2');
const request = fc.integer({ min: 1, max: 4 });

const choosing = fc.record({ items, now }).map((data) => ({ orderId, conferenceId, currency: 'EUR', ...data }));
const placement = { accessCode: '0123456789ABCDEF', reservationExpiresAt: at(25), releaseAt: at(39) };
const orderCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  choosing.map((data) => ({ type: 'RegisterToConference', data: { ...data, placement } }) as const),
  choosing.map((data) => ({ type: 'RegisterToConference', data }) as const),
  fc.record({ request, seats }).map((data) => ({ type: 'MarkSeatsAsReserved', data: { orderId, ...data } }) as const),
  fc.record({ registrant: person, now }).map((data) => ({ type: 'AssignRegistrantDetails', data: { orderId, ...data } }) as const),
  fc
    .record({ payment: fc.record({ paymentId, amount }), late: fc.boolean(), now }, { requiredKeys: ['now'] })
    .map((data) => ({ type: 'ConfirmOrder', data: { orderId, ...data } }) as const),
  now.map((firedAt) => ({ type: 'RejectOrder', data: { orderId, dueAt: at(39), firedAt } }) as const),
  now.map((time) => ({ type: 'CancelOrder', data: { orderId, now: time } }) as const),
);

const reservation = fc.constantFrom('r1', 'r2').map((reservationId) => ({ conferenceId, reservationId }));
const seatsCommand: fc.Arbitrary<SeatsAvailabilityCommand> = fc.oneof(
  fc
    .record({ seatTypeId, quota: fc.nat(9), asOf: fc.nat(20) })
    .map((data) => ({ type: 'SetSeatQuota', data: { conferenceId, ...data } }) as const),
  fc.tuple(reservation, request, seats).map(([of, number, wanted]): SeatsAvailabilityCommand => {
    return { type: 'MakeSeatReservation', data: { ...of, request: number, items: wanted } };
  }),
  reservation.map((data) => ({ type: 'CommitSeatReservation', data }) as const),
  fc.tuple(reservation, request).map(([of, number]) => ({ type: 'CancelSeatReservation', data: { ...of, request: number } }) as const),
);

const bought = fc.array(fc.record({ seatTypeId, name, quantity: fc.nat(3) }), { maxLength: 3 });
const position = fc.nat(5);
const assignmentsCommand: fc.Arbitrary<SeatAssignmentsCommand> = fc.oneof(
  bought.map((all) => ({ type: 'CreateSeatAssignments', data: { orderId, conferenceId, seats: all } }) as const),
  fc.record({ position, attendee: person }).map((data) => ({ type: 'AssignSeat', data: { orderId, ...data } }) as const),
  position.map((seat) => ({ type: 'UnassignSeat', data: { orderId, position: seat } }) as const),
);

const reasons: { readonly [reason in RefundReason]: true } = {
  ...{ 'order-cancelled': true, 'order-expired': true, 'order-confirmed': true, 'amount-mismatch': true },
  ...{ 'not-fully-reserved': true, 'registrant-required': true, 'seats-gone': true, 'unknown-order': true },
};
const refundCommand: fc.Arbitrary<RefundCommand> = fc
  .record({ reason: fc.constantFrom(...(Object.keys(reasons) as readonly RefundReason[])), amount })
  .map((data) => ({ type: 'RequestRefund', data: { paymentId: 'p1', orderId, ...data } }));

describe('All that is decided survives its codec', () => {
  it('of an order', () => laws(order, { command: orderCommand, codec: orderCodec, numRuns: 300 }));
  it('of the seats of a conference', () => laws(seatsAvailability, { command: seatsCommand, codec: seatsAvailabilityCodec }));
  it('of seat assignments', () => laws(seatAssignments, { command: assignmentsCommand, codec: seatAssignmentsCodec }));
  it('of a refund', () => laws(refund, { command: refundCommand, codec: refundCodec }));
});
