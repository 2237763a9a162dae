import { fold, isRejection } from '@conference/kernel';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentEvent } from './payment.events.ts';
import { type PaymentCommand, payment } from './payment.ts';

const paymentId = 'p1';
const initiation = fc.record({
  paymentId: fc.constant(paymentId),
  orderId: fc.constantFrom('o1', 'o2'),
  conferenceId: fc.constant('c1'),
  amount: fc.tuple(fc.constantFrom(100, 200), fc.constantFrom('EUR', 'USD')).map(([amount, currency]) => ({ amount, currency })),
  description: fc.constant('Event Sourcing Days'),
});
const initiate = initiation.map((data) => ({ type: 'InitiatePayment', data }) as const);
const complete = { type: 'CompletePayment', data: { paymentId } } as const;
const rejectPayment = { type: 'RejectPayment', data: { paymentId } } as const;
const completeRefund = { type: 'CompleteRefund', data: { paymentId } } as const;
const refund = fc
  .constantFrom('seats-gone', 'order-cancelled')
  .map((reason) => ({ type: 'RefundPayment', data: { paymentId, reason } }) as const);
const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
  initiate,
  fc.constantFrom<PaymentCommand>(complete, rejectPayment, completeRefund),
  refund,
);
const commands = fc.array(command, { maxLength: 30, size: 'max' });

const run = (asked: readonly PaymentCommand[]): readonly PaymentEvent[] => {
  const history: PaymentEvent[] = [];
  for (const one of asked) {
    const decision = payment.decide(one, fold(payment, history));
    if (!isRejection(decision)) history.push(...decision);
  }
  return history;
};

describe('A payment, whatever is asked of it, in any order and any number of times', () => {
  it('obeys the laws of a decider', () => laws(payment, { command }));

  it('completes, is asked back and is given back at most once each, in that order', () =>
    fc.assert(
      fc.property(commands, (asked) => {
        const money = run(asked)
          .map(({ type }) => type)
          .filter((type) => type !== 'PaymentInitiated' && type !== 'PaymentRejected');
        expect(['PaymentCompleted', 'PaymentRefundRequested', 'PaymentRefunded'].slice(0, money.length)).toEqual(money);
      }),
    ));

  it('says order and amount of its initiation in every event', () =>
    fc.assert(
      fc.property(commands, (asked) => {
        const [first, ...later] = run(asked).map(({ data: { orderId, amount } }) => ({ orderId, amount }));
        for (const which of later) expect(which).toEqual(first);
      }),
    ));

  it('is completed once the processor has said so, whatever else it said before or after (PAY-2, PAY-3)', () =>
    fc.assert(
      fc.property(
        initiate,
        fc.array(fc.constantFrom(complete, rejectPayment)),
        fc.array(fc.constantFrom(complete, rejectPayment)),
        (first, before, after) => {
          expect(fold(payment, run([first, ...before, complete, ...after])).state).toBe('completed');
        },
      ),
    ));
});
