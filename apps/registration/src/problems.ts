import { problemCatalog } from '@conference/platform';

/** Registration's own refusals; the codes are those of the deciders and of the quote. */
export const problems = problemCatalog({
  'conference-not-open': { status: 409, title: 'The conference takes no orders' },
  'unknown-seat-type': { status: 409, title: 'The conference has no such seat type' },
  'order-id-taken': { status: 409, title: 'There is an order with this id' },
  'order-not-found': { status: 404, title: 'Not found' },
  'no-items': { status: 400, title: 'An order needs at least one seat' },
  'duplicate-seat-type': { status: 400, title: 'A seat type is listed twice' },
  'too-many-seats': { status: 400, title: 'More seats than one order may have' },
  'currency-mismatch': { status: 409, title: 'The currency is not the order’s' },
  'order-confirmed': { status: 409, title: 'The order is confirmed' },
  'order-expired': { status: 409, title: 'The reservation has ended' },
  'order-cancelled': { status: 409, title: 'The order was cancelled' },
  'payment-required': { status: 409, title: 'The order is not free of charge' },
  'not-fully-reserved': { status: 409, title: 'Not all seats are reserved' },
  'registrant-required': { status: 409, title: 'The registrant’s details are missing' },
  'amount-mismatch': { status: 409, title: 'The amount is not the order’s total' },
  'not-due': { status: 409, title: 'The reservation has not ended yet' },
  'order-not-confirmed': { status: 409, title: 'Seats are assigned once the order is confirmed' },
  'seat-not-found': { status: 404, title: 'Not found' },
  'invalid-attendee': { status: 400, title: 'The attendee is not valid' },
  'too-many-open-orders': { status: 429, title: 'Too many unpaid orders from this address' },
});
