import {
  type ByTimer,
  type Instant,
  type IssuedCommand,
  type Money,
  type ProcessEvent,
  type ProcessInput,
  unreachable,
} from '@conference/kernel';
import type { SeatQuantity } from '../order/order.events.ts';
import type { RegistrationCommand, RegistrationFacts } from './registration.messages.ts';

export type Payment = { readonly paymentId: string; readonly amount: Money };
/** Held until its order is known, at most until then. */
export type HeldPayment = Payment & { readonly until: Instant };
export type Selection = { readonly request: number; readonly items: readonly SeatQuantity[] };
/** The payment that a confirmation, or seats for a late one, were asked for. */
export type CurrentPayment = {
  readonly payment: HeldPayment;
  /** Of the `ConfirmOrder`; null while the seats of a late payment are being taken again. */
  readonly commandId: string | null;
  readonly late: boolean;
};

export type Registration = {
  readonly state:
    | 'not-started'
    | 'awaiting-reservation'
    | 'reservation-received'
    | 'confirming'
    | 'confirmed'
    | 'expired'
    | 'cancelled'
    | 'reserving-again';
  /** Empty until a fact has named it; as is `conferenceId`. */
  readonly orderId: string;
  readonly conferenceId: string;
  /** null: the placement of the order has not been seen. */
  readonly releaseAt: Instant | null;
  /** The order's newest. */
  readonly selection: Selection;
  /** The newest answer of the seats, also to a selection that this process has yet to hear of. */
  readonly answered: number;
  readonly answer: readonly SeatQuantity[];
  /** The last number that seats were asked for under; 0 for none. */
  readonly request: number;
  readonly current: CurrentPayment | null;
  /** Payments that are for nothing yet, oldest first. */
  readonly held: readonly HeldPayment[];
  /** Refunded, or the one that confirmed the order: whatever says so again is no news. */
  readonly settled: readonly string[];
  /** The release came due while the order was still open. */
  readonly due: ByTimer | null;
  /** Ids of the last commands whose refusal asks for a reaction. */
  readonly issued: { readonly [T in 'MakeSeatReservation' | 'CommitSeatReservation' | 'RejectOrder']?: string };
};

export const initialState: Registration = {
  state: 'not-started',
  orderId: '',
  conferenceId: '',
  releaseAt: null,
  selection: { request: 0, items: [] },
  answered: 0,
  answer: [],
  request: 0,
  current: null,
  held: [],
  settled: [],
  due: null,
  issued: {},
};

const unknownOrderMs = 3_600_000;
const later = (instant: Instant, milliseconds: number): Instant => new Date(Date.parse(instant) + milliseconds).toISOString() as Instant;

export const unsettled = ({ current, held }: Registration): readonly HeldPayment[] =>
  current === null ? held : [current.payment, ...held];

export const isKnown = (state: Registration, paymentId: string): boolean =>
  state.settled.includes(paymentId) || unsettled(state).some((payment) => payment.paymentId === paymentId);

const newer = (before: Selection, { request, items }: Selection): Selection => (request > before.request ? { request, items } : before);

/** Neither held nor tried any more. */
const settle = (state: Registration, paymentId: string): Registration => ({
  ...state,
  current: state.current?.payment.paymentId === paymentId ? null : state.current,
  held: state.held.filter((payment) => payment.paymentId !== paymentId),
  settled: [...state.settled, paymentId],
});

type FactsOf<T extends RegistrationFacts['type']> = Extract<RegistrationFacts, { readonly type: T }>['data'];

const confirmed = (before: Registration, { orderId, conferenceId, seats, paymentId }: FactsOf<'OrderConfirmed'>): Registration => {
  if (before.state === 'confirmed') return before;
  const items = seats.map(({ seatTypeId, quantity }) => ({ seatTypeId, quantity }));
  const state: Registration = {
    ...before,
    state: 'confirmed',
    orderId,
    conferenceId,
    selection: { request: before.selection.request, items },
  };
  return paymentId === null ? state : settle(state, paymentId);
};

/** As far as has been heard, the order has not ended. */
export const isOpen = ({ state, current }: Registration): boolean =>
  state === 'not-started' ||
  state === 'awaiting-reservation' ||
  state === 'reservation-received' ||
  (state === 'confirming' && current?.late !== true);

/** An order expires once. What comes after - seats taken again, a late confirmation - is not undone by hearing so again. */
const expired = (before: Registration, orderId: string): Registration =>
  isOpen(before) ? { ...before, orderId, state: 'expired' } : before;

/** The confirmation that was under way is over. A payment that the order's end overtook is tried once more: it is late now. */
const confirmationRefused = (before: Registration, current: CurrentPayment, code: string): Registration => {
  const back = current.late ? 'expired' : 'reservation-received';
  const state: Registration = { ...before, state: before.state === 'confirming' ? back : before.state };
  if (current.late || code !== 'order-expired') return state;
  return { ...state, current: null, held: [current.payment, ...before.held] };
};

/** The facts of an input, before anything is decided on them. */
export const received = (before: Registration, { message, receivedAt }: ProcessInput<RegistrationFacts>): Registration => {
  switch (message.type) {
    case 'OrderPlaced': {
      const { orderId, conferenceId, releaseAt } = message.data;
      if (before.releaseAt !== null) return before;
      return { ...before, orderId, conferenceId, releaseAt, selection: newer(before.selection, message.data) };
    }
    case 'OrderUpdated':
      return { ...before, orderId: message.data.orderId, selection: newer(before.selection, message.data) };
    case 'SeatsReserved': {
      const { conferenceId, reservationId: orderId, request: answered, seats: answer } = message.data;
      return answered > before.answered ? { ...before, orderId, conferenceId, answered, answer } : before;
    }
    case 'PaymentCompleted': {
      const { orderId, paymentId, amount } = message.data;
      if (isKnown(before, paymentId)) return before;
      return { ...before, orderId, held: [...before.held, { paymentId, amount, until: later(receivedAt, unknownOrderMs) }] };
    }
    case 'OrderConfirmed':
      return confirmed(before, message.data);
    case 'OrderExpired':
      return expired(before, message.data.orderId);
    case 'OrderCancelled':
      return before.state === 'confirmed' ? before : { ...before, orderId: message.data.orderId, state: 'cancelled' };
    case 'CommandRejected': {
      const { commandId, code } = message.data;
      if (before.current?.commandId === commandId) return confirmationRefused(before, before.current, code);
      return before.issued.RejectOrder === commandId ? { ...before, due: null } : before;
    }
    case 'DeadlineReached': {
      const { deadline, dueAt, firedAt } = message.data;
      return deadline === 'release' ? { ...before, due: { dueAt, firedAt } } : before;
    }
    default:
      return unreachable(message);
  }
};

const seatsAsked = (before: Registration, request: number): Registration => {
  if (before.state === 'confirmed' || before.state === 'reserving-again') return { ...before, request };
  if (before.state !== 'expired') return { ...before, request, state: 'awaiting-reservation' };
  const [payment, ...held] = before.held;
  return payment === undefined
    ? before
    : { ...before, request, state: 'reserving-again', current: { payment, commandId: null, late: true }, held };
};

const paymentTried = (
  before: Registration,
  commandId: string,
  command: Extract<RegistrationCommand, { type: 'ConfirmOrder' }>,
): Registration => {
  const { payment: tried, late = false } = command.data;
  const payment = unsettled(before).find(({ paymentId }) => paymentId === tried?.paymentId);
  if (payment === undefined) return before;
  return { ...before, state: 'confirming', current: { payment, commandId, late }, held: before.held.filter((other) => other !== payment) };
};

/** What was decided moves the state, not what today's rules would decide: an old stream keeps its meaning. */
const sent = (before: Registration, { commandId, command }: IssuedCommand<RegistrationCommand>): Registration => {
  const { type, data } = command;
  switch (type) {
    case 'MakeSeatReservation':
      return { ...seatsAsked(before, data.request), issued: { ...before.issued, [type]: commandId } };
    case 'MarkSeatsAsReserved':
      return { ...before, state: 'reservation-received', request: data.request };
    case 'ConfirmOrder':
      return paymentTried(before, commandId, command);
    case 'RequestRefund':
      return settle(before, data.paymentId);
    case 'CancelSeatReservation':
      return before.state === 'reserving-again' ? { ...before, state: 'expired' } : before;
    case 'RejectOrder':
    case 'CommitSeatReservation':
      return { ...before, issued: { ...before.issued, [type]: commandId } };
    case 'CreateSeatAssignments':
      return before;
    default:
      return unreachable(type);
  }
};

export const evolve = (
  before: Registration,
  { data: { input, commands } }: ProcessEvent<RegistrationFacts, RegistrationCommand>,
): Registration => commands.reduce(sent, received(before, input));
