import {
  moneyText,
  type OrderFact,
  ordersOf,
  type PaymentFact,
  paymentsOf,
  type RefundFact,
  type SystemFacts,
  sameMoney,
} from '../facts.ts';
import { each, notApplicable, type Rule } from '../rule.ts';

const byOrder = (payments: readonly PaymentFact[]): ReadonlyMap<string, readonly PaymentFact[]> => {
  const groups = new Map<string, PaymentFact[]>();
  for (const payment of payments) groups.set(payment.orderId, [...(groups.get(payment.orderId) ?? []), payment]);
  return groups;
};

/** Undefined when it is not known which payment confirmed the order: the services do not say. */
const confirms = (order: OrderFact | undefined, { id }: PaymentFact): boolean | undefined =>
  order?.state !== 'confirmed' ? false : order.confirmedBy === undefined ? undefined : order.confirmedBy === id;

const completedProblem = (payment: PaymentFact, order: OrderFact | undefined, refund: RefundFact | undefined): string | undefined => {
  const confirmed = confirms(order, payment);
  if (confirmed === false) {
    return refund === undefined
      ? `completed, but its order is ${order?.state ?? 'unknown'} without it, and no refund was asked for`
      : 'a refund was asked for and is not under way';
  }
  if (refund !== undefined) return 'confirmed its order, and a refund was asked for';
  if (order !== undefined && !sameMoney(order.total, payment.amount))
    return `of ${moneyText(payment.amount)} confirmed an order of ${moneyText(order.total)}`;
  return undefined;
};

const refundProblem = (
  payment: PaymentFact,
  order: OrderFact | undefined,
  refund: RefundFact | undefined,
  facts: SystemFacts,
): string | undefined => {
  if (confirms(order, payment) === true) return `is ${payment.state}, but it confirmed its order`;
  if (facts.isQuiet && payment.state !== 'refunded') return 'the refund is not carried out';
  if (facts.recorded === undefined) return undefined;
  if (refund === undefined) return `is ${payment.state}, though nobody asked for a refund`;
  if (refund.requests !== 1) return `a refund was asked for ${refund.requests} times`;
  return sameMoney(refund.amount, payment.amount) ? undefined : `of ${moneyText(payment.amount)} is refunded ${moneyText(refund.amount)}`;
};

/** The first half - what must never be - holds at any time; that all of it ends, when the system is quiet. */
export const paymentsAreSettled: Rule = {
  name: 'payments-are-settled',
  invariant: 'I3',
  says: 'Every completed payment has confirmed exactly one order of that amount, or is refunded once, in full.',
  examine: (facts) => {
    const orders = new Map(ordersOf(facts).map((order) => [order.id, order]));
    const refunds = new Map(facts.recorded?.refunds.map((refund) => [refund.paymentId, refund]) ?? []);
    const confirmedBy = new Set([...orders.values()].map((order) => order.confirmedBy));
    return each(paymentsOf(facts), (payment) => {
      const order = orders.get(payment.orderId);
      const refund = refunds.get(payment.id);
      const isRefunded = payment.state === 'refund-requested' || payment.state === 'refunded';
      const problem = isRefunded
        ? refundProblem(payment, order, refund, facts)
        : payment.state === 'completed'
          ? facts.isQuiet || confirmedBy.has(payment.id)
            ? completedProblem(payment, order, refund)
            : undefined
          : refund === undefined
            ? undefined
            : `is ${payment.state}, and a refund was asked for`;
      return problem === undefined ? [] : [{ subject: `payment ${payment.id}`, detail: problem }];
    });
  },
};

export const confirmedOrdersArePaid: Rule = {
  name: 'confirmed-orders-are-paid',
  invariant: 'I3',
  says: 'A confirmed order with a total above 0 has exactly one completed payment that is not refunded; one free of charge has none.',
  examine: (facts) => {
    if (facts.recorded === undefined && !facts.isQuiet) return notApplicable;
    const payments = byOrder(paymentsOf(facts));
    const confirmed = ordersOf(facts).filter(({ state }) => state === 'confirmed');
    return each(confirmed, ({ id, total, confirmedBy }) => {
      const completed = (payments.get(id) ?? []).filter(({ state }) => state === 'completed');
      const kept = facts.isQuiet || confirmedBy === undefined ? completed : completed.filter((payment) => payment.id === confirmedBy);
      const expected = total.amount > 0 ? 1 : 0;
      if (kept.length === expected) return [];
      return [{ subject: `order ${id}`, detail: `is confirmed at ${moneyText(total)} with ${kept.length} completed payments` }];
    });
  },
};

const statesOf = { accepted: ['completed', 'refund-requested', 'refunded'], rejected: ['rejected'] } as const satisfies {
  readonly [outcome: string]: readonly PaymentFact['state'][];
};

export const decisionsArrive: Rule = {
  name: 'decisions-arrive',
  invariant: 'I3',
  says: 'What the processor has decided, and acknowledged, is what the payment says.',
  examine: (facts) => {
    const { journal, isQuiet } = facts;
    if (journal === undefined || !isQuiet || (facts.recorded ?? facts.answered) === undefined) return notApplicable;
    const payments = new Map(paymentsOf(facts).map((payment) => [payment.id, payment]));
    return each(journal.payments, ({ id, outcome }) => {
      const payment = payments.get(id);
      const subject = `payment ${id}`;
      if (payment === undefined) return [{ subject, detail: 'was acknowledged, but nobody knows it' }];
      const states: readonly PaymentFact['state'][] | undefined = outcome && statesOf[outcome];
      if (states === undefined || states.includes(payment.state)) return [];
      return [{ subject, detail: `was ${outcome} at the processor, but is ${payment.state}` }];
    });
  },
};
