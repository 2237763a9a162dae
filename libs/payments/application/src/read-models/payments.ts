import { collection, type Money, type Projection } from '@conference/kernel';
import type { InitiatedPayment, PaymentEvent } from '@conference/payments-domain';

export type PaymentState = InitiatedPayment['state'];
export type PaymentDocument = {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly state: PaymentState;
};

export const payments = collection<PaymentDocument>()({ name: 'payments', version: 1, indexes: {} });

const states: { readonly [T in PaymentEvent['type']]: PaymentState } = {
  PaymentInitiated: 'initiated',
  PaymentCompleted: 'completed',
  PaymentRejected: 'rejected',
  PaymentRefundRequested: 'refund-requested',
  PaymentRefunded: 'refunded',
};

export const paymentsProjection: Projection<PaymentDocument, PaymentEvent> = {
  collection: payments,
  categories: ['Payment'],
  versionFrom: 'Payment',
  idsOf: ({ event }) => [event.data.paymentId],
  evolve: (_, { event: { type, data } }) => ({
    paymentId: data.paymentId,
    orderId: data.orderId,
    amount: data.amount,
    state: states[type],
  }),
};
export const paymentEventTypes = [
  'PaymentInitiated',
  'PaymentCompleted',
  'PaymentRejected',
  'PaymentRefundRequested',
  'PaymentRefunded',
] as const satisfies readonly PaymentEvent['type'][];
