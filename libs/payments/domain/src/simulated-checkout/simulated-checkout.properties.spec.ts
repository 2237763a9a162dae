import type { Instant } from '@conference/kernel';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SimulatedCheckoutEvent } from './simulated-checkout.events.ts';
import { type SimulatedCheckout, type SimulatedCheckoutCommand, simulatedCheckout } from './simulated-checkout.ts';

const of = { paymentId: 'p1', now: '2027-03-01T09:00:00.000Z' as Instant };
const command = fc.constantFrom<SimulatedCheckoutCommand>(
  { type: 'DecideCheckout', data: { ...of, outcome: 'accepted' } },
  { type: 'DecideCheckout', data: { ...of, outcome: 'rejected' } },
  { type: 'CarryOutRefund', data: of },
);

const endsInOrderWithItsAttemptsCounted = (_: SimulatedCheckout, history: readonly SimulatedCheckoutEvent[]): void => {
  const said = history.map((event) => (event.type === 'CheckoutDecided' ? event.data.outcome : 'refunded'));
  expect(['rejected', 'accepted', 'refunded'].filter((word) => said.some((one) => one === word))).toEqual(said);
  const attempts = history.flatMap((event) => (event.type === 'CheckoutDecided' ? [event.data.attempt] : []));
  expect(attempts).toEqual(attempts.map((_attempt, i) => i + 1));
};

describe('A checkout, whatever is asked of it', () => {
  it('obeys the laws of a decider', () =>
    laws(simulatedCheckout, {
      command,
      invariant: ({ outcome, attempts }) => expect(outcome === null).toBe(attempts === 0),
    }));

  it('is rejected at most once, then accepted at most once, then refunded at most once, with its attempts counted', () =>
    laws(simulatedCheckout, { command, invariant: endsInOrderWithItsAttemptsCounted }));
});
