import { fold, isRejection } from '@conference/kernel';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentEvent } from './payment.events.ts';
import { type Payment, type PaymentCommand, payment } from './payment.ts';

const paymentId = 'p1';
const initiate = fc
  .record({
    paymentId: fc.constant(paymentId),
    orderId: fc.constantFrom('o1', 'o2'),
    conferenceId: fc.constant('c1'),
    amount: fc.tuple(fc.constantFrom(100, 200), fc.constantFrom('EUR', 'USD')).map(([amount, currency]) => ({ amount, currency })),
    description: fc.constant('Event Sourcing Days'),
  })
  .map((data) => ({ type: 'InitiatePayment', data }) as const);
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

const moneyMovesInOrderAndOnce = (_: Payment, history: readonly PaymentEvent[]): void => {
  const money = history.map(({ type }) => type).filter((type) => type !== 'PaymentInitiated' && type !== 'PaymentRejected');
  expect(['PaymentCompleted', 'PaymentRefundRequested', 'PaymentRefunded'].slice(0, money.length)).toEqual(money);
};

const everyEventSaysOrderAndAmountOfTheFirst = (_: Payment, history: readonly PaymentEvent[]): void => {
  const [first, ...later] = history.map(({ data: { orderId, amount } }) => ({ orderId, amount }));
  for (const which of later) expect(which).toEqual(first);
};

describe('A payment, whatever is asked of it, in any order and any number of times', () => {
  it('obeys the laws of a decider', () => laws(payment, { command }));

  it('completes, is asked back and is given back at most once each, in that order', () =>
    laws(payment, { command, invariant: moneyMovesInOrderAndOnce }));

  it('says order and amount of its initiation in every event', () =>
    laws(payment, { command, invariant: everyEventSaysOrderAndAmountOfTheFirst }));

  it('PAY-2, PAY-3: is completed once the processor has said so, whatever else it said before or after', () =>
    fc.assert(
      fc.property(
        initiate,
        fc.array(fc.constantFrom(complete, rejectPayment)),
        fc.array(fc.constantFrom(complete, rejectPayment)),
        (first, before, after) => {
          const state = [first, ...before, complete, ...after].reduce<Payment>((state, next) => {
            const decision = payment.decide(next, state);
            return isRejection(decision) ? state : fold(payment, decision, state);
          }, payment.initialState);
          expect(state.state).toBe('completed');
        },
      ),
    ));
});
