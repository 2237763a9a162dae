import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { OrderEvent } from './order.events.ts';
import {
  at,
  cancel,
  cancelled,
  closed,
  completed,
  conferenceId,
  confirm,
  confirmed,
  expired,
  free,
  line,
  orderId,
  partially,
  pay,
  placed,
  registered,
  registrant,
  rejectAt,
  reserved,
  seat,
  times,
  totals,
  two,
  updated,
  usd,
} from './order.examples.ts';
import { order } from './order.ts';

const { given } = specFor(order);

describe('ORD-10: confirming', () => {
  it('takes a payment of the total', () =>
    given(...reserved)
      .when(pay(200))
      .then(confirmed('p1', 2, 200)));
  it('takes a payment within the grace', () =>
    given(...reserved)
      .when(pay(200, { now: at('10:28') }))
      .then(confirmed('p1', 2, 200)));
  it('needs no payment when free of charge, before the reservation’s end', () => {
    given(...free)
      .when(confirm())
      .then(confirmed(null, 2, 0));
    given(...free)
      .when(confirm(at('10:15')))
      .thenRejected({ code: 'order-expired' });
  });
  it('needs a payment otherwise', () =>
    given(...reserved)
      .when(confirm())
      .thenRejected({ code: 'payment-required' }));
  it('needs a registrant', () => {
    given(...two, completed(1, seat('gala', 2)))
      .when(pay(200))
      .thenRejected({ code: 'registrant-required' });
    given(...free.slice(0, -1))
      .when(confirm())
      .thenRejected({ code: 'registrant-required' });
  });
  it('needs every seat', () => {
    given(...two, registered)
      .when(pay(200))
      .thenRejected({ code: 'not-fully-reserved' });
    given(...two, registered, partially(1, seat('gala', 1)), totals(100, false, line('gala', 1)))
      .when(pay(100))
      .thenRejected({ code: 'not-fully-reserved' });
    given(...two, registered, partially(1), totals(0, false))
      .when(confirm())
      .thenRejected({ code: 'not-fully-reserved' });
  });
  it('is nothing with the same payment again, and refused with another', () => {
    given(...closed.confirmed)
      .when(pay(200))
      .thenNothing();
    given(...closed.confirmed)
      .when(pay(200, { paymentId: 'p2' }))
      .thenRejected({ code: 'order-confirmed' });
    given(...closed.confirmed)
      .when(confirm())
      .thenRejected({ code: 'order-confirmed' });
  });
  it('is nothing again when it was free of charge, and refused with a payment', () => {
    given(...free, confirmed(null, 2, 0))
      .when(confirm())
      .thenNothing();
    given(...free, confirmed(null, 2, 0))
      .when(pay(0))
      .thenRejected({ code: 'order-confirmed' });
  });
  it('is refused for an order that is not there, expired or cancelled', () => {
    given().when(pay(200)).thenRejected({ code: 'order-not-found' });
    given(...closed.expired)
      .when(pay(200))
      .thenRejected({ code: 'order-expired' });
    given(...closed.expired)
      .when(pay(200, { late: false }))
      .thenRejected({ code: 'order-expired' });
    given(...closed.cancelled)
      .when(pay(200, { late: true }))
      .thenRejected({ code: 'order-cancelled' });
  });
  it('takes a late payment of what was requested, when the seats were taken again', () => {
    given(...closed.expired)
      .when(pay(200, { late: true }))
      .then(confirmed('p1', 2, 200, true));
    const partial = [...two, registered, partially(1, seat('gala', 1)), totals(100, false, line('gala', 1)), expired];
    given(...partial)
      .when(pay(200, { late: true }))
      .then(confirmed('p1', 2, 200, true));
    given(...partial)
      .when(pay(100, { late: true }))
      .thenRejected({ code: 'amount-mismatch' });
    given(...two, expired)
      .when(pay(200, { late: true }))
      .thenRejected({ code: 'registrant-required' });
    given(...free, expired)
      .when({ type: 'ConfirmOrder', data: { orderId, late: true, now: at('10:05') } })
      .thenRejected({ code: 'order-expired' });
  });
});

describe('PAY-5: the amount that was paid', () => {
  it('is the total, in amount and currency, or the order is not confirmed', () => {
    for (const amount of [0, 199, 201, -200])
      given(...reserved)
        .when(pay(amount))
        .thenRejected({ code: 'amount-mismatch' });
    given(...reserved)
      .when(pay(200, { currency: 'EUR' }))
      .thenRejected({ code: 'amount-mismatch' });
  });
});

describe('PAY-6: a payment that came to nothing', () => {
  it('leaves the order as it is: another payment confirms it, also within the grace', () => {
    for (const now of [at('10:05'), at('10:28')])
      given(...reserved)
        .when(pay(200, { paymentId: 'p2', now }))
        .then(confirmed('p2', 2, 200));
  });
});

describe('ORD-14: free of charge or paid', () => {
  it('an order is confirmed by the one event, which says by which payment, if any', () => {
    given(...free)
      .when(confirm())
      .then(confirmed(null, 2, 0));
    given(...free)
      .when(pay(0))
      .then(confirmed('p1', 2, 0));
    given(...reserved)
      .when(pay(200))
      .then(confirmed('p1', 2, 200));
  });
  it('is one state: confirmed', () => {
    for (const history of [closed.confirmed, [...free, confirmed(null, 2, 0)]])
      expect(history.reduce(order.evolve, order.initialState)).toMatchObject({ state: 'confirmed' });
  });
});

describe('ORD-9: expiring', () => {
  it('happens when the release is due, late or in time, once', () => {
    for (const history of [two, reserved])
      given(...history)
        .when(rejectAt(at('10:29')))
        .then(expired);
    given(...two)
      .when(rejectAt(at('12:00')))
      .then(expired);
    given(...two, expired)
      .when(rejectAt(at('10:29')))
      .thenNothing();
  });
  it('is refused before that', () =>
    given(...two)
      .when(rejectAt(at('10:28')))
      .thenRejected({ code: 'not-due' }));
  it('is nothing for an order that is not there, confirmed or cancelled', () => {
    given()
      .when(rejectAt(at('10:29')))
      .thenNothing();
    given(...closed.confirmed)
      .when(rejectAt(at('10:29')))
      .thenNothing();
    given(...closed.cancelled)
      .when(rejectAt(at('10:29')))
      .thenNothing();
  });
});

describe('cancelling', () => {
  it('happens before the reservation’s end, once', () => {
    for (const history of [two, reserved])
      given(...history)
        .when(cancel(at('10:14')))
        .then(cancelled);
    given(...closed.cancelled)
      .when(cancel(at('11:00')))
      .thenNothing();
    given(...two)
      .when(cancel(at('10:15')))
      .thenRejected({ code: 'order-expired' });
  });
  it('is refused for an order that is not there, confirmed or expired', () => {
    given().when(cancel()).thenRejected({ code: 'order-not-found' });
    given(...closed.confirmed)
      .when(cancel())
      .thenRejected({ code: 'order-confirmed' });
    given(...closed.expired)
      .when(cancel())
      .thenRejected({ code: 'order-expired' });
  });
});

describe('the state of an order', () => {
  const stateOf = (...history: readonly OrderEvent[]) => history.reduce(order.evolve, order.initialState);
  const item = { seatTypeId: 'gala', name: 'The gala', unitPrice: 100, requested: 2, reserved: 0, lineTotal: 200 };
  const pending = {
    state: 'pending-reservation',
    ...{ orderId, conferenceId, request: 1, items: [item], total: usd(200), isFreeOfCharge: false },
    ...{ placedAt: at('10:00'), ...times, accessCode: 'CODE', registrant: null, paymentId: null },
  };

  it('shows what is requested while the reservation is pending, with or without early totals', () => {
    expect(stateOf(...two)).toStrictEqual(pending);
    expect(stateOf(placed(line('gala', 2)))).toStrictEqual(pending);
  });
  it('shows what is held after a partial reservation', () =>
    expect(stateOf(...two, partially(1, seat('gala', 1)), totals(100, false, line('gala', 1)))).toStrictEqual({
      ...pending,
      state: 'partially-reserved',
      items: [{ ...item, reserved: 1, lineTotal: 100 }],
      total: usd(100),
    }));
  it('shows a line of which nothing is held', () =>
    expect(stateOf(...two, partially(1), totals(0, false))).toMatchObject({
      items: [{ ...item, reserved: 0, lineTotal: 0 }],
      total: usd(0),
    }));
  it('shows what a new selection costs, before its totals too', () => {
    const chosen = { ...pending, request: 2, items: [{ ...item, unitPrice: 0, requested: 1, lineTotal: 0 }], total: usd(0) };
    expect(stateOf(...two, updated(2, line('gala', 1, 0)))).toStrictEqual(chosen);
    expect(stateOf(...two, updated(2, line('gala', 1, 0)), totals(0, true, line('gala', 1, 0)))).toStrictEqual({
      ...chosen,
      isFreeOfCharge: true,
    });
  });
  it('shows seats, registrant and payment of a confirmed order', () => {
    const held = { ...pending, state: 'reserved', items: [{ ...item, reserved: 2 }], registrant };
    expect(stateOf(...reserved)).toStrictEqual(held);
    expect(stateOf(...closed.confirmed)).toStrictEqual({ ...held, state: 'confirmed', paymentId: 'p1' });
    expect(stateOf(...closed.expired)).toStrictEqual({ ...held, state: 'expired' });
    expect(stateOf(...closed.cancelled)).toStrictEqual({ ...held, state: 'cancelled' });
  });
  it('shows all seats of an order confirmed late', () =>
    expect(stateOf(...two, registered, partially(1), totals(0, false), expired, confirmed('p1', 2, 200, true))).toStrictEqual({
      ...pending,
      state: 'confirmed',
      items: [{ ...item, reserved: 2 }],
      registrant,
      paymentId: 'p1',
    }));
  it('is free of charge after a late confirmation only if it cost nothing', () => {
    const mixed = [
      placed(line('gala', 2), line('talk', 1, 0)),
      registered,
      partially(1, seat('talk', 1)),
      totals(0, true, line('talk', 1, 0)),
      expired,
    ];
    expect(stateOf(...mixed)).toMatchObject({ isFreeOfCharge: true });
    expect(stateOf(...mixed, confirmed('p1', 2, 200, true))).toMatchObject({ isFreeOfCharge: false, total: usd(200) });
    expect(stateOf(...free, expired, confirmed('p1', 2, 0, true))).toMatchObject({ isFreeOfCharge: true, total: usd(0) });
  });
  it('takes prices from totals and numbers from order, for selections that have neither', () => {
    const unpriced = [placed(line('gala', 2, 0), line('talk', 1, 0)), totals(250, false, line('talk', 1, 50), line('gala', 2))];
    expect(stateOf(...unpriced)).toMatchObject({
      items: [
        { seatTypeId: 'gala', unitPrice: 100, lineTotal: 200 },
        { seatTypeId: 'talk', unitPrice: 50, lineTotal: 50 },
      ],
    });
    expect(stateOf(...unpriced, updated(2, line('gala', 1)), updated(2, line('gala', 3)))).toMatchObject({ request: 3 });
  });
  it('stays as it is before the placement', () => expect(stateOf(expired)).toBe(order.initialState));
});
