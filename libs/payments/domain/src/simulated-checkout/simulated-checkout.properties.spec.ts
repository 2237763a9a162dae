import { fold, type Instant, isRejection } from '@conference/kernel';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SimulatedCheckoutEvent } from './simulated-checkout.events.ts';
import { type SimulatedCheckoutCommand, simulatedCheckout } from './simulated-checkout.ts';

const of = { paymentId: 'p1', now: '2027-03-01T09:00:00.000Z' as Instant };
const command = fc.constantFrom<SimulatedCheckoutCommand>(
  { type: 'DecideCheckout', data: { ...of, outcome: 'accepted' } },
  { type: 'DecideCheckout', data: { ...of, outcome: 'rejected' } },
  { type: 'CarryOutRefund', data: of },
);

const run = (asked: readonly SimulatedCheckoutCommand[]): readonly SimulatedCheckoutEvent[] => {
  const history: SimulatedCheckoutEvent[] = [];
  for (const one of asked) {
    const decision = simulatedCheckout.decide(one, fold(simulatedCheckout, history));
    if (!isRejection(decision)) history.push(...decision);
  }
  return history;
};

describe('A checkout, whatever is asked of it', () => {
  it('obeys the laws of a decider', () =>
    laws(simulatedCheckout, {
      command,
      invariant: ({ outcome, attempts }) => expect(outcome === null).toBe(attempts === 0),
    }));

  it('is rejected at most once, then accepted at most once, then refunded at most once, with its attempts counted', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (asked) => {
        const history = run(asked);
        const said = history.map((event) => (event.type === 'CheckoutDecided' ? event.data.outcome : 'refunded'));
        expect(['rejected', 'accepted', 'refunded'].filter((word) => said.some((one) => one === word))).toEqual(said);
        const attempts = history.flatMap((event) => (event.type === 'CheckoutDecided' ? [event.data.attempt] : []));
        expect(attempts).toEqual(attempts.map((_, i) => i + 1));
      }),
    ));
});
