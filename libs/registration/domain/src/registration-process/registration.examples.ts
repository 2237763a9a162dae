// What the specs of a registration are told with: two seats at the gala, released at 09:29; all is received at 09:00.
import type { CommandRejected, DeadlineReached, Instant, Reaction } from '@conference/kernel';
import type { RefundReason } from '../refund/refund.events.ts';
import type { RegistrationCommand, RegistrationEvent } from './registration.messages.ts';

export type Input = RegistrationEvent | CommandRejected | DeadlineReached;
export type Reactions = readonly Reaction<RegistrationCommand>[];
export const at = (time: string) => `2027-05-02T${time}:00.000Z` as Instant;
/** When every input is received. */
export const now = at('09:00');
export const releaseAt = at('09:29');
export const orderId = 'o1';
export const conferenceId = 'c1';
export const usd = (amount: number) => ({ amount, currency: 'USD' });
export const seats = (quantity: number) => [{ seatTypeId: 'gala', quantity }];
export const lines = (quantity: number) => [{ seatTypeId: 'gala', name: 'Gala', unitPrice: 100, quantity }];
export const named = [{ seatTypeId: 'gala', name: 'Gala', quantity: 2 }];

// Inputs
export const placed: Input = {
  type: 'OrderPlaced',
  data: {
    ...{ orderId, conferenceId, request: 1, items: lines(2), currency: 'USD' },
    ...{ placedAt: at('09:00'), reservationExpiresAt: at('09:15'), releaseAt, accessCode: 'CODE' },
  },
};
/** Its reservation's end passes as it is received; the release is still to come. */
export const placedTooLate: Input = { ...placed, data: { ...placed.data, reservationExpiresAt: now } };
export const updated = (request: number, quantity = 3): Input => ({
  type: 'OrderUpdated',
  data: { orderId, request, items: lines(quantity), currency: 'USD' },
});
export const reserved = (request: number, quantity: number, wanted = quantity): Input => ({
  type: 'SeatsReserved',
  data: {
    conferenceId,
    reservationId: orderId,
    request,
    wanted: seats(wanted),
    seats: quantity === 0 ? [] : seats(quantity),
    availableSeatsChanged: [],
  },
});
export const paid = (paymentId = 'p1'): Input => ({ type: 'PaymentCompleted', data: { paymentId, orderId, amount: usd(200) } });
export const confirmed = (paymentId: string | null = 'p1', late = false): Input => ({
  type: 'OrderConfirmed',
  data: { orderId, conferenceId, seats: named, total: usd(200), paymentId, late },
});
export const expired: Input = { type: 'OrderExpired', data: { orderId } };
export const cancelled: Input = { type: 'OrderCancelled', data: { orderId } };
export const refused = (commandId: string, code: string): Input => ({ type: 'CommandRejected', data: { commandId, code } });
export const due = (dueAt = releaseAt, firedAt = dueAt, deadline = 'release'): Input => ({
  type: 'DeadlineReached',
  data: { deadline, dueAt, firedAt },
});

// Reactions
export const make = (request: number, quantity: number): Reactions => [
  { send: { type: 'MakeSeatReservation', data: { conferenceId, reservationId: orderId, request, items: seats(quantity) } } },
];
export const mark = (request: number, quantity: number): Reactions => [
  { send: { type: 'MarkSeatsAsReserved', data: { orderId, request, seats: quantity === 0 ? [] : seats(quantity) } } },
];
export const confirm = (paymentId = 'p1', late?: true): Reactions => [
  { send: { type: 'ConfirmOrder', data: { orderId, payment: { paymentId, amount: usd(200) }, ...(late ? { late } : {}), now } } },
];
export const rejectOrder = (dueAt = releaseAt, firedAt = dueAt): Reactions => [
  { send: { type: 'RejectOrder', data: { orderId, dueAt, firedAt } } },
];
export const commit: Reactions = [{ send: { type: 'CommitSeatReservation', data: { conferenceId, reservationId: orderId } } }];
export const assignments: Reactions = [{ send: { type: 'CreateSeatAssignments', data: { orderId, conferenceId, seats: named } } }];
export const giveBack = (request: number): Reactions => [
  { send: { type: 'CancelSeatReservation', data: { conferenceId, reservationId: orderId, request } } },
];
export const refund = (reason: RefundReason, paymentId = 'p1'): Reactions => [
  { send: { type: 'RequestRefund', data: { paymentId, orderId, amount: usd(200), reason } } },
];
export const release: Reactions = [{ setDeadline: 'release', at: releaseAt }];
export const noRelease: Reactions = [{ clearDeadline: 'release' }];
export const awaitOrder: Reactions = [{ setDeadline: 'unknown-order', at: at('10:00') }];
export const orderKnown: Reactions = [{ clearDeadline: 'unknown-order' }];

/** Histories that lead to each state. */
export const awaiting = [placed];
export const received = [placed, reserved(1, 2)];
export const confirming = [...received, paid()]; // ConfirmOrder is 3/0
export const confirmedOrder = [...confirming, confirmed()];
export const expiredOrder = [...received, due(), expired];
export const cancelledOrder = [...received, cancelled];
export const again = [...expiredOrder, paid()]; // MakeSeatReservation(2) is 5/0
export const confirmingLate = [...again, reserved(2, 2)]; // ConfirmOrder(late) is 6/0
