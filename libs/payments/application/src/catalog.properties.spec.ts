// Whatever the deciders decide can be written and comes back as it was: the laws once more, through the codecs of the store.
import type { Instant } from '@conference/kernel';
import { type PaymentCommand, payment, type SimulatedCheckoutCommand, simulatedCheckout } from '@conference/payments-domain';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { paymentCodec, simulatedCheckoutCodec } from './catalog.ts';

const paymentId = 'p1';
const now = '2027-05-02T10:00:00.000Z' as Instant;
const initiation = fc.record({
  orderId: fc.constantFrom('o1', 'o2'),
  amount: fc.record({ amount: fc.constantFrom(0, 1, 100_000_000), currency: fc.constantFrom('EUR', 'USD') }),
  description: fc.constantFrom('Event Sourcing Days', 'Tage für Ereignisse 👩‍🚀', '"quoted" \\ \n'),
});
const paymentCommand: fc.Arbitrary<PaymentCommand> = fc.oneof(
  initiation.map((of) => ({ type: 'InitiatePayment', data: { paymentId, conferenceId: 'c1', ...of } }) as const),
  fc.constantFrom<PaymentCommand>(
    { type: 'CompletePayment', data: { paymentId } },
    { type: 'RejectPayment', data: { paymentId } },
    { type: 'RefundPayment', data: { paymentId, reason: 'seats-gone' } },
    { type: 'CompleteRefund', data: { paymentId } },
  ),
);
const checkoutCommand = fc.constantFrom<SimulatedCheckoutCommand>(
  { type: 'DecideCheckout', data: { paymentId, outcome: 'accepted', now } },
  { type: 'DecideCheckout', data: { paymentId, outcome: 'rejected', now } },
  { type: 'CarryOutRefund', data: { paymentId, now } },
);

describe('All that is decided survives its codec', () => {
  it('of a payment', () => laws(payment, { command: paymentCommand, codec: paymentCodec }));
  it('of a simulated checkout', () => laws(simulatedCheckout, { command: checkoutCommand, codec: simulatedCheckoutCodec }));
});
