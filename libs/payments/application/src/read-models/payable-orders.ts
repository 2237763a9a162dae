import { collection, type Instant, type Money, type Projection, unreachable } from '@conference/kernel';
import type { OrderMessage } from '@conference/registration-contracts';

/** What has to be known of an order to pay it: never who registers, only that somebody does. */
export type PayableOrderDocument = {
  readonly orderId: string;
  readonly conferenceId: string;
  readonly state: 'pending-reservation' | 'partially-reserved' | 'reserved' | 'confirmed' | 'expired' | 'cancelled';
  readonly total: Money;
  readonly hasRegistrant: boolean;
  readonly reservationExpiresAt: Instant;
};

export const payableOrders = collection<PayableOrderDocument>()({ name: 'payable-orders', version: 1, indexes: {} });

type OrderFact = Exclude<OrderMessage, { readonly type: 'NotPublished' }>;

const placed = ({
  orderId,
  conferenceId,
  items,
  currency,
  reservationExpiresAt,
}: Extract<OrderFact, { type: 'OrderPlaced' }>['data']): PayableOrderDocument => ({
  orderId,
  conferenceId,
  state: 'pending-reservation',
  total: { amount: items.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0), currency },
  hasRegistrant: false,
  reservationExpiresAt,
});

const evolve = (order: PayableOrderDocument | undefined, event: OrderFact): PayableOrderDocument | undefined => {
  if (event.type === 'OrderPlaced') return placed(event.data);
  if (order === undefined) return undefined;
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
      return { ...order, hasRegistrant: true };
    case 'OrderConfirmed':
      return { ...order, state: 'confirmed' };
    case 'OrderExpired':
      return { ...order, state: 'expired' };
    case 'OrderCancelled':
      return { ...order, state: 'cancelled' };
    default:
      return unreachable(event);
  }
};

export const payableOrdersProjection: Projection<PayableOrderDocument, OrderFact> = {
  collection: payableOrders,
  categories: ['PaymentsInboxOrder'],
  idsOf: ({ event }) => [event.data.orderId],
  evolve: (order, { event }) => evolve(order, event),
};
export const payableOrderEventTypes = [
  'OrderPlaced',
  'OrderUpdated',
  'OrderTotalsCalculated',
  'OrderPartiallyReserved',
  'OrderReservationCompleted',
  'OrderRegistrantAssigned',
  'OrderConfirmed',
  'OrderExpired',
  'OrderCancelled',
] as const satisfies readonly OrderFact['type'][];
