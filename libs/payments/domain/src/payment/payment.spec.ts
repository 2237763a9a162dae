import { fold } from '@conference/kernel';
import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { PaymentEvent } from './payment.events.ts';
import { type PaymentCommand, payment } from './payment.ts';

const { given } = specFor(payment);

const which = { paymentId: 'p1', orderId: 'o1', amount: { amount: 39800, currency: 'EUR' } };
const initiation = { ...which, conferenceId: 'c1', description: 'Event Sourcing Days' };

const initiate = { type: 'InitiatePayment', data: initiation } as const;
const complete = { type: 'CompletePayment', data: { paymentId: 'p1' } } as const;
const rejectPayment = { type: 'RejectPayment', data: { paymentId: 'p1' } } as const;
const refund = { type: 'RefundPayment', data: { paymentId: 'p1', reason: 'seats-gone' } } as const;
const completeRefund = { type: 'CompleteRefund', data: { paymentId: 'p1' } } as const;

const initiated = { type: 'PaymentInitiated', data: initiation } as const;
const completed = { type: 'PaymentCompleted', data: which } as const;
const rejected = { type: 'PaymentRejected', data: which } as const;
const refundRequested = { type: 'PaymentRefundRequested', data: { ...which, reason: 'seats-gone' } } as const;
const refunded = { type: 'PaymentRefunded', data: which } as const;

describe('Initiating a payment', () => {
  it('PAY-1: records what is to be paid, and for which order', () => given().when(initiate).then(initiated));

  it('does nothing for the same payment, whatever became of it', () => {
    given(initiated).when(initiate).thenNothing();
    given(initiated, completed).when(initiate).thenNothing();
  });

  it.each([
    { orderId: 'o2' },
    { conferenceId: 'c2' },
    { amount: { amount: 39801, currency: 'EUR' } },
    { amount: { amount: 39800, currency: 'USD' } },
    { description: 'Other Days' },
  ])('refuses the id of another payment: %j', (difference: Partial<typeof initiation>) =>
    given(initiated)
      .when({ type: 'InitiatePayment', data: { ...initiation, ...difference } })
      .thenRejected({ code: 'payment-id-taken' }),
  );
});

describe('A payment that was not initiated', () => {
  const others: readonly PaymentCommand[] = [complete, rejectPayment, refund, completeRefund];
  it.each(others)('is not found by $type', (command) => given().when(command).thenRejected({ code: 'payment-not-found' }));

  const orphans: readonly PaymentEvent[] = [completed, rejected, refundRequested, refunded];
  it.each(orphans)('does not come to be by $type', (event) => expect(fold(payment, [event])).toEqual(payment.initialState));
});

describe('Completing a payment', () => {
  it('records that the money has moved', () => given(initiated).when(complete).then(completed));

  it('PAY-2: also after a rejection, since money that moved is a fact', () => given(initiated, rejected).when(complete).then(completed));

  it('PAY-2: does nothing when it is completed, before and after a refund', () => {
    given(initiated, completed).when(complete).thenNothing();
    given(initiated, rejected, completed).when(complete).thenNothing();
    given(initiated, completed, refundRequested).when(complete).thenNothing();
    given(initiated, completed, refundRequested, refunded).when(complete).thenNothing();
  });
});

describe('Rejecting a payment', () => {
  it('records that it was refused', () => given(initiated).when(rejectPayment).then(rejected));

  it('does nothing when it is rejected', () => given(initiated, rejected).when(rejectPayment).thenNothing());

  it('PAY-3: does nothing after it was completed: a late rejection takes no money back', () => {
    given(initiated, completed).when(rejectPayment).thenNothing();
    given(initiated, rejected, completed).when(rejectPayment).thenNothing();
    given(initiated, completed, refundRequested).when(rejectPayment).thenNothing();
    given(initiated, completed, refundRequested, refunded).when(rejectPayment).thenNothing();
  });
});

describe('Refunding a payment', () => {
  it('records the request, with its reason', () => {
    given(initiated, completed).when(refund).then(refundRequested);
    given(initiated, rejected, completed).when(refund).then(refundRequested);
  });

  it('does nothing when it is requested or done, whatever the reason', () => {
    const otherReason = { ...refund, data: { ...refund.data, reason: 'order-cancelled' } };
    given(initiated, completed, refundRequested).when(otherReason).thenNothing();
    given(initiated, completed, refundRequested, refunded).when(refund).thenNothing();
  });

  it('is refused while no money has moved', () => {
    given(initiated).when(refund).thenRejected({ code: 'payment-not-completed' });
    given(initiated, rejected).when(refund).thenRejected({ code: 'payment-not-completed' });
  });
});

describe('Completing a refund', () => {
  it('records that the money is given back', () => given(initiated, completed, refundRequested).when(completeRefund).then(refunded));

  it('does nothing when it is', () => given(initiated, completed, refundRequested, refunded).when(completeRefund).thenNothing());

  it.each([[[initiated]], [[initiated, rejected]], [[initiated, completed]]])('is refused when no refund was requested', (history) =>
    given(...history)
      .when(completeRefund)
      .thenRejected({ code: 'refund-not-requested' }),
  );
});

describe('PAY-4: what was decided is stored by its event alone', () => {
  it.each([
    [[initiated], initiate],
    [[initiated, completed], complete],
    [[initiated, rejected], rejectPayment],
    [[initiated, completed, refundRequested], refund],
    [[initiated, completed, refundRequested, refunded], completeRefund],
  ] as const)('so a command sent again after a crash finds that it was carried out: %#', (history, command) => {
    given(...history)
      .when(command)
      .thenNothing();
  });
  it('and one whose event was not stored is carried out when it is sent again', () => {
    given(initiated).when(complete).then(completed);
    given(initiated, completed).when(refund).then(refundRequested);
  });
});

describe('PAY-6: a rejected payment', () => {
  it('ends nothing: the same one may still complete, and another is its own', () => {
    given(initiated, rejected).when(complete).then(completed);
    const another = { ...initiation, paymentId: 'p2' };
    given().when({ type: 'InitiatePayment', data: another }).then({ type: 'PaymentInitiated', data: another });
  });
});

describe('What is known of a payment', () => {
  it.each([
    ['initiated', [initiated]],
    ['completed', [initiated, completed]],
    ['rejected', [initiated, rejected]],
    ['completed', [initiated, rejected, completed]],
    ['refund-requested', [initiated, completed, refundRequested]],
    ['refunded', [initiated, completed, refundRequested, refunded]],
  ] as const)('is %s, and all that was initiated', (state, history) => expect(fold(payment, history)).toEqual({ state, ...initiation }));
});
