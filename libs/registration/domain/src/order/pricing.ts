import type { Money } from '@conference/kernel';
import type { OrderEvent, OrderLine, QuotedLine, SeatQuantity } from './order.events.ts';

/** One seat type of an order: what was asked for, what is held of it, and what it costs at the moment. */
export type OrderItem = {
  readonly seatTypeId: string;
  readonly name: string;
  /** Minor units; as quoted when it was chosen (W-47). */
  readonly unitPrice: number;
  readonly requested: number;
  readonly reserved: number;
  /** Of what is requested while the reservation is pending, then of what is held. */
  readonly lineTotal: number;
};

export const quantityOf = (seats: readonly SeatQuantity[], seatTypeId: string): number =>
  seats.reduce((sum, seat) => (seat.seatTypeId === seatTypeId ? sum + seat.quantity : sum), 0);

export const requestedItems = (lines: readonly QuotedLine[]): readonly OrderItem[] =>
  lines.map(({ seatTypeId, name, unitPrice, quantity }) => ({
    seatTypeId,
    name,
    unitPrice,
    requested: quantity,
    reserved: 0,
    lineTotal: unitPrice * quantity,
  }));

/** What is held replaces what was asked for, in quantity and price; seats of other types are none of this order's. */
export const withReserved = (items: readonly OrderItem[], seats: readonly SeatQuantity[]): readonly OrderItem[] =>
  items.map((item) => {
    const reserved = quantityOf(seats, item.seatTypeId);
    return { ...item, reserved, lineTotal: item.unitPrice * reserved };
  });

export const allReserved = (items: readonly OrderItem[]): readonly OrderItem[] =>
  items.map((item) => ({ ...item, reserved: item.requested, lineTotal: item.unitPrice * item.requested }));

/** Integers in minor units: nothing is rounded (PRC-3). */
export const totalOf = (items: readonly OrderItem[], currency: string): Money => ({
  amount: items.reduce((sum, { lineTotal }) => sum + lineTotal, 0),
  currency,
});

/**
 * The totals of the items in the quantity that counts: requested or reserved. Free of charge is an order of at least one
 * seat that costs nothing; a reservation of nothing is never free of charge (ORD-8).
 */
export const orderTotals = (
  orderId: string,
  items: readonly OrderItem[],
  counted: 'requested' | 'reserved',
  currency: string,
): Extract<OrderEvent, { readonly type: 'OrderTotalsCalculated' }> => {
  const lines = items.map((item): OrderLine => {
    const { seatTypeId, unitPrice, lineTotal } = item;
    return { seatTypeId, unitPrice, quantity: item[counted], lineTotal };
  });
  const total = totalOf(items, currency);
  const isFreeOfCharge = total.amount === 0 && lines.some(({ quantity }) => quantity > 0);
  return {
    type: 'OrderTotalsCalculated',
    data: { orderId, lines: lines.filter(({ quantity }) => quantity > 0), total, isFreeOfCharge },
  };
};
