import { type Instant, type Money, unreachable } from '@conference/kernel';
import type { OrderEvent, PersonalInfo } from './order.events.ts';
import { allReserved, type OrderItem, requestedItems, totalOf, withReserved } from './pricing.ts';

export type PlacedOrder = {
  readonly state: 'pending-reservation' | 'partially-reserved' | 'reserved' | 'confirmed' | 'expired' | 'cancelled';
  readonly orderId: string;
  readonly conferenceId: string;
  /** The number of the current selection. */
  readonly request: number;
  readonly items: readonly OrderItem[];
  /** Of what is requested while pending, then of what is held. */
  readonly total: Money;
  readonly isFreeOfCharge: boolean;
  readonly placedAt: Instant;
  readonly reservationExpiresAt: Instant;
  readonly releaseAt: Instant;
  readonly accessCode: string;
  readonly registrant: PersonalInfo | null;
  /** Of the payment that confirmed it; null before, and when free of charge. */
  readonly paymentId: string | null;
};
/** All that an answer over HTTP shows of an order. */
export type Order = { readonly state: 'not-placed' } | PlacedOrder;

type DataOf<T extends OrderEvent['type']> = Extract<OrderEvent, { readonly type: T }>['data'];

const placed = ({ items, currency, ...data }: DataOf<'OrderPlaced'>): Order => {
  const { orderId, conferenceId, request, placedAt, reservationExpiresAt, releaseAt, accessCode } = data;
  const requested = requestedItems(items);
  return {
    state: 'pending-reservation',
    orderId,
    conferenceId,
    request,
    items: requested,
    total: totalOf(requested, currency),
    isFreeOfCharge: false,
    placedAt,
    reservationExpiresAt,
    releaseAt,
    accessCode,
    registrant: null,
    paymentId: null,
  };
};

/** Selections of the original have no numbers of their own: each is the next. */
const updated = (order: PlacedOrder, { request: numbered, items, currency }: DataOf<'OrderUpdated'>): Order => {
  const requested = requestedItems(items);
  const request = Math.max(numbered, order.request + 1);
  return { ...order, state: 'pending-reservation', request, items: requested, total: totalOf(requested, currency), isFreeOfCharge: false };
};

const withTotals = (order: PlacedOrder, { lines, total, isFreeOfCharge }: DataOf<'OrderTotalsCalculated'>): Order => {
  const items = order.items.map((item): OrderItem => {
    const line = lines.find(({ seatTypeId }) => seatTypeId === item.seatTypeId);
    // The original's selections name no prices; only its totals do.
    return { ...item, unitPrice: line?.unitPrice ?? item.unitPrice, lineTotal: line?.lineTotal ?? 0 };
  });
  return { ...order, items, total, isFreeOfCharge };
};

const confirmed = (order: PlacedOrder, { paymentId, total, late }: DataOf<'OrderConfirmed'>): Order => {
  // Late: the seats were taken again, all that were requested, whatever was held when the order expired.
  const again = late ? { items: allReserved(order.items), total, isFreeOfCharge: total.amount === 0 } : {};
  return { ...order, ...again, state: 'confirmed', paymentId };
};

export const evolve = (order: Order, event: OrderEvent): Order => {
  if (event.type === 'OrderPlaced') return placed(event.data);
  if (order.state === 'not-placed') return order;
  switch (event.type) {
    case 'OrderUpdated':
      return updated(order, event.data);
    case 'OrderTotalsCalculated':
      return withTotals(order, event.data);
    case 'OrderPartiallyReserved':
      return { ...order, state: 'partially-reserved', items: withReserved(order.items, event.data.seats) };
    case 'OrderReservationCompleted':
      return { ...order, state: 'reserved', items: withReserved(order.items, event.data.seats) };
    case 'OrderRegistrantAssigned':
      return { ...order, registrant: event.data.registrant };
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
