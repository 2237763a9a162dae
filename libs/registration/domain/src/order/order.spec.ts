import { specFor } from '@conference/testing-spec';
import { describe, it } from 'vitest';
import type { OrderEvent } from './order.events.ts';
import {
  assign,
  at,
  cancelled,
  choose,
  closed,
  completed,
  expired,
  line,
  mark,
  orderId,
  partially,
  place,
  placed,
  registered,
  registrant,
  reserved,
  seat,
  totals,
  two,
  updated,
} from './order.examples.ts';
import { order } from './order.ts';

const { given } = specFor(order);

describe('placing an order (ORD-1, ORD-2, ORD-3)', () => {
  it('quotes its lines and their total', () =>
    given()
      .when(place(line('gala', 2), line('talk', 1, 50)))
      .then(placed(line('gala', 2), line('talk', 1, 50)), totals(250, false, line('gala', 2), line('talk', 1, 50))));
  it('drops lines of zero', () =>
    given()
      .when(place(line('gala', 2), line('talk', 0)))
      .then(...(two as [OrderEvent, OrderEvent])));
  it('is free of charge when its seats cost nothing', () =>
    given()
      .when(place(line('gala', 1, 0)))
      .then(placed(line('gala', 1, 0)), totals(0, true, line('gala', 1, 0))));
  it('is refused without a seat', () => {
    given().when(place()).thenRejected({ code: 'no-items' });
    given()
      .when(place(line('gala', 0)))
      .thenRejected({ code: 'no-items' });
  });
  it('is refused when it lists a type twice', () =>
    given()
      .when(place(line('gala', 1), line('talk', 1), line('gala', 2)))
      .thenRejected({ code: 'duplicate-seat-type', seatTypeId: 'gala' }));
  it('is refused when the id is taken', () =>
    given(...two)
      .when(place(line('gala', 2)))
      .thenRejected({ code: 'order-id-taken' }));
});

describe('choosing again (ORD-4)', () => {
  const another = [line('gala', 3, 120)];
  const chosen = (request: number): [OrderEvent, OrderEvent] => [updated(request, ...another), totals(360, false, ...another)];

  it('counts the selection and takes the prices of today', () =>
    given(...two)
      .when(choose(another))
      .then(...chosen(2)));
  it('is possible when seats are reserved, or some of them', () => {
    given(...reserved)
      .when(choose(another))
      .then(...chosen(2));
    given(...two, partially(1, seat('gala', 1)), totals(100, false, line('gala', 1)))
      .when(choose(another))
      .then(...chosen(2));
  });
  it('counts on from the last one', () =>
    given(...two, ...chosen(2))
      .when(choose([line('gala', 2)]))
      .then(updated(3, line('gala', 2)), totals(200, false, line('gala', 2))));
  it('is nothing when the very same selection is still pending', () =>
    given(...two)
      .when(choose([line('gala', 2)]))
      .thenNothing());
  it('is a new selection when the same one was answered', () => {
    given(...reserved)
      .when(choose([line('gala', 2)]))
      .then(updated(2, line('gala', 2)), totals(200, false, line('gala', 2)));
    given(...two, partially(1))
      .when(choose([line('gala', 2)]))
      .then(updated(2, line('gala', 2)), totals(200, false, line('gala', 2)));
  });
  it.each([
    ['price', [line('gala', 2, 101)]],
    ['quantity', [line('gala', 3)]],
    ['type', [line('talk', 2)]],
    ['name', [{ ...line('gala', 2), name: 'Gala' }]],
    ['one more line', [line('gala', 2), line('talk', 1)]],
  ])('is another selection by its %s', (_, items) =>
    given(...two)
      .when(choose(items))
      .then(
        updated(2, ...items),
        totals(
          items.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0),
          false,
          ...items,
        ),
      ),
  );
  it('is refused from the reservation’s end on', () => {
    given(...two)
      .when(choose(another, at('10:14')))
      .then(...chosen(2));
    given(...two)
      .when(choose(another, at('10:15')))
      .thenRejected({ code: 'order-expired' });
  });
  it('is refused for an order that is not there, confirmed, expired or cancelled', () => {
    given().when(choose(another)).thenRejected({ code: 'order-not-found' });
    given(...closed.confirmed)
      .when(choose(another))
      .thenRejected({ code: 'order-confirmed' });
    given(...closed.expired)
      .when(choose(another))
      .thenRejected({ code: 'order-expired' });
    given(...closed.cancelled)
      .when(choose(another))
      .thenRejected({ code: 'order-cancelled' });
  });
  it('is refused in another currency, without a seat, or with a type listed twice', () => {
    given(...two)
      .when(choose(another, at('10:05'), 'EUR'))
      .thenRejected({ code: 'currency-mismatch' });
    given(...two)
      .when(choose([line('gala', 0)]))
      .thenRejected({ code: 'no-items' });
    given(...two)
      .when(choose([line('gala', 1), line('gala', 1)]))
      .thenRejected({ code: 'duplicate-seat-type', seatTypeId: 'gala' });
  });
});

describe('marking seats as reserved (ORD-5 to ORD-8)', () => {
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
  it('is partial and never free of charge when nothing was reserved', () => {
    given(...two)
      .when(mark(1))
      .then(partially(1), totals(0, false));
    given(...two)
      .when(mark(1, seat('gala', 0)))
      .then(partially(1), totals(0, false));
  });
  it('stays free of charge when some free seats are held', () =>
    given(placed(line('gala', 2, 0)), totals(0, true))
      .when(mark(1, seat('gala', 1)))
      .then(partially(1, seat('gala', 1)), totals(0, true, line('gala', 1, 0))));
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
  it('changes nothing after the order’s end', () => {
    for (const end of [expired, cancelled])
      given(...two, end)
        .when(mark(1, seat('gala', 2)))
        .thenNothing();
    given(...closed.confirmed)
      .when(mark(1, seat('gala', 1)))
      .thenNothing();
  });
  it('is refused for an order that is not there', () => given().when(mark(1)).thenRejected({ code: 'order-not-found' }));
});

describe('registrant details (ORD-11)', () => {
  it('are assigned at any time before the end, any number of times', () => {
    given(...two)
      .when(assign())
      .then(registered);
    const other = { ...registrant, lastName: 'Li' };
    given(...reserved)
      .when(assign(other))
      .then({ type: 'OrderRegistrantAssigned', data: { orderId, registrant: other } });
  });
  it.each(['firstName', 'lastName', 'email'] as const)('are other details by their %s', (field) => {
    const other = { ...registrant, [field]: 'other' };
    given(...two, registered)
      .when(assign(other))
      .then({ type: 'OrderRegistrantAssigned', data: { orderId, registrant: other } });
  });
  it('are nothing when they are the same', () =>
    given(...two, registered)
      .when(assign())
      .thenNothing());
  it('are still accepted within the grace, for a payment under way', () =>
    given(...two)
      .when(assign(registrant, at('10:20')))
      .then(registered));
  it('are refused for an order that is not there, confirmed, expired or cancelled', () => {
    given().when(assign()).thenRejected({ code: 'order-not-found' });
    given(...closed.confirmed)
      .when(assign())
      .thenRejected({ code: 'order-confirmed' });
    given(...closed.expired)
      .when(assign())
      .thenRejected({ code: 'order-expired' });
    given(...closed.cancelled)
      .when(assign())
      .thenRejected({ code: 'order-cancelled' });
  });
});
