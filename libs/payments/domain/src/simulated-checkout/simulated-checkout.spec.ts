import { fold, type Instant } from '@conference/kernel';
import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { CheckoutOutcome } from './simulated-checkout.events.ts';
import { simulatedCheckout } from './simulated-checkout.ts';

const { given } = specFor(simulatedCheckout);

const now = '2027-03-01T09:00:00.000Z' as Instant;
const decideAs = (outcome: CheckoutOutcome) => ({ type: 'DecideCheckout', data: { paymentId: 'p1', outcome, now } }) as const;
const decided = (outcome: CheckoutOutcome, attempt = 1) =>
  ({ type: 'CheckoutDecided', data: { paymentId: 'p1', outcome, attempt } }) as const;
const carryOutRefund = { type: 'CarryOutRefund', data: { paymentId: 'p1', now } } as const;
const refundCarriedOut = { type: 'RefundCarriedOut', data: { paymentId: 'p1' } } as const;

describe('Deciding a checkout', () => {
  it('records the first decision', () => {
    given().when(decideAs('accepted')).then(decided('accepted'));
    given().when(decideAs('rejected')).then(decided('rejected'));
  });

  it('lets the person try again after a rejection', () =>
    given(decided('rejected')).when(decideAs('accepted')).then(decided('accepted', 2)));

  it('does nothing when it is decided so', () => {
    given(decided('rejected')).when(decideAs('rejected')).thenNothing();
    given(decided('accepted')).when(decideAs('accepted')).thenNothing();
    given(decided('accepted'), refundCarriedOut).when(decideAs('accepted')).thenNothing();
  });

  it('does not take an acceptance back', () => {
    given(decided('accepted')).when(decideAs('rejected')).thenRejected({ code: 'already-accepted' });
    given(decided('rejected'), decided('accepted', 2)).when(decideAs('rejected')).thenRejected({ code: 'already-accepted' });
    given(decided('accepted'), refundCarriedOut).when(decideAs('rejected')).thenRejected({ code: 'already-accepted' });
  });
});

describe('Carrying out a refund', () => {
  it('gives accepted money back', () => {
    given(decided('accepted')).when(carryOutRefund).then(refundCarriedOut);
    given(decided('rejected'), decided('accepted', 2)).when(carryOutRefund).then(refundCarriedOut);
  });

  it('gives it back once', () => given(decided('accepted'), refundCarriedOut).when(carryOutRefund).thenNothing());

  it('gives back what was accepted elsewhere', () => {
    given().when(carryOutRefund).then(refundCarriedOut);
    given(decided('rejected')).when(carryOutRefund).then(refundCarriedOut);
  });
  it('ends the checkout, wherever the money was accepted', () => {
    given(refundCarriedOut).when(decideAs('accepted')).thenNothing();
    given(decided('rejected'), refundCarriedOut).when(decideAs('rejected')).thenRejected({ code: 'already-accepted' });
  });
});

describe('The ledger of a checkout', () => {
  it('knows the latest decision, how many there were, and whether the money is back', () => {
    expect(fold(simulatedCheckout, [])).toEqual({ outcome: null, attempts: 0, isRefunded: false });
    expect(fold(simulatedCheckout, [decided('rejected'), decided('accepted', 2), refundCarriedOut])).toEqual({
      outcome: 'accepted',
      attempts: 2,
      isRefunded: true,
    });
  });
});
