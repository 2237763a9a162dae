// What the table does not show: payments that are held, selections and answers that meet, ends that are not expected.
import { runOf, specForProcess } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import {
  again,
  assignments,
  awaiting,
  cancelled,
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
const lines = (...rows: readonly Line[]): void => {
  for (const [what, history, input, ...reactions] of rows) {
    it(what, () => expectReactions(history, input, ...reactions));
    it(`${what}; told again: nothing`, () => expectReactions([...history, input], input));
  }
};

describe('OrderPlaced', () => {
  lines(
    ['too late for a held payment too', [paid()], placedTooLate, rejectOrder(now), orderKnown],
    ['lets a held payment wait for the seats', [paid()], placed, make(1, 2), release, orderKnown],
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
  lines(
    ['an older one than the last: nothing', [...received, updated(3)], updated(2)],
    ['marks an answer that came before it', [...received, reserved(2, 3)], updated(2), mark(2, 3)],
    ['of an order rejected for being late: nothing', [placedTooLate], updated(2)],
    ['LR: takes each newer selection under the next number', [...again, updated(2)], updated(3, 4), make(4, 4)],
  );
});

describe('SeatsReserved', () => {
  const two = (gala: number, talk: number) => [
    { seatTypeId: 'gala', quantity: gala },
    { seatTypeId: 'talk', quantity: talk },
  ];
  const answer = (gala: number, talk: number): Input => ({
    type: 'SeatsReserved',
    data: {
      ...{ conferenceId: 'c1', reservationId: 'o1', request: 2 },
      wanted: two(2, 1),
      seats: two(gala, talk),
      availableSeatsChanged: [],
    },
  });
  lines(
    ['AR: marks fewer seats as well', awaiting, reserved(1, 1, 2), mark(1, 1)],
    ['AR: marks that there are none', awaiting, reserved(1, 0, 2), mark(1, 0)],
    ['AR: confirms a payment held meanwhile', [placed, paid()], reserved(1, 2), mark(1, 2), confirm()],
    ['AR: confirms the first of two payments held', [placed, paid(), paid('p2')], reserved(1, 2), mark(1, 2), confirm()],
    ['AR: an answer to an older request is nothing', [placed, updated(2)], reserved(1, 2)],
    ['LR: an answer overtaken by a newer selection is nothing', [...again, updated(2)], reserved(2, 2)],
    ['LR: everything of every type', again, answer(2, 1), confirm('p1', true)],
  );
  it.each([
    ['D(expired)', [...expiredOrder, reserved(2, 2)]],
    ['D(cancelled)', [...received, cancelled, reserved(2, 2)]],
    ['D(expired), of an order not heard of', [expired, reserved(2, 2)]],
  ])('W-45: in %s the seats are given back, each time', (_, history) => expectReactions(history, reserved(2, 2), giveBack(2)));
  it.each([
    [1, 1],
    [2, 0],
    [0, 1],
  ])('LR: less of one type is less: %i and %i of 2 and 1', (gala, talk) =>
    expectReactions(again, answer(gala, talk), giveBack(2), refund('seats-gone')),
  );
  it('LR: gives back all payments that waited, when the seats are gone', () =>
    expectReactions(
      [placed, paid(), paid('p2'), due(), expired],
      reserved(2, 0, 2),
      giveBack(2),
      refund('seats-gone'),
      refund('seats-gone', 'p2'),
    ));
});

describe('PaymentCompleted', () => {
  lines(
    ['NS: a second one waits with the first', [paid()], paid('p2')],
    ['NS, rejected for being late: held until the order has expired', [placedTooLate], paid()],
    ['W-4: in D(expired), after a late payment came to nothing: takes them again', [...again, reserved(2, 0, 2)], paid('p2'), make(3, 2)],
  );
  it.each([
    ['once refunded', [...again, reserved(2, 0, 2)], paid()],
    ['once refunded for its amount', [...confirming, refused('3/0', 'amount-mismatch')], paid()],
    ['that confirmed the order', [...confirmingLate, confirmed('p1', true)], paid()],
  ])('%s is no news', (_, history, input) => expectReactions(history, input));
  it('D(expired), of an order not heard of: held for an hour', () => {
    const { sent, deadlines } = runOf(registration, [expired, paid()]);
    expect([sent, deadlines]).toStrictEqual([[], { 'unknown-order': '2027-05-02T10:00:00.000Z' }]);
  });
});

describe('OrderConfirmed', () => {
  lines(
    ['RC: an order free of charge', received, confirmed(null), commit, assignments, noRelease],
    ['NS, with a payment held', [paid()], confirmed(), commit, assignments, noRelease, orderKnown],
    ['LR: by another payment', again, confirmed('p2', true), commit, assignments, noRelease, refund('order-confirmed')],
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
  it('ORD-12: the assignments are created by nothing else, so for a confirmed order alone', () => {
    for (const history of [awaiting, received, confirming, confirmingLate, [...received, cancelled], expiredOrder])
      expect(runOf(registration, history).sent.map(({ type }) => type)).not.toContain('CreateSeatAssignments');
  });
  it('is told once: what it says again, and otherwise, is no news', () => {
    expectReactions([...confirmedOrder, confirmed('p2')], paid('p2'), refund('order-confirmed', 'p2'));
    expect(runOf(registration, [...received, confirmed(null)]).state.settled).toStrictEqual([]);
  });
  it('is the end: nothing that comes after it changes that', () => {
    for (const input of [expired, cancelled, due(), refused('3/0', 'order-confirmed')]) expectReactions(confirmedOrder, input);
    expectReactions([...confirmedOrder, expired, cancelled], paid('p2'), refund('order-confirmed', 'p2'));
  });
});

describe('OrderExpired', () => {
  lines(
    ['gives back what the newest selection holds', [...received, updated(2), due()], expired, giveBack(2)],
    ['W-4: AR with a payment held: takes the seats again for it', [placed, paid(), due()], expired, giveBack(1), make(2, 2)],
    ['NS, rejected for being late, with a payment held', [placedTooLate, paid()], expired, giveBack(1), make(2, 2)],
    ['NS, with a payment held: it waits for its order', [paid()], expired],
    ['NS, with seats held for it', [reserved(1, 2)], expired, giveBack(1)],
  );
});

describe('OrderCancelled', () => {
  lines(
    ['AR: gives back a payment held', [placed, paid()], cancelled, giveBack(1), noRelease, refund('order-cancelled')],
    ['NS: gives back a payment held', [paid()], cancelled, noRelease, refund('order-cancelled'), orderKnown],
  );
  it('CF: the refusal that follows is no news', () => expectReactions([...confirming, cancelled], refused('3/0', 'order-cancelled')));
});

describe('the release', () => {
  it('is set again when the order says that it was early', () => {
    const early = [...received, due()]; // RejectOrder is 3/0
    expectReactions(early, refused('3/0', 'not-due'), release);
    expectReactions([...early, refused('3/0', 'not-due')], due(), rejectOrder());
    expectReactions([...early, refused('3/0', 'not-due'), paid()], refused('5/0', 'amount-mismatch'), refund('amount-mismatch'));
  });
  it('is not set again once the order has ended', () => {
    for (const end of [expired, cancelled, confirmed()]) expectReactions([...received, due(), end], refused('3/0', 'not-due'));
    expectReactions([...received, due(), paid()], refused('3/0', 'not-due'), release);
  });
  it('W-5: is remembered although other commands are refused, and other deadlines come', () => {
    const overdue = due('2027-05-02T10:00:00.000Z' as typeof now, undefined, 'unknown-order');
    const mismatch = refused('3/0', 'amount-mismatch');
    expectReactions([...confirming, due(), refused('2/0', 'any')], mismatch, refund('amount-mismatch'), rejectOrder());
    const late = [paid(), overdue, placed, reserved(1, 2), paid('p2')]; // ConfirmOrder is 5/0; the release has not come
    expectReactions(late, refused('5/0', 'amount-mismatch'), refund('amount-mismatch', 'p2'));
  });
  it('W-5: that came due while the order was being confirmed rejects it only when the confirmation is refused', () => {
    expectReactions(confirming, due());
    expectReactions([...confirming, due()], confirmed(), commit, assignments, noRelease);
    expectReactions([...confirming, due()], refused('3/0', 'amount-mismatch'), refund('amount-mismatch'), rejectOrder());
  });
});
