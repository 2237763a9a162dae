import {
  type AtTime,
  type ByTimer,
  type Command,
  type Decider,
  type Decision,
  type Instant,
  type Money,
  reject,
  unreachable,
} from '@conference/kernel';
import type { OrderEvent, PersonalInfo, QuotedLine, SeatQuantity } from './order.events.ts';
import { evolve, type Order, type PlacedOrder } from './order.state.ts';
import { allReserved, type OrderItem, orderTotals, requestedItems, totalOf, withReserved } from './pricing.ts';

/** What only the first selection brings: from the edge, which makes the code and knows the times (ORD-2, ORD-3). */
export type Placement = {
  readonly accessCode: string;
  readonly reservationExpiresAt: Instant;
  /** Not before `reservationExpiresAt`: the grace lies between them. */
  readonly releaseAt: Instant;
};
export type PaymentOfOrder = { readonly paymentId: string; readonly amount: Money };

export type OrderCommand =
  /** With `placement` it places the order, without it chooses again. Names and prices are quoted by the edge (W-47). */
  | Command<
      'RegisterToConference',
      {
        readonly orderId: string;
        readonly conferenceId: string;
        readonly items: readonly QuotedLine[];
        readonly currency: string;
        readonly placement?: Placement;
      } & AtTime
    >
  /** `seats` is all that is held for the selection with this number. */
  | Command<'MarkSeatsAsReserved', { readonly orderId: string; readonly request: number; readonly seats: readonly SeatQuantity[] }>
  | Command<'AssignRegistrantDetails', { readonly orderId: string; readonly registrant: PersonalInfo } & AtTime>
  /** `late`: the order has expired, and all its seats were taken once more for this payment. */
  | Command<'ConfirmOrder', { readonly orderId: string; readonly payment?: PaymentOfOrder; readonly late?: boolean } & AtTime>
  | Command<'RejectOrder', { readonly orderId: string } & ByTimer>
  | Command<'CancelOrder', { readonly orderId: string } & AtTime>;

export type OrderRefusal =
  | { readonly code: 'order-id-taken' }
  | { readonly code: 'order-not-found' }
  | { readonly code: 'no-items' }
  | { readonly code: 'duplicate-seat-type'; readonly seatTypeId: string }
  | { readonly code: 'too-many-seats'; readonly max: number }
  | { readonly code: 'currency-mismatch' }
  | { readonly code: 'order-confirmed' }
  | { readonly code: 'order-expired' }
  | { readonly code: 'order-cancelled' }
  | { readonly code: 'payment-required' }
  | { readonly code: 'not-fully-reserved' }
  | { readonly code: 'registrant-required' }
  | { readonly code: 'amount-mismatch' }
  | { readonly code: 'not-due' };

type Answer = Decision<OrderEvent, OrderRefusal>;
type DataOf<T extends OrderCommand['type']> = Extract<OrderCommand, { readonly type: T }>['data'];

const closedBy = {
  confirmed: { code: 'order-confirmed' },
  expired: { code: 'order-expired' },
  cancelled: { code: 'order-cancelled' },
} as const;
/** The refusal of whatever comes after the order's end. */
const closed = ({ state }: PlacedOrder): OrderRefusal | undefined =>
  state === 'confirmed' || state === 'expired' || state === 'cancelled' ? closedBy[state] : undefined;
const hasEnded = (order: PlacedOrder, now: Instant): boolean => now >= order.reservationExpiresAt;

// ---- choosing: ORD-1 to ORD-4

/** Each seat has its place in one `SeatAssignmentsCreated`, which must fit into one append whatever the names of the types. */
export const seatsPerOrderMax = 1_000;

/** Zero lines are dropped (W-41); nothing left, a type listed twice, or more seats than can be assigned, is refused. */
const refusalOf = (lines: readonly QuotedLine[]): OrderRefusal | undefined => {
  if (lines.length === 0) return { code: 'no-items' };
  const twice = lines.find(({ seatTypeId }, index) => lines.findIndex((line) => line.seatTypeId === seatTypeId) !== index);
  if (twice !== undefined) return { code: 'duplicate-seat-type', seatTypeId: twice.seatTypeId };
  const wanted = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return wanted > seatsPerOrderMax ? { code: 'too-many-seats', max: seatsPerOrderMax } : undefined;
};

const place = (data: DataOf<'RegisterToConference'>, placement: Placement, items: readonly QuotedLine[]): Answer => {
  const { orderId, conferenceId, currency, now } = data;
  return [
    { type: 'OrderPlaced', data: { orderId, conferenceId, request: 1, items, currency, placedAt: now, ...placement } },
    orderTotals(orderId, requestedItems(items), 'requested', currency),
  ];
};

const isSameSelection = (chosen: readonly QuotedLine[], items: readonly OrderItem[]): boolean =>
  chosen.length === items.length &&
  chosen.every(({ seatTypeId, name, unitPrice, quantity }, index) => {
    const item = items[index];
    return item?.seatTypeId === seatTypeId && item.name === name && item.unitPrice === unitPrice && item.requested === quantity;
  });

/**
 * ORD-4. The very same selection is nothing while it is still pending: its answer is on the way. Once answered, it is a
 * new selection with a new number: seats may have come free.
 */
const chooseAgain = ({ orderId, currency }: DataOf<'RegisterToConference'>, lines: readonly QuotedLine[], order: PlacedOrder): Answer => {
  if (currency !== order.total.currency) return reject({ code: 'currency-mismatch' });
  if (order.state === 'pending-reservation' && isSameSelection(lines, order.items)) return [];
  return [
    { type: 'OrderUpdated', data: { orderId, request: order.request + 1, items: lines, currency } },
    orderTotals(orderId, requestedItems(lines), 'requested', currency),
  ];
};

const register = (data: DataOf<'RegisterToConference'>, order: Order): Answer => {
  const lines = data.items.filter(({ quantity }) => quantity > 0);
  if (data.placement !== undefined) {
    if (order.state !== 'not-placed') return reject({ code: 'order-id-taken' });
    const refusal = refusalOf(lines);
    return refusal ? reject(refusal) : place(data, data.placement, lines);
  }
  if (order.state === 'not-placed') return reject({ code: 'order-not-found' });
  const refusal = closed(order) ?? (hasEnded(order, data.now) ? closedBy.expired : refusalOf(lines));
  return refusal ? reject(refusal) : chooseAgain(data, lines, order);
};

// ---- the answer of the seats: ORD-5 to ORD-8

/** Compared with what was requested, not with what was marked before; so a repeat turns no partial into a full one (W-9). */
const markSeats = ({ orderId, request, seats }: DataOf<'MarkSeatsAsReserved'>, order: Order): Answer => {
  if (order.state === 'not-placed') return reject({ code: 'order-not-found' });
  if (order.state !== 'pending-reservation' || request !== order.request) return [];
  const items = withReserved(order.items, seats);
  const held = items.flatMap(({ seatTypeId, reserved }) => (reserved > 0 ? [{ seatTypeId, quantity: reserved }] : []));
  if (items.every(({ requested, reserved }) => reserved === requested))
    return [{ type: 'OrderReservationCompleted', data: { orderId, request, seats: held } }];
  return [
    { type: 'OrderPartiallyReserved', data: { orderId, request, seats: held } },
    orderTotals(orderId, items, 'reserved', order.total.currency),
  ];
};

// ---- the registrant: ORD-11

const isSamePerson = (a: PersonalInfo, b: PersonalInfo): boolean =>
  a.firstName === b.firstName && a.lastName === b.lastName && a.email === b.email;

/** Also within the grace: a payment under way may still confirm the order, and needs them. */
const assignRegistrant = ({ orderId, registrant }: DataOf<'AssignRegistrantDetails'>, order: Order): Answer => {
  if (order.state === 'not-placed') return reject({ code: 'order-not-found' });
  const refusal = closed(order);
  if (refusal) return reject(refusal);
  if (order.registrant !== null && isSamePerson(order.registrant, registrant)) return [];
  return [{ type: 'OrderRegistrantAssigned', data: { orderId, registrant } }];
};

// ---- confirming: ORD-10, PAY-5

const confirmed = (order: PlacedOrder, payment: PaymentOfOrder | undefined): Answer => {
  const late = order.state === 'expired';
  const items = late ? allReserved(order.items) : order.items;
  const total = totalOf(items, order.total.currency);
  if (order.registrant === null) return reject({ code: 'registrant-required' });
  if (payment && (payment.amount.amount !== total.amount || payment.amount.currency !== total.currency))
    return reject({ code: 'amount-mismatch' });
  const seats = items.map(({ seatTypeId, name, reserved }) => ({ seatTypeId, name, quantity: reserved }));
  const { orderId, conferenceId } = order;
  return [{ type: 'OrderConfirmed', data: { orderId, conferenceId, seats, total, paymentId: payment?.paymentId ?? null, late } }];
};

/** Without payment: only free of charge, and only before the reservation's end. With one the grace counts too. */
const confirmReserved = ({ payment, now }: DataOf<'ConfirmOrder'>, order: PlacedOrder): Answer => {
  if (payment === undefined && hasEnded(order, now)) return reject(closedBy.expired);
  if (order.state !== 'reserved') return reject({ code: 'not-fully-reserved' });
  if (payment === undefined && !order.isFreeOfCharge) return reject({ code: 'payment-required' });
  return confirmed(order, payment);
};

const confirm = (data: DataOf<'ConfirmOrder'>, order: Order): Answer => {
  switch (order.state) {
    case 'not-placed':
      return reject({ code: 'order-not-found' });
    case 'cancelled':
      return reject(closedBy.cancelled);
    case 'confirmed':
      return (data.payment?.paymentId ?? null) === order.paymentId ? [] : reject(closedBy.confirmed);
    case 'expired':
      return data.late === true && data.payment !== undefined ? confirmed(order, data.payment) : reject(closedBy.expired);
    default:
      return confirmReserved(data, order);
  }
};

// ---- the other ends

/** ORD-9. Nothing for an order that is not there, or is no longer open: late and repeated timers are harmless, early ones refused. */
const rejectOrder = ({ orderId, dueAt, firedAt }: DataOf<'RejectOrder'>, order: Order): Answer => {
  if (order.state === 'not-placed' || closed(order)) return [];
  return firedAt < dueAt ? reject({ code: 'not-due' }) : [{ type: 'OrderExpired', data: { orderId } }];
};

const cancel = ({ orderId, now }: DataOf<'CancelOrder'>, order: Order): Answer => {
  if (order.state === 'not-placed') return reject({ code: 'order-not-found' });
  if (order.state === 'cancelled') return [];
  const refusal = closed(order) ?? (hasEnded(order, now) ? closedBy.expired : undefined);
  return refusal ? reject(refusal) : [{ type: 'OrderCancelled', data: { orderId } }];
};

const decide = (command: OrderCommand, order: Order): Answer => {
  switch (command.type) {
    case 'RegisterToConference':
      return register(command.data, order);
    case 'MarkSeatsAsReserved':
      return markSeats(command.data, order);
    case 'AssignRegistrantDetails':
      return assignRegistrant(command.data, order);
    case 'ConfirmOrder':
      return confirm(command.data, order);
    case 'RejectOrder':
      return rejectOrder(command.data, order);
    case 'CancelOrder':
      return cancel(command.data, order);
    default:
      return unreachable(command);
  }
};

/**
 * What one registrant buys: selections, the answer of the seats, and one end - confirmed, expired or cancelled. Only an
 * expired order has a way on: a late payment, when all its seats could be taken again (ORD-1 to ORD-11).
 */
export const order: Decider<Order, OrderCommand, OrderEvent, OrderRefusal> = { initialState: { state: 'not-placed' }, decide, evolve };
