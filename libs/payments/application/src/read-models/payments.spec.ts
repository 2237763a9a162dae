import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, it } from 'vitest';
import { paymentsProjection } from './payments.ts';

const { given } = specForProjection(paymentsProjection);
const stream = 'Payment-p1';
const payment = { paymentId: 'p1', orderId: 'o1', amount: { amount: 19900, currency: 'EUR' } };
const initiated = { type: 'PaymentInitiated', data: { ...payment, conferenceId: 'c1', description: 'Order o1' } } as const;
const rejected = { type: 'PaymentRejected', data: payment } as const;
const completed = { type: 'PaymentCompleted', data: payment } as const;
const refundRequested = { type: 'PaymentRefundRequested', data: { ...payment, reason: 'seats-gone' } } as const;
const refunded = { type: 'PaymentRefunded', data: payment } as const;

describe('The payments', () => {
  it.each([
    ['initiated', [initiated]],
    ['rejected', [initiated, rejected]],
    ['completed', [initiated, completed]],
    ['completed', [initiated, rejected, completed]],
    ['refund-requested', [initiated, completed, refundRequested]],
    ['refunded', [initiated, completed, refundRequested, refunded]],
  ] as const)('shows one as %s', (state, events) => {
    given(stream, ...events).then('p1', { ...payment, state });
  });
  it('end the same in whatever order, with whatever repeats, they come', () =>
    projectionLaws(paymentsProjection, {
      [stream]: [initiated, rejected, completed, refundRequested, refunded],
      'Payment-p2': [
        { ...initiated, data: { ...initiated.data, paymentId: 'p2' } },
        { ...rejected, data: { ...rejected.data, paymentId: 'p2' } },
      ],
    }));
});
