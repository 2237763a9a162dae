import {
  type CommandRejected,
  type DeadlineReached,
  type Instant,
  type ProcessManager,
  type Reaction,
  unreachable,
} from '@conference/kernel';
import { quantityOf } from '../order/pricing.ts';
import type { RefundReason } from '../refund/refund.events.ts';
import { correlate, type RegistrationCommand, type RegistrationEvent, type RegistrationFacts } from './registration.messages.ts';
import {
  type CurrentPayment,
  evolve,
  initialState,
  isKnown,
  isOpen,
  type Payment,
  type Registration,
  received,
  unsettled,
} from './registration.state.ts';

type Reactions = readonly Reaction<RegistrationCommand>[];
type FactsOf<T extends RegistrationFacts['type']> = Extract<RegistrationFacts, { readonly type: T }>['data'];

// ---- what is sent; all of it from the state after the input's facts

const lastRequest = ({ request, selection, answered }: Registration): number => Math.max(request, selection.request, answered);

const makeReservation = ({ conferenceId, orderId, selection: { items } }: Registration, request: number): Reactions => [
  { send: { type: 'MakeSeatReservation', data: { conferenceId, reservationId: orderId, request, items } } },
];
const commitSeats = ({ conferenceId, orderId }: Registration): Reactions => [
  { send: { type: 'CommitSeatReservation', data: { conferenceId, reservationId: orderId } } },
];
/** Nothing can have been reserved before the conference is known. */
const cancelSeats = (state: Registration): Reactions => {
  const { conferenceId, orderId } = state;
  if (conferenceId === '') return [];
  return [{ send: { type: 'CancelSeatReservation', data: { conferenceId, reservationId: orderId, request: lastRequest(state) } } }];
};
const confirm = ({ orderId }: Registration, { paymentId, amount }: Payment, now: Instant, late?: 'late'): Reactions => [
  { send: { type: 'ConfirmOrder', data: { orderId, payment: { paymentId, amount }, ...(late ? { late: true } : {}), now } } },
];
const refund = ({ orderId }: Registration, reason: RefundReason, payments: readonly Payment[]): Reactions =>
  payments.map(({ paymentId, amount }) => ({ send: { type: 'RequestRefund', data: { paymentId, orderId, amount, reason } } }));

const rejectIfDue = ({ orderId, due }: Registration): Reactions =>
  due === null ? [] : [{ send: { type: 'RejectOrder', data: { orderId, ...due } } }];

/** Held payments are tried one after another: which of them is right, the order alone knows. */
const tryNext = (state: Registration, now: Instant, late?: 'late'): Reactions => {
  const [next] = state.held;
  return next === undefined ? [] : confirm(state, next, now, late);
};
const seatsMarked = (state: Registration, request: number, seats: FactsOf<'SeatsReserved'>['seats'], now: Instant): Reactions => [
  { send: { type: 'MarkSeatsAsReserved', data: { orderId: state.orderId, request, seats } } },
  ...tryNext(state, now),
];
/** For the newest selection; unless its answer came before we heard of it. */
const reserve = (state: Registration, now: Instant): Reactions => {
  const { request } = state.selection;
  return state.answered === request ? seatsMarked(state, request, state.answer, now) : makeReservation(state, request);
};
/** All seats of an expired order once more, for a payment that came late. */
const reserveAgain = (state: Registration): Reactions =>
  state.held.length > 0 && state.releaseAt !== null ? makeReservation(state, lastRequest(state) + 1) : [];
const giveUp = (state: Registration): Reactions => [...cancelSeats(state), ...refund(state, 'seats-gone', unsettled(state))];

// ---- a payment for an order that nobody has heard of

const waitsForOrder = ({ releaseAt, held }: Registration): boolean => releaseAt === null && held.length > 0;
const orderIsKnown = (before: Registration): Reactions => (waitsForOrder(before) ? [{ clearDeadline: 'unknown-order' }] : []);
const holdForOrder = (before: Registration, { held, releaseAt }: Registration): Reactions => {
  const [first] = held;
  return first === undefined || releaseAt !== null || waitsForOrder(before) ? [] : [{ setDeadline: 'unknown-order', at: first.until }];
};
const refundUnknown = (state: Registration, dueAt: Instant): Reactions => {
  if (!waitsForOrder(state)) return [];
  const next = state.held.find(({ until }) => until > dueAt);
  const overdue = state.held.filter(({ until }) => until <= dueAt);
  return [...refund(state, 'unknown-order', overdue), ...(next ? [{ setDeadline: 'unknown-order', at: next.until }] : [])];
};

// ---- one function per input

/** Seen only after the reservation's end, nobody can pay for it any more: no seats are taken, not even for the grace. */
const orderPlaced = (before: Registration, after: Registration, data: FactsOf<'OrderPlaced'>, now: Instant): Reactions => {
  const { orderId, reservationExpiresAt: dueAt, releaseAt } = data;
  if (before.releaseAt !== null) return [];
  if (before.state === 'expired') return [...reserveAgain(after), ...orderIsKnown(before)];
  if (before.state !== 'not-started') return [];
  if (now >= dueAt) return [{ send: { type: 'RejectOrder', data: { orderId, dueAt, firedAt: now } } }, ...orderIsKnown(before)];
  return [...reserve(after, now), { setDeadline: 'release', at: releaseAt }, ...orderIsKnown(before)];
};

/** While confirming it is only kept: that confirmation will be refused, and then the newer selection's turn comes. */
const orderUpdated = (before: Registration, after: Registration, now: Instant): Reactions => {
  if (after.selection === before.selection) return [];
  if (before.state === 'awaiting-reservation' || before.state === 'reservation-received') return reserve(after, now);
  return before.state === 'reserving-again' ? makeReservation(after, lastRequest(after) + 1) : [];
};

const seatsReserved = (before: Registration, after: Registration, data: FactsOf<'SeatsReserved'>, now: Instant): Reactions => {
  const { request, wanted, seats } = data;
  const isAnswer = request === before.request && after.answered > before.answered;
  switch (before.state) {
    case 'awaiting-reservation':
      return isAnswer ? seatsMarked(after, request, seats, now) : [];
    case 'expired':
    case 'cancelled':
      return cancelSeats({ ...after, orderId: data.reservationId, conferenceId: data.conferenceId });
    case 'reserving-again': {
      if (!isAnswer || before.current === null) return [];
      const isComplete = wanted.every(({ seatTypeId, quantity }) => quantityOf(seats, seatTypeId) >= quantity);
      return isComplete ? confirm(after, before.current.payment, now, 'late') : giveUp(after);
    }
    case 'confirmed':
      return isAnswer && request > before.selection.request ? commitSeats(after) : []; // only after a refused commit
    default:
      return [];
  }
};

const paymentCompleted = (before: Registration, after: Registration, payment: FactsOf<'PaymentCompleted'>, now: Instant): Reactions => {
  if (isKnown(before, payment.paymentId)) return [];
  switch (before.state) {
    case 'not-started':
      return holdForOrder(before, after);
    case 'awaiting-reservation':
      return [];
    case 'reservation-received':
      return before.held.length > 0 ? [] : confirm(after, payment, now); // those wait for the order's end, which is on its way
    case 'confirming':
    case 'confirmed':
    case 'reserving-again':
      return refund(after, 'order-confirmed', [payment]);
    case 'expired':
      if (before.current !== null) return []; // its refusal is on the way
      return after.releaseAt === null ? holdForOrder(before, after) : reserveAgain(after);
    case 'cancelled':
      return refund(after, 'order-cancelled', [payment]);
    default:
      return unreachable(before.state);
  }
};

const orderConfirmed = (before: Registration, after: Registration, data: FactsOf<'OrderConfirmed'>): Reactions => {
  if (before.state === 'confirmed') return [];
  const { orderId, conferenceId, seats } = data;
  return [
    ...commitSeats(after),
    { send: { type: 'CreateSeatAssignments', data: { orderId, conferenceId, seats } } },
    { clearDeadline: 'release' },
    ...refund(after, 'order-confirmed', unsettled(after)),
    ...orderIsKnown(before),
  ];
};

/** A confirmation under way will be refused; its payment is late then. */
const orderExpired = (before: Registration, after: Registration): Reactions => {
  if (after.state === before.state) return [];
  return [...cancelSeats(after), ...(after.current === null ? reserveAgain(after) : [])];
};

const orderCancelled = (before: Registration, after: Registration): Reactions => {
  if (after.state === before.state) return [];
  return [
    ...cancelSeats(after),
    { clearDeadline: 'release' },
    ...refund(after, 'order-cancelled', unsettled(after)),
    ...orderIsKnown(before),
  ];
};

const refundReasons: readonly RefundReason[] = [
  'order-cancelled',
  'order-expired',
  'order-confirmed',
  'amount-mismatch',
  'not-fully-reserved',
  'registrant-required',
];
/** The reason is the refusal's; any other says that there was no order to confirm. */
const reasonOf = (code: string): RefundReason => refundReasons.find((reason) => reason === code) ?? 'unknown-order';

const confirmationRefused = (after: Registration, current: CurrentPayment, code: string, now: Instant): Reactions => {
  if (code === 'order-expired' && !current.late) return after.state === 'expired' ? reserveAgain(after) : [];
  const back = refund(after, reasonOf(code), [current.payment]);
  if (current.late && code === 'order-confirmed') return back; // by another payment: the seats are the order's
  if (current.late) return [...back, ...(after.held.length > 0 ? tryNext(after, now, 'late') : cancelSeats(after))];
  if (after.state === 'expired') return [...back, ...reserveAgain(after)];
  if (after.state !== 'reservation-received') return back;
  if (after.selection.request > after.request) return [...back, ...reserve(after, now), ...rejectIfDue(after)];
  return [...back, ...(after.held.length > 0 ? tryNext(after, now) : rejectIfDue(after))];
};

/** A selection that cannot be reserved at all is answered like one of which nothing is left: the registrant chooses again. */
const reservationRefused = (before: Registration, after: Registration, now: Instant): Reactions => {
  if (before.state === 'awaiting-reservation') return [...cancelSeats(after), ...seatsMarked(after, before.request, [], now)];
  return before.state === 'reserving-again' ? giveUp(after) : [];
};

const commandRejected = (
  before: Registration,
  after: Registration,
  { commandId, code }: CommandRejected['data'],
  now: Instant,
): Reactions => {
  const { current, issued, releaseAt } = before;
  if (current?.commandId === commandId) return confirmationRefused(after, current, code, now);
  if (commandId === issued.MakeSeatReservation) return reservationRefused(before, after, now);
  // Confirmed, and yet not held: take the seats under a new number, and commit that.
  if (commandId === issued.CommitSeatReservation) return makeReservation(after, lastRequest(after) + 1);
  if (commandId === issued.RejectOrder && releaseAt !== null && isOpen(before)) return [{ setDeadline: 'release', at: releaseAt }];
  return [];
};

/** While confirming it is remembered: the order that stays open after all is rejected then (W-5). */
const deadlineReached = (before: Registration, after: Registration, { deadline, dueAt }: DeadlineReached['data']): Reactions => {
  if (deadline === 'unknown-order') return refundUnknown(after, dueAt);
  return before.state === 'awaiting-reservation' || before.state === 'reservation-received' ? rejectIfDue(after) : [];
};

/**
 * The registration of one order: reserves what it selects, confirms it when it is paid, and sees to it that seats and
 * money go back when it comes to nothing. Whatever comes too early is held, and what comes again or too late harms
 * nothing: a completed payment ends as the one that confirmed the order or as a refund, never as neither.
 */
export const registration: ProcessManager<Registration, RegistrationEvent, RegistrationFacts, RegistrationCommand> = {
  name: 'Registration',
  categories: ['Order', 'SeatsAvailability', 'RegistrationInboxPayment'],
  correlate,
  initialState,
  evolve,
  react: (before, input) => {
    const { message, receivedAt } = input;
    const after = received(before, input);
    switch (message.type) {
      case 'OrderPlaced':
        return orderPlaced(before, after, message.data, receivedAt);
      case 'OrderUpdated':
        return orderUpdated(before, after, receivedAt);
      case 'SeatsReserved':
        return seatsReserved(before, after, message.data, receivedAt);
      case 'PaymentCompleted':
        return paymentCompleted(before, after, message.data, receivedAt);
      case 'OrderConfirmed':
        return orderConfirmed(before, after, message.data);
      case 'OrderExpired':
        return orderExpired(before, after);
      case 'OrderCancelled':
        return orderCancelled(before, after);
      case 'CommandRejected':
        return commandRejected(before, after, message.data, receivedAt);
      case 'DeadlineReached':
        return deadlineReached(before, after, message.data);
      default:
        return unreachable(message);
    }
  },
};
