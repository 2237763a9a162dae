import { z } from 'zod';
import type { NotPublished, PublicMessage } from './public-message.ts';
import { count, currency, id, instant, minorUnits, money, personalInfo, request, seatQuantity } from './values.ts';

const quotedLine = z.object({ seatTypeId: id, name: z.string(), unitPrice: minorUnits, quantity: count });
const orderLine = z.object({ seatTypeId: id, unitPrice: minorUnits, quantity: count, lineTotal: minorUnits });
const confirmedSeats = z.object({ seatTypeId: id, name: z.string(), quantity: count });

/**
 * Somebody chose seats of a conference. Nothing is held yet; names and prices are quoted, and the quote binds (W-47).
 * `request` is 1. From `reservationExpiresAt` on the order is not payable, at `releaseAt` its seats are given back.
 * Its access code stays inside. Consumed by conference-management (orders) and payments (payable orders).
 */
export const orderPlaced = z.object({
  orderId: id,
  conferenceId: id,
  request,
  items: z.array(quotedLine),
  currency,
  placedAt: instant,
  reservationExpiresAt: instant,
  releaseAt: instant,
});
export type OrderPlaced = PublicMessage<'OrderPlaced', typeof orderPlaced>;

/**
 * Chosen again, at the prices of now; replaces all items. The reservation's end does not move. Consumed by
 * conference-management and payments.
 */
export const orderUpdated = z.object({ orderId: id, request, items: z.array(quotedLine), currency });
export type OrderUpdated = PublicMessage<'OrderUpdated', typeof orderUpdated>;

/**
 * What the order costs: before the answer to its reservation as chosen, afterwards for what is held. A reservation of
 * nothing costs 0 and is still not free of charge. Consumed by conference-management (total) and payments (the amount to pay).
 */
export const orderTotalsCalculated = z.object({ orderId: id, lines: z.array(orderLine), total: money, isFreeOfCharge: z.boolean() });
export type OrderTotalsCalculated = PublicMessage<'OrderTotalsCalculated', typeof orderTotalsCalculated>;

/**
 * Less is held than was chosen, possibly nothing: not payable before it is chosen again. Consumed by
 * conference-management and payments.
 */
export const orderPartiallyReserved = z.object({ orderId: id, request, seats: z.array(seatQuantity) });
export type OrderPartiallyReserved = PublicMessage<'OrderPartiallyReserved', typeof orderPartiallyReserved>;

/** Everything chosen is held, until the reservation's end: payable. Consumed by conference-management and payments. */
export const orderReservationCompleted = z.object({ orderId: id, request, seats: z.array(seatQuantity) });
export type OrderReservationCompleted = PublicMessage<'OrderReservationCompleted', typeof orderReservationCompleted>;

/**
 * Who registers; comes again when it is corrected. PERSONAL DATA, in `registrant` alone. Consumed by conference-management
 * (orders), and by payments, which notes only that there is a registrant.
 */
export const orderRegistrantAssigned = z.object({ orderId: id, registrant: personalInfo });
export type OrderRegistrantAssigned = PublicMessage<'OrderRegistrantAssigned', typeof orderRegistrantAssigned>;

/**
 * Sold. `paymentId` is null when it was free of charge; `late`: the order had expired, and its seats were taken once more
 * for a payment that came afterwards. Consumed by conference-management and payments (no longer payable).
 */
export const orderConfirmed = z.object({
  orderId: id,
  conferenceId: id,
  seats: z.array(confirmedSeats),
  total: money,
  paymentId: id.nullable(),
  late: z.boolean(),
});
export type OrderConfirmed = PublicMessage<'OrderConfirmed', typeof orderConfirmed>;

/** Not confirmed in time; a late payment may still confirm it. Consumed by conference-management and payments (not payable). */
export const orderExpired = z.object({ orderId: id });
export type OrderExpired = PublicMessage<'OrderExpired', typeof orderExpired>;

/** Given back by the registrant before paying; final. Consumed by conference-management and payments (not payable). */
export const orderCancelled = z.object({ orderId: id });
export type OrderCancelled = PublicMessage<'OrderCancelled', typeof orderCancelled>;

/** All that a stream `Order-<id>` says to others. */
export type OrderMessage =
  | OrderPlaced
  | OrderUpdated
  | OrderTotalsCalculated
  | OrderPartiallyReserved
  | OrderReservationCompleted
  | OrderRegistrantAssigned
  | OrderConfirmed
  | OrderExpired
  | OrderCancelled
  | NotPublished;
