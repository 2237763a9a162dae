import { problemCatalog } from '@conference/platform';

/** Payments' own refusals; the codes are those of its deciders and of the check of the order. */
export const problems = problemCatalog({
  'order-not-payable': { status: 409, title: 'The order cannot be paid' },
  'order-expired': { status: 409, title: 'The reservation has ended' },
  'already-accepted': { status: 409, title: 'The checkout was accepted' },
  'payment-not-found': { status: 404, title: 'Not found' },
  'payment-id-taken': { status: 409, title: 'There is a payment with this id' },
  'payment-not-completed': { status: 409, title: 'No money has moved' },
  'refund-not-requested': { status: 409, title: 'No refund was requested' },
});
