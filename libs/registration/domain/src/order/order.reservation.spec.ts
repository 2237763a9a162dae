import { fold } from '@conference/kernel';
import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import {
  cancelled,
  closed,
  completed,
  conferenceId,
  confirm,
  expired,
  line,
  mark,
  orderId,
  partially,
  pay,
  placed,
  registered,
  reserved,
  seat,
  totals,
  two,
  updated,
  usd,
} from './order.examples.ts';
import { order } from './order.ts';

const { given } = specFor(order);

describe('ORD-6: marking seats as reserved', () => {
  it('completes the reservation when all was reserved', () =>
    given(...two)
      .when(mark(1, seat('gala', 2)))
      .then(completed(1, seat('gala', 2))));
  it('is partial, at the quoted price of what is held, when less was reserved', () =>
    given(...two)
      .when(mark(1, seat('gala', 1)))
      .then(partially(1, seat('gala', 1)), totals(100, false, line('gala', 1))));
  it('is partial per seat type', () =>
    given(placed(line('gala', 2), line('talk', 1, 50)), totals(250, false))
      .when(mark(1, seat('talk', 1)))
      .then(partially(1, seat('talk', 1)), totals(50, false, line('talk', 1, 50))));
  it('stays free of charge when some free seats are held', () =>
    given(placed(line('gala', 2, 0)), totals(0, true))
      .when(mark(1, seat('gala', 1)))
      .then(partially(1, seat('gala', 1)), totals(0, true, line('gala', 1, 0))));
  it('stays free of charge when the free seats of one type are held, and none of another', () => {
    const lines = [line('gala', 2, 0), line('talk', 1, 0)];
    given(placed(...lines), totals(0, true, ...lines))
      .when(mark(1, seat('talk', 1)))
      .then(partially(1, seat('talk', 1)), totals(0, true, line('talk', 1, 0)));
  });
  it('ignores seats of a type that was not chosen', () =>
    given(...two)
      .when(mark(1, seat('talk', 5), seat('gala', 2)))
      .then(completed(1, seat('gala', 2))));
  it('changes nothing when it was marked before: no partial order becomes a full one (W-9)', () => {
    given(...two, partially(1, seat('gala', 1)), totals(100, false, line('gala', 1)))
      .when(mark(1, seat('gala', 1)))
      .thenNothing();
    given(...reserved)
      .when(mark(1, seat('gala', 2)))
      .thenNothing();
  });
  it('changes nothing for another selection than the current one', () => {
    const again = [...reserved, updated(2, line('gala', 3)), totals(300, false, line('gala', 3))];
    given(...again)
      .when(mark(1, seat('gala', 2)))
      .thenNothing();
    given(...again)
      .when(mark(3, seat('gala', 3)))
      .thenNothing();
    given(...again)
      .when(mark(2, seat('gala', 3)))
      .then(completed(2, seat('gala', 3)));
  });
  it('is refused for an order that is not there', () => given().when(mark(1)).thenRejected({ code: 'order-not-found' }));
});

describe('ORD-5: marking after the end', () => {
  it('changes nothing after the order’s end', () => {
    for (const end of [expired, cancelled])
      given(...two, end)
        .when(mark(1, seat('gala', 2)))
        .thenNothing();
    given(...closed.confirmed)
      .when(mark(1, seat('gala', 1)))
      .thenNothing();
  });
});

describe('ORD-7: what is held', () => {
  it('takes the place of what was requested, in quantity and price', () => {
    const partial = [placed(line('gala', 2), line('talk', 3, 50)), partially(1, seat('talk', 2)), totals(100, false, line('talk', 2, 50))];
    expect(fold(order, partial)).toMatchObject({
      items: [
        { seatTypeId: 'gala', requested: 2, reserved: 0, lineTotal: 0 },
        { seatTypeId: 'talk', requested: 3, reserved: 2, lineTotal: 100 },
      ],
      total: usd(100),
    });
  });
  it('is what is confirmed', () =>
    given(placed(line('gala', 1), line('talk', 2, 50)), completed(1, seat('gala', 1), seat('talk', 2)), registered)
      .when(pay(200))
      .then({
        type: 'OrderConfirmed',
        data: {
          ...{ orderId, conferenceId, total: usd(200), paymentId: 'p1', late: false },
          seats: [
            { seatTypeId: 'gala', name: 'The gala', quantity: 1 },
            { seatTypeId: 'talk', name: 'The talk', quantity: 2 },
          ],
        },
      }));
});

describe('ORD-8: a reservation of nothing', () => {
  it('is partial and never free of charge when nothing was reserved', () => {
    given(...two)
      .when(mark(1))
      .then(partially(1), totals(0, false));
    given(...two)
      .when(mark(1, seat('gala', 0)))
      .then(partially(1), totals(0, false));
  });
  it('is not confirmed, with or without a payment', () => {
    for (const command of [confirm(), pay(0), pay(200)])
      given(...two, registered, partially(1), totals(0, false))
        .when(command)
        .thenRejected({ code: 'not-fully-reserved' });
  });
});
