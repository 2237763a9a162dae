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
  /** By id, each as its last fact left it, and when that was. */
  readonly payments: readonly { readonly paymentId: string; readonly state: PaymentState; readonly occurredAt: Instant }[];
};

export const conferenceOrders = collection<ConferenceOrderDocument>()({
  name: 'conference-orders',
  version: 2,
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

/** Of the payment that confirmed the order; before that, of the latest fact, whichever was heard first. */
export const paymentStateOf = ({ order, payments }: ConferenceOrderDocument): PaymentState => {
  const confirmedBy = order?.confirmedBy ?? null;
  const [first, ...others] = payments.filter(({ paymentId }) => confirmedBy === null || paymentId === confirmedBy);
  if (first === undefined) return 'none';
  return others.reduce((latest, fact) => (fact.occurredAt >= latest.occurredAt ? fact : latest), first).state;
};

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
    case 'OrderConfirmed': {
      // A confirmation of the original names no seats, and no total: it confirms what is held.
      const { seats, total, paymentId } = event.data;
      return { ...order, state: 'confirmed', total: seats.length === 0 ? order.total : total, confirmedBy: paymentId };
    }
    case 'OrderExpired':
      return { ...order, state: 'expired' };
    case 'OrderCancelled':
      return { ...order, state: 'cancelled' };
    default:
      return unreachable(event);
  }
};

const withPayment = (document: ConferenceOrderDocument, payment: ConferenceOrderDocument['payments'][number]): ConferenceOrderDocument => ({
  ...document,
  payments: [...document.payments.filter(({ paymentId }) => paymentId !== payment.paymentId), payment].toSorted((a, b) =>
    a.paymentId < b.paymentId ? -1 : 1,
  ),
});

const evolve = (document: ConferenceOrderDocument, event: ConferenceOrdersEvent, occurredAt: Instant): ConferenceOrderDocument => {
  switch (event.type) {
    case 'PaymentInitiated':
    case 'PaymentCompleted':
    case 'PaymentRejected':
    case 'PaymentRefundRequested':
    case 'PaymentRefunded':
      return withPayment(document, { paymentId: event.data.paymentId, state: paymentStates[event.type], occurredAt });
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
  evolve: (document, { event, metadata }, orderId) =>
    evolve(
      document ?? { orderId, conferenceId: null, placedAt: null, listing: 'unknown', order: null, payments: [] },
      event,
      metadata.occurredAt,
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
