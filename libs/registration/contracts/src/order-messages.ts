import type { PublicMessage } from '@conference/kernel';
import { z } from 'zod';
import type { NotPublished } from './not-published.ts';
import {
  conferenceId,
  currency,
  instant,
  minorUnits,
  money,
  orderId,
  paymentId,
  personalInfo,
  quantity,
  request,
  seatQuantity,
  seatTypeId,
  seatTypeName,
} from './values.ts';

const quotedLine = z.object({
  seatTypeId,
  name: seatTypeName,
  unitPrice: minorUnits.describe('Of one seat, in minor units of the currency; as quoted from the catalogue.'),
  quantity: quantity.describe('Seats chosen.'),
});
const quotedLines = z.array(quotedLine).describe('What was chosen, at the prices quoted for it: the quote binds (W-47).');
const orderLine = z.object({
  seatTypeId,
  unitPrice: minorUnits.describe('Of one seat, in minor units of the currency.'),
  quantity,
  lineTotal: minorUnits.describe('unitPrice × quantity.'),
});
const confirmedSeats = z.object({ seatTypeId, name: seatTypeName, quantity: quantity.describe('Seats sold.') });
const heldSeats = z.array(seatQuantity).describe('All that is held now.');

export const orderPlaced = z
  .object({
    orderId,
    conferenceId,
    request: request.describe('1: the first selection.'),
    items: quotedLines,
    currency,
    placedAt: instant.describe('When it was placed.'),
    reservationExpiresAt: instant.describe('From here on the order is not payable. Never moved.'),
    releaseAt: instant.describe('From here on its seats are given back: the reservation’s end and the grace.'),
  })
  .describe('Somebody chose seats of a conference. Nothing is held yet. The order’s access code stays inside.');
export type OrderPlaced = PublicMessage<'OrderPlaced', typeof orderPlaced>;

export const orderUpdated = z
  .object({ orderId, request, items: quotedLines, currency })
  .describe('Chosen again, at the prices of now; replaces all items. The reservation’s end does not move.');
export type OrderUpdated = PublicMessage<'OrderUpdated', typeof orderUpdated>;

export const orderTotalsCalculated = z
  .object({
    orderId,
    lines: z.array(orderLine).describe('By seat type; only of what counts.'),
    total: money.describe('The sum of the lines: the amount to pay.'),
    isFreeOfCharge: z.boolean().describe('At least one seat, and nothing to pay.'),
  })
  .describe(
    'What the order costs: before the answer to its reservation as chosen, afterwards for what is held. A reservation of nothing costs 0 and is still not free of charge.',
  );
export type OrderTotalsCalculated = PublicMessage<'OrderTotalsCalculated', typeof orderTotalsCalculated>;

export const orderPartiallyReserved = z
  .object({ orderId, request, seats: heldSeats })
  .describe('Less is held than was chosen, possibly nothing: not payable before it is chosen again.');
export type OrderPartiallyReserved = PublicMessage<'OrderPartiallyReserved', typeof orderPartiallyReserved>;

export const orderReservationCompleted = z
  .object({ orderId, request, seats: heldSeats })
  .describe('Everything chosen is held, until the reservation’s end: payable.');
export type OrderReservationCompleted = PublicMessage<'OrderReservationCompleted', typeof orderReservationCompleted>;

export const orderRegistrantAssigned = z
  .object({ orderId, registrant: personalInfo })
  .describe('Who registers; comes again when it is corrected. Payments notes only that there is a registrant.');
export type OrderRegistrantAssigned = PublicMessage<'OrderRegistrantAssigned', typeof orderRegistrantAssigned>;

export const orderConfirmed = z
  .object({
    orderId,
    conferenceId,
    seats: z.array(confirmedSeats).describe('What was sold. Empty in what the original wrote: then what was held.'),
    total: money.describe('What it was sold for.'),
    paymentId: paymentId.nullable().describe('The payment that confirmed it; null when it was free of charge.'),
    late: z.boolean().describe('The order had expired, and its seats were taken once more for a payment that came afterwards.'),
  })
  .describe('Sold: no longer payable.');
export type OrderConfirmed = PublicMessage<'OrderConfirmed', typeof orderConfirmed>;

export const orderExpired = z
  .object({ orderId })
  .describe('Not confirmed in time, so not payable; a late payment may still confirm it, if its seats can be taken again.');
export type OrderExpired = PublicMessage<'OrderExpired', typeof orderExpired>;

export const orderCancelled = z.object({ orderId }).describe('Given back by the registrant before paying; final.');
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
