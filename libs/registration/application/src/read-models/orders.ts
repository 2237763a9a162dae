import {
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
  /** Every fact about a payment, in the order in which we heard of them. */
  readonly payments: readonly HeardPayment[];
  /** A keyed hash of e-mail and access code: how a session finds the order. */
  readonly locator: string | null;
};
export type HeardPayment = {
  readonly paymentId: string;
  readonly state: PaymentState;
  /** By the clock of whoever has it: never decreases for one payment. */
  readonly occurredAt: Instant;
  /** By our own clock: when it came. */
  readonly heardAt: Instant;
  /** Its place in our own store. */
  readonly position: Position;
};
/** Only payments were heard of: two sources keep no order between each other. */
type UnplacedOrder = {
  readonly orderId: string;
  readonly state: 'not-placed';
  readonly payments: readonly HeardPayment[];
  readonly locator: null;
};
export type StoredOrder = OrderDocument | UnplacedOrder;
export const isPlaced = (order: StoredOrder): order is OrderDocument => order.state !== 'not-placed';

export const orders = collection<StoredOrder>()({ name: 'orders', version: 2, indexes: { byLocator: ['locator'] } });

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

/** The later one; of two payments that say something at the same time always the same one. */
const isLater = (a: HeardPayment, b: HeardPayment): boolean =>
  a.paymentId === b.paymentId
    ? a.position > b.position
    : a.occurredAt > b.occurredAt || (a.occurredAt === b.occurredAt && a.paymentId > b.paymentId);

/**
 * Of the payment that confirmed the order; before that, of the latest fact, whichever was heard first: one that was parked
 * comes after those that followed it. `asOf`: as it was known at that position, for the answer of a command of then.
 */
export const paymentStateOf = (
  { payments, confirmedBy }: Pick<OrderDocument, 'payments' | 'confirmedBy'>,
  asOf?: Position,
): PaymentState => {
  const heard = payments.filter(
    ({ paymentId, position }) => (asOf === undefined || position <= asOf) && (confirmedBy === null || paymentId === confirmedBy),
  );
  const [first, ...others] = heard;
  if (first === undefined) return 'none';
  return others.reduce((latest, fact) => (isLater(fact, latest) ? fact : latest), first).state;
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

const placed = (
  { items, currency, ...kept }: DataOf<'OrderPlaced'>,
  version: StreamVersion,
  payments: readonly HeardPayment[],
): OrderDocument => ({
  ...kept,
  ...selected({ items, currency }),
  version,
  registrant: null,
  confirmedBy: null,
  payments,
  locator: null,
});

/** Prices too: orders of the original have them from their totals alone. What has no line does not count. */
const priced = (items: readonly OrderItem[], lines: DataOf<'OrderTotalsCalculated'>['lines']): readonly OrderItem[] =>
  items.map((item) => {
    const line = lines.find(({ seatTypeId }) => seatTypeId === item.seatTypeId);
    return line === undefined ? item : { ...item, unitPrice: line.unitPrice, lineTotal: line.lineTotal };
  });

/**
 * Late: all seats were taken again, whatever was held when the order expired; so its total may be another. Confirmations of
 * the original name no seats: they confirm what is held.
 */
const confirmed = (order: OrderDocument, { paymentId, seats, total, late }: DataOf<'OrderConfirmed'>): OrderDocument => ({
  ...order,
  ...(seats.length === 0 ? {} : { items: held(order.items, seats), total }),
  state: 'confirmed',
  confirmedBy: paymentId,
  isFreeOfCharge: late ? total.amount === 0 : order.isFreeOfCharge,
});

export type Locator = (email: string, accessCode: string) => string;

const changed = (
  before: OrderDocument,
  event: Exclude<OrderEvent, { readonly type: 'OrderPlaced' }>,
  version: StreamVersion,
  locator: Locator,
): OrderDocument => {
  const order = { ...before, version };
  switch (event.type) {
    case 'OrderUpdated':
      // The original did not number selections.
      return { ...order, ...selected(event.data), request: Math.max(event.data.request, order.request + 1) };
    case 'OrderTotalsCalculated': {
      const { lines, total, isFreeOfCharge } = event.data;
      return { ...order, items: priced(order.items, lines), total, isFreeOfCharge };
    }
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
    default:
      return unreachable(event);
  }
};

const evolve = (
  before: StoredOrder | undefined,
  { event, position, streamVersion, metadata: { occurredAt }, recordedAt }: Recorded<OrdersEvent>,
  locator: Locator,
): StoredOrder | undefined => {
  switch (event.type) {
    case 'PaymentInitiated':
    case 'PaymentCompleted':
    case 'PaymentRejected':
    case 'PaymentRefundRequested':
    case 'PaymentRefunded': {
      const { orderId, paymentId } = event.data;
      const known = before ?? { orderId, state: 'not-placed', payments: [], locator: null };
      const fact = { paymentId, state: paymentStates[event.type], occurredAt, heardAt: recordedAt, position };
      return { ...known, payments: [...known.payments, fact] };
    }
    case 'OrderPlaced':
      return placed(event.data, streamVersion, before?.payments ?? []);
    default:
      return before !== undefined && isPlaced(before) ? changed(before, event, streamVersion, locator) : before;
  }
};

export const ordersProjection = (locator: Locator): Projection<StoredOrder, OrdersEvent> => ({
  collection: orders,
  categories: ['Order', 'RegistrationInboxPayment'],
  versionFrom: 'Order',
  idsOf: ({ event }) => [event.data.orderId],
  evolve: (order, recorded) => evolve(order, recorded, locator),
});
