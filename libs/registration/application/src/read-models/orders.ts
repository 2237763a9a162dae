import {
  categoryOf,
  collection,
  type Instant,
  type Money,
  type Position,
  type Projection,
  type Recorded,
  type StreamVersion,
  unreachable,
} from '@conference/kernel';
import type { PaymentMessage } from '@conference/payments-contracts';
import type { OrderEvent, PersonalInfo, QuotedLine } from '@conference/registration-domain';

export type OrderState = 'pending-reservation' | 'partially-reserved' | 'reserved' | 'confirmed' | 'expired' | 'cancelled';
export type PaymentState = 'none' | 'initiated' | 'completed' | 'rejected' | 'refund-requested' | 'refunded';

export type OrderItem = {
  readonly seatTypeId: string;
  readonly name: string;
  readonly unitPrice: number;
  readonly requested: number;
  readonly reserved: number;
  readonly lineTotal: number;
};
/** Draft and priced order in one document (the original had two, which could differ: W-15). */
export type OrderDocument = {
  readonly orderId: string;
  readonly conferenceId: string;
  readonly state: OrderState;
  readonly accessCode: string;
  readonly request: number;
  readonly items: readonly OrderItem[];
  readonly total: Money;
  readonly isFreeOfCharge: boolean;
  /** Of its stream: the answer to a waiting client is tagged with it. */
  readonly version: StreamVersion;
  readonly placedAt: Instant;
  readonly reservationExpiresAt: Instant;
  readonly releaseAt: Instant;
  readonly registrant: PersonalInfo | null;
  /** The payment that confirmed it. */
  readonly confirmedBy: string | null;
  /** Every fact about a payment, in the order in which we heard of them, with its place in our own store. */
  readonly payments: readonly { readonly paymentId: string; readonly state: PaymentState; readonly position: Position }[];
  /** A keyed hash of e-mail and access code: how a session finds the order. */
  readonly locator: string | null;
};

export const orders = collection<OrderDocument>()({ name: 'orders', version: 1, indexes: { byLocator: ['locator'] } });

type PaymentFact = Extract<PaymentMessage, { readonly type: Exclude<PaymentMessage['type'], 'NotPublished'> }>;
type OrdersEvent = OrderEvent | PaymentFact;
export const orderEventTypes = [
  'OrderPlaced',
  'OrderUpdated',
  'OrderTotalsCalculated',
  'OrderPartiallyReserved',
  'OrderReservationCompleted',
  'OrderRegistrantAssigned',
  'OrderConfirmed',
  'OrderExpired',
  'OrderCancelled',
  'PaymentInitiated',
  'PaymentCompleted',
  'PaymentRejected',
  'PaymentRefundRequested',
  'PaymentRefunded',
] as const satisfies readonly OrdersEvent['type'][];

const paymentStates: { readonly [T in PaymentFact['type']]: PaymentState } = {
  PaymentInitiated: 'initiated',
  PaymentCompleted: 'completed',
  PaymentRejected: 'rejected',
  PaymentRefundRequested: 'refund-requested',
  PaymentRefunded: 'refunded',
};

/**
 * Of the payment that confirmed the order; before that, of the latest fact. `asOf`: as it was known at that position, for the
 * answer of a command of then.
 */
export const paymentStateOf = (
  { payments, confirmedBy }: Pick<OrderDocument, 'payments' | 'confirmedBy'>,
  asOf?: Position,
): PaymentState => {
  const heard = asOf === undefined ? payments : payments.filter(({ position }) => position <= asOf);
  const paymentId = confirmedBy ?? heard.at(-1)?.paymentId;
  return heard.findLast((fact) => fact.paymentId === paymentId)?.state ?? 'none';
};

const chosen = (items: readonly QuotedLine[]): readonly OrderItem[] =>
  items.map(({ seatTypeId, name, unitPrice, quantity }) => ({
    seatTypeId,
    name,
    unitPrice,
    requested: quantity,
    reserved: 0,
    lineTotal: unitPrice * quantity,
  }));

/** Seats as held: what is not among them is not reserved. */
const held = (
  items: readonly OrderItem[],
  seats: readonly { readonly seatTypeId: string; readonly quantity: number }[],
): readonly OrderItem[] =>
  items.map((item) => {
    const reserved = seats.find(({ seatTypeId }) => seatTypeId === item.seatTypeId)?.quantity ?? 0;
    return { ...item, reserved, lineTotal: item.unitPrice * reserved };
  });

type DataOf<T extends OrdersEvent['type']> = Extract<OrdersEvent, { readonly type: T }>['data'];

/** What a new selection replaces; its totals follow in an event of their own. */
const selected = ({ items, currency }: Pick<DataOf<'OrderUpdated'>, 'items' | 'currency'>) =>
  ({
    state: 'pending-reservation',
    items: chosen(items),
    total: { amount: items.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0), currency },
    isFreeOfCharge: false,
  }) as const;

const placed = ({ items, currency, ...kept }: DataOf<'OrderPlaced'>, version: StreamVersion): OrderDocument => ({
  ...kept,
  ...selected({ items, currency }),
  version,
  registrant: null,
  confirmedBy: null,
  payments: [],
  locator: null,
});

/** Late: all seats were taken again, whatever was held when the order expired; so its total may be another. */
const confirmed = (order: OrderDocument, { paymentId, seats, total, late }: DataOf<'OrderConfirmed'>): OrderDocument => ({
  ...order,
  state: 'confirmed',
  confirmedBy: paymentId,
  items: held(order.items, seats),
  total,
  isFreeOfCharge: late ? total.amount === 0 : order.isFreeOfCharge,
});

export type Locator = (email: string, accessCode: string) => string;

const evolve = (
  before: OrderDocument | undefined,
  { event, position, streamVersion, stream }: Recorded<OrdersEvent>,
  locator: Locator,
): OrderDocument | undefined => {
  if (event.type === 'OrderPlaced') return placed(event.data, streamVersion);
  if (before === undefined) return undefined; // a payment for an order that we never had: the process manager deals with it
  const order = categoryOf(stream) === 'Order' ? { ...before, version: streamVersion } : before;
  switch (event.type) {
    case 'OrderUpdated':
      return { ...order, ...selected(event.data), request: event.data.request };
    case 'OrderTotalsCalculated':
      return { ...order, total: event.data.total, isFreeOfCharge: event.data.isFreeOfCharge };
    case 'OrderPartiallyReserved':
      return { ...order, state: 'partially-reserved', items: held(order.items, event.data.seats) };
    case 'OrderReservationCompleted':
      return { ...order, state: 'reserved', items: held(order.items, event.data.seats) };
    case 'OrderRegistrantAssigned': {
      const { registrant } = event.data;
      return { ...order, registrant, locator: locator(registrant.email, order.accessCode) };
    }
    case 'OrderConfirmed':
      return confirmed(order, event.data);
    case 'OrderExpired':
      return { ...order, state: 'expired' };
    case 'OrderCancelled':
      return { ...order, state: 'cancelled' };
    case 'PaymentInitiated':
    case 'PaymentCompleted':
    case 'PaymentRejected':
    case 'PaymentRefundRequested':
    case 'PaymentRefunded': {
      const fact = { paymentId: event.data.paymentId, state: paymentStates[event.type], position };
      return { ...order, payments: [...order.payments, fact] };
    }
    default:
      return unreachable(event);
  }
};

export const ordersProjection = (locator: Locator): Projection<OrderDocument, OrdersEvent> => ({
  collection: orders,
  categories: ['Order', 'RegistrationInboxPayment'],
  versionFrom: 'Order',
  idsOf: ({ event }) => [event.data.orderId],
  evolve: (order, recorded) => evolve(order, recorded, locator),
});
