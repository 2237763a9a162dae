import { collection, type Instant, type Money, type Projection, unreachable } from '@conference/kernel';
import type { PaymentMessage } from '@conference/payments-contracts';
import type { OrderMessage } from '@conference/registration-contracts';

export type OrderState = 'pending-reservation' | 'partially-reserved' | 'reserved' | 'confirmed' | 'expired' | 'cancelled';
export type PaymentState = 'none' | 'initiated' | 'completed' | 'rejected' | 'refund-requested' | 'refunded';
export type Registrant = { readonly firstName: string; readonly lastName: string; readonly email: string };

export type PlacedOrder = {
  readonly state: OrderState;
  readonly total: Money;
  readonly registrant: Registrant | null;
  readonly placedAt: Instant;
  /** The payment that confirmed it. */
  readonly confirmedBy: string | null;
};
/** An order as the organiser of its conference sees it. */
export type ConferenceOrderDocument = {
  readonly orderId: string;
  /** null while only its payments were heard of: two topics keep no order between each other. */
  readonly conferenceId: string | null;
  readonly placedAt: Instant | null;
  /** Expired ones are not listed, but kept: a late payment may confirm one. */
  readonly listing: 'unknown' | 'listed' | 'expired';
  readonly order: PlacedOrder | null;
  /** In the order in which we heard of them. */
  readonly payments: readonly { readonly paymentId: string; readonly state: PaymentState }[];
  /** The latest fact about a payment. */
  readonly latestPayment: string | null;
};

export const conferenceOrders = collection<ConferenceOrderDocument>()({
  name: 'conference-orders',
  version: 1,
  indexes: { byConference: ['conferenceId', 'listing', 'placedAt'] },
});

type OrderFact = Exclude<OrderMessage, { readonly type: 'NotPublished' }>;
type PaymentFact = Exclude<PaymentMessage, { readonly type: 'NotPublished' }>;
type ConferenceOrdersEvent = OrderFact | PaymentFact;

const paymentStates: { readonly [T in PaymentFact['type']]: PaymentState } = {
  PaymentInitiated: 'initiated',
  PaymentCompleted: 'completed',
  PaymentRejected: 'rejected',
  PaymentRefundRequested: 'refund-requested',
  PaymentRefunded: 'refunded',
};

/** Of the payment that confirmed the order; before that, of the latest fact. */
export const paymentStateOf = ({ order, payments, latestPayment }: ConferenceOrderDocument): PaymentState =>
  payments.find(({ paymentId }) => paymentId === (order?.confirmedBy ?? latestPayment))?.state ?? 'none';

const placed = (
  document: ConferenceOrderDocument,
  { conferenceId, placedAt, items, currency }: Extract<OrderFact, { type: 'OrderPlaced' }>['data'],
) => {
  const total = { amount: items.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0), currency };
  const order = { state: 'pending-reservation', total, registrant: null, placedAt, confirmedBy: null } as const;
  return { ...document, conferenceId, placedAt, listing: 'listed', order } as const;
};

const changed = (order: PlacedOrder, event: Exclude<OrderFact, { type: 'OrderPlaced' }>): PlacedOrder => {
  switch (event.type) {
    case 'OrderUpdated':
      return { ...order, state: 'pending-reservation' };
    case 'OrderTotalsCalculated':
      return { ...order, total: event.data.total };
    case 'OrderPartiallyReserved':
      return { ...order, state: 'partially-reserved' };
    case 'OrderReservationCompleted':
      return { ...order, state: 'reserved' };
    case 'OrderRegistrantAssigned':
      return { ...order, registrant: event.data.registrant };
    case 'OrderConfirmed':
      return { ...order, state: 'confirmed', total: event.data.total, confirmedBy: event.data.paymentId };
    case 'OrderExpired':
      return { ...order, state: 'expired' };
    case 'OrderCancelled':
      return { ...order, state: 'cancelled' };
    default:
      return unreachable(event);
  }
};

const withPayment = (document: ConferenceOrderDocument, paymentId: string, state: PaymentState): ConferenceOrderDocument => ({
  ...document,
  payments: [...document.payments.filter((payment) => payment.paymentId !== paymentId), { paymentId, state }],
  latestPayment: paymentId,
});

const evolve = (document: ConferenceOrderDocument, event: ConferenceOrdersEvent): ConferenceOrderDocument => {
  switch (event.type) {
    case 'PaymentInitiated':
    case 'PaymentCompleted':
    case 'PaymentRejected':
    case 'PaymentRefundRequested':
    case 'PaymentRefunded':
      return withPayment(document, event.data.paymentId, paymentStates[event.type]);
    case 'OrderPlaced':
      return placed(document, event.data);
    default: {
      if (document.order === null) return document;
      const order = changed(document.order, event);
      return { ...document, order, listing: order.state === 'expired' ? 'expired' : 'listed' };
    }
  }
};

export const conferenceOrdersProjection: Projection<ConferenceOrderDocument, ConferenceOrdersEvent> = {
  collection: conferenceOrders,
  categories: ['ConferenceManagementInboxOrder', 'ConferenceManagementInboxPayment'],
  idsOf: ({ event }) => [event.data.orderId],
  evolve: (document, { event }, orderId) =>
    evolve(
      document ?? { orderId, conferenceId: null, placedAt: null, listing: 'unknown', order: null, payments: [], latestPayment: null },
      event,
    ),
};
export const conferenceOrderEventTypes = [
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
] as const satisfies readonly ConferenceOrdersEvent['type'][];
