import type { Policy } from '@conference/kernel';
import type { PaymentCommand } from '@conference/payments-domain';
import type { RefundRequested } from '@conference/registration-contracts';

type RefundPayment = Extract<PaymentCommand, { readonly type: 'RefundPayment' }>;

/** Registration says which money confirmed no order; it is given back. */
export const refunds: Policy<RefundRequested, RefundPayment> = {
  name: 'Refunds',
  categories: ['PaymentsInboxRefund'],
  react: ({ event: { data } }) => [{ type: 'RefundPayment', data: { paymentId: data.paymentId, reason: data.reason } }],
};
