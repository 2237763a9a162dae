import { fold } from '@conference/kernel';
import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { OrderEvent } from './order.events.ts';
import {
  assign,
  at,
  choose,
  closed,
  completed,
  line,
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

describe('ORD-1: placing an order', () => {
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
  it('is refused with more seats than can be assigned', () => {
    const many = [line('gala', 600), line('talk', 400)];
    given()
      .when(place(...many))
      .then(placed(...many), totals(100_000, false, ...many));
    given()
      .when(place(...many, line('tour', 1)))
      .thenRejected({ code: 'too-many-seats', max: 1_000 });
  });
  it('is refused when the id is taken', () =>
    given(...two)
      .when(place(line('gala', 2)))
      .thenRejected({ code: 'order-id-taken' }));
});

describe('ORD-2: the reservation’s end', () => {
  it('is what the command says, and so is the release', () =>
    expect(fold(order, two)).toMatchObject({ placedAt: at('10:00'), reservationExpiresAt: at('10:15'), releaseAt: at('10:29') }));
  it('is never moved, neither by choosing again nor by a reservation', () =>
    expect(fold(order, [...reserved, updated(2, line('gala', 1)), completed(2, seat('gala', 1))])).toMatchObject({
      ...{ state: 'reserved', reservationExpiresAt: at('10:15'), releaseAt: at('10:29') },
    }));
});

describe('ORD-3: the access code', () => {
  it('is what the command says, and never changes', () => {
    expect(fold(order, two)).toMatchObject({ accessCode: 'CODE' });
    expect(fold(order, [...reserved, updated(2, line('gala', 1)), ...closed.confirmed.slice(-1)])).toMatchObject({ accessCode: 'CODE' });
  });
});

describe('ORD-4: choosing again', () => {
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
  it('is another selection with a line less, with other lines or in another order of them', () => {
    const pending = [placed(line('gala', 2), line('talk', 1)), totals(300, false)];
    for (const items of [[line('gala', 2)], [line('gala', 2), line('tour', 1)], [line('talk', 1), line('gala', 2)]])
      given(...pending)
        .when(choose(items))
        .then(updated(2, ...items), totals(100 * items.reduce((sum, { quantity }) => sum + quantity, 0), false, ...items));
  });
  it('is another selection of another type, were it called the same', () => {
    const twin = { ...line('tour', 2), name: 'The gala' };
    given(...two)
      .when(choose([twin]))
      .then(updated(2, twin), totals(200, false, twin));
  });
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

describe('ORD-11: registrant details', () => {
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
