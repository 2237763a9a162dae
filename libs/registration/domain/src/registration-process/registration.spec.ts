import { specForProcess } from '@conference/testing-spec';
import { describe, it } from 'vitest';
import {
  again,
  assignments,
  at,
  awaiting,
  awaitOrder,
  cancelled,
  cancelledOrder,
  commit,
  confirm,
  confirmed,
  confirmedOrder,
  confirming,
  confirmingLate,
  due,
  expired,
  expiredOrder,
  giveBack,
  type Input,
  make,
  mark,
  noRelease,
  now,
  orderKnown,
  paid,
  placed,
  placedTooLate,
  type Reactions,
  received,
  refund,
  refused,
  rejectOrder,
  release,
  releaseAt,
  reserved,
  updated,
} from './registration.examples.ts';
import { registration } from './registration.ts';

const { given } = specForProcess(registration);

const expectReactions = (history: readonly Input[], input: Input, ...reactions: readonly Reactions[]): void => {
  const [first, ...rest] = reactions.flat();
  const spec = given(...history).when(input);
  if (first === undefined) spec.thenNothing();
  else spec.then(first, ...rest);
};
type Line = readonly [what: string, history: readonly Input[], input: Input, ...reactions: readonly Reactions[]];
const table = (...rows: readonly Line[]): void => {
  for (const [what, history, input, ...reactions] of rows) {
    it(what, () => expectReactions(history, input, ...reactions));
    if (input.type !== 'CommandRejected') it(`${what}; delivered again: nothing`, () => expectReactions([...history, input], input));
  }
};

describe('OrderPlaced', () => {
  table(
    ['reserves the seats and sets the release', [], placed, make(1, 2), release],
    ['too late: rejects the order at once', [], placedTooLate, rejectOrder(now)],
    ['lets a held payment wait for the seats', [paid()], placed, make(1, 2), release, orderKnown],
    ['too late for a held payment too', [paid()], placedTooLate, rejectOrder(now), orderKnown],
    ['reserves the newest selection that it has heard of', [updated(2)], placed, make(2, 3), release],
    ['marks what was answered before', [reserved(1, 2)], placed, mark(1, 2), release],
    [
      'confirms a held payment with seats that were answered before',
      [reserved(1, 2), paid()],
      placed,
      mark(1, 2),
      confirm(),
      release,
      orderKnown,
    ],
    ['after its end: takes the seats again for a held payment', [expired, paid()], placed, make(2, 2), orderKnown],
    ['after its end: nothing', [expired], placed],
    ['after the confirmation: nothing', [confirmed()], placed],
    ['after the cancellation: nothing', [cancelled], placed],
  );
});

describe('OrderUpdated', () => {
  table(
    ['AR: reserves the new selection', awaiting, updated(2), make(2, 3)],
    ['RC: reserves the new selection', received, updated(2), make(2, 3)],
    ['an older one: nothing', [...received, updated(3)], updated(2)],
    ['RC: marks an answer that came before it', [...received, reserved(2, 3)], updated(2), mark(2, 3)],
    ['CF: nothing yet', confirming, updated(2)],
    ['D(confirmed): nothing', confirmedOrder, updated(2)],
    ['D(expired): nothing', expiredOrder, updated(2)],
    ['D(cancelled): nothing', cancelledOrder, updated(2)],
    ['LR: takes the newer selection under the next number', again, updated(2), make(3, 3)],
    ['NS: held', [], updated(2)],
    ['NS, rejected for being late: nothing', [placedTooLate], updated(2)],
  );
});

describe('SeatsReserved', () => {
  table(
    ['AR: marks the seats', awaiting, reserved(1, 2), mark(1, 2)],
    ['AR: marks fewer seats as well', awaiting, reserved(1, 1, 2), mark(1, 1)],
    ['AR: confirms a payment held meanwhile', [placed, paid()], reserved(1, 2), mark(1, 2), confirm()],
    ['AR: confirms the first of two payments held', [placed, paid(), paid('p2')], reserved(1, 2), mark(1, 2), confirm()],
    ['AR: an older request is nothing', [placed, updated(2)], reserved(1, 2)],
    ['AR: a newer request is held', awaiting, reserved(2, 3)],
    ['RC: nothing', received, reserved(1, 2)],
    ['CF: nothing', confirming, reserved(1, 2)],
    ['NS: held', [], reserved(1, 2)],
    ['LR, everything: confirms late', again, reserved(2, 2), confirm('p1', true)],
    ['LR, an older request: nothing', again, reserved(1, 2)],
    ['LR, overtaken by a newer selection: nothing', [...again, updated(2)], reserved(2, 2)],
    ['D(confirmed): nothing', confirmedOrder, reserved(2, 2)],
  );
  it.each([
    ['D(expired)', expiredOrder],
    ['D(cancelled)', cancelledOrder],
  ])('%s: gives the seats back, each time (W-45)', (_, history) => {
    expectReactions(history, reserved(1, 2), giveBack(1));
    expectReactions([...history, reserved(2, 2)], reserved(2, 2), giveBack(2));
  });
  it('LR, less: gives back the seats and the money', () => {
    expectReactions(again, reserved(2, 1, 2), giveBack(2), refund('seats-gone'));
    expectReactions([...again, reserved(2, 1, 2)], reserved(2, 1, 2), giveBack(2)); // it is D(expired) again
  });
  it('LR: gives back all payments that waited, when the seats are gone', () =>
    expectReactions(
      [placed, paid(), paid('p2'), due(), expired],
      reserved(2, 0, 2),
      giveBack(2),
      refund('seats-gone'),
      refund('seats-gone', 'p2'),
    ));
  it('D(expired) of an order not heard of: gives the seats back all the same', () =>
    expectReactions([expired], reserved(1, 2), giveBack(1)));
});

describe('PaymentCompleted', () => {
  table(
    ['NS: held for an hour', [], paid(), awaitOrder],
    ['NS: a second one waits with the first', [paid()], paid('p2')],
    ['NS, rejected for being late: held until the order has expired', [placedTooLate], paid()],
    ['AR: held', awaiting, paid()],
    ['RC: confirms the order', received, paid(), confirm()],
    ['CF, another: refunded', confirming, paid('p2'), refund('order-confirmed', 'p2')],
    ['D(confirmed), another: refunded', confirmedOrder, paid('p2'), refund('order-confirmed', 'p2')],
    ['LR, another: refunded', again, paid('p2'), refund('order-confirmed', 'p2')],
    ['CF late, another: refunded', confirmingLate, paid('p2'), refund('order-confirmed', 'p2')],
    ['D(expired): takes the seats again', expiredOrder, paid(), make(2, 2)],
    ['D(expired), after a late payment came to nothing: takes them again', [...again, reserved(2, 0, 2)], paid('p2'), make(3, 2)],
    ['D(expired), of an order not heard of: held for an hour', [expired], paid(), awaitOrder],
    ['D(cancelled): refunded', cancelledOrder, paid(), refund('order-cancelled')],
  );
  it.each([
    ['CF', confirming],
    ['D(confirmed)', confirmedOrder],
    ['LR', again],
  ])('%s, the same: nothing', (_, history) => expectReactions(history, paid()));
  it('once refunded: nothing', () => expectReactions([...again, reserved(2, 0, 2)], paid()));
});

describe('OrderConfirmed', () => {
  table(
    ['CF: commits the seats and creates the assignments', confirming, confirmed(), commit, assignments, noRelease],
    ['RC: an order free of charge', received, confirmed(null), commit, assignments, noRelease],
    ['AR', awaiting, confirmed(null), commit, assignments, noRelease],
    ['NS', [], confirmed(null), commit, assignments, noRelease],
    ['NS, with a payment held', [paid()], confirmed(), commit, assignments, noRelease, orderKnown],
    ['LR: by another payment', again, confirmed('p2', true), commit, assignments, noRelease, refund('order-confirmed')],
    ['CF late', confirmingLate, confirmed('p1', true), commit, assignments, noRelease],
    [
      'refunds the payments that it did not need',
      [placed, paid(), paid('p2'), reserved(1, 2)],
      confirmed(),
      commit,
      assignments,
      noRelease,
      refund('order-confirmed', 'p2'),
    ],
    [
      'CF, confirmed free of charge: refunds the payment',
      confirming,
      confirmed(null),
      commit,
      assignments,
      noRelease,
      refund('order-confirmed'),
    ],
  );
  it('is the end: nothing that comes after it changes that', () => {
    for (const input of [expired, cancelled, due(), refused('3/0', 'order-confirmed')]) expectReactions(confirmedOrder, input);
    expectReactions([...confirmedOrder, expired, cancelled], paid('p2'), refund('order-confirmed', 'p2'));
  });
});

describe('OrderExpired', () => {
  table(
    ['AR: gives the seats back', [placed, due()], expired, giveBack(1)],
    ['RC: gives the seats back', [...received, due()], expired, giveBack(1)],
    ['gives back what the newest selection holds', [...received, updated(2), due()], expired, giveBack(2)],
    ['CF: gives the seats back; the payment is late when its refusal comes', confirming, expired, giveBack(1)],
    ['AR with a payment held: takes the seats again for it', [placed, paid(), due()], expired, giveBack(1), make(2, 2)],
    ['NS, rejected for being late, with a payment held', [placedTooLate, paid()], expired, giveBack(1), make(2, 2)],
    ['NS: nothing to give back yet', [], expired],
    ['NS, with a payment held: it waits for its order', [paid()], expired],
    ['NS, with seats held for it', [reserved(1, 2)], expired, giveBack(1)],
    ['LR: nothing', again, expired],
    ['CF late: nothing', confirmingLate, expired],
    ['D(cancelled): nothing', cancelledOrder, expired],
  );
});

describe('OrderCancelled', () => {
  table(
    ['AR: gives the seats back', awaiting, cancelled, giveBack(1), noRelease],
    ['RC: gives the seats back', received, cancelled, giveBack(1), noRelease],
    ['AR: gives back a payment held', [placed, paid()], cancelled, giveBack(1), noRelease, refund('order-cancelled')],
    ['CF: gives back the seats and the money', confirming, cancelled, giveBack(1), noRelease, refund('order-cancelled')],
    ['NS: gives back a payment held', [paid()], cancelled, noRelease, refund('order-cancelled'), orderKnown],
  );
  it('CF: the refusal that follows is no news', () => expectReactions([...confirming, cancelled], refused('3/0', 'order-cancelled')));
});

describe('the release', () => {
  table(
    ['AR: rejects the order', awaiting, due(), rejectOrder()],
    ['RC: rejects the order', received, due(), rejectOrder()],
    ['late: rejects the order', received, due(releaseAt, at('12:00')), rejectOrder(releaseAt, at('12:00'))],
    ['early: nothing', received, due(releaseAt, at('09:28'))],
    ['of another time: nothing', received, due(at('09:20'))],
    ['CF: nothing (W-5)', confirming, due()],
    ['D(confirmed): nothing', confirmedOrder, due()],
    ['D(cancelled): nothing', cancelledOrder, due()],
    ['LR: nothing', [placed, expired, paid()], due()],
    ['D(expired): nothing', [placed, expired], due()],
  );
  it('stays set when it fired early', () => expectReactions([...received, due(releaseAt, at('09:28'))], due(), rejectOrder()));
  it('is set again when the order says that it was early', () => {
    const early = [...received, due()]; // RejectOrder is 3/0
    expectReactions(early, refused('3/0', 'not-due'), release);
    expectReactions([...early, refused('3/0', 'not-due')], due(), rejectOrder());
    expectReactions([...early, refused('3/0', 'not-due'), paid()], refused('5/0', 'amount-mismatch'), refund('amount-mismatch'));
  });
});
