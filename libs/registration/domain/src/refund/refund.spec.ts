import { fold } from '@conference/kernel';
import { laws, specFor } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RefundReason } from './refund.events.ts';
import { type RefundCommand, refund } from './refund.ts';

const data = (reason: RefundReason, amount = 200) => ({ paymentId: 'p1', orderId: 'o1', amount: { amount, currency: 'USD' }, reason });
const request = (reason: RefundReason, amount?: number): RefundCommand => ({ type: 'RequestRefund', data: data(reason, amount) });

describe('a refund', () => {
  const { given } = specFor(refund);
  it('is requested', () =>
    given()
      .when(request('seats-gone'))
      .then({ type: 'RefundRequested', data: data('seats-gone') }));
  it('is requested once a payment, for whatever reason and amount', () => {
    const requested = { type: 'RefundRequested', data: data('seats-gone') } as const;
    given(requested).when(request('seats-gone')).thenNothing();
    given(requested).when(request('order-cancelled', 100)).thenNothing();
  });
  it('is not requested before', () => expect(fold(refund, [])).toStrictEqual({ isRequested: false }));
  it('obeys the laws of a decider, and is one event at most', () =>
    laws(refund, {
      command: fc.constantFrom(request('seats-gone'), request('order-cancelled', 100)),
      invariant: ({ isRequested }, history) => expect(history).toHaveLength(isRequested ? 1 : 0),
    }));
});
