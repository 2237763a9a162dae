import type { Instant } from '@conference/kernel';
import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { type ConferenceOrderDocument, conferenceOrdersProjection, paymentStateOf } from './conference-orders.ts';

const { given } = specForProjection(conferenceOrdersProjection);
const at = (minute: number) => `2027-03-01T09:0${minute}:00.000Z` as Instant;
const orderId = 'o1';
const total = { amount: 39800, currency: 'EUR' };
const registrant = { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' };
const placed = {
  type: 'OrderPlaced',
  data: {
    orderId,
    conferenceId: 'c1',
    request: 1,
    items: [{ seatTypeId: 's1', name: 'Full', unitPrice: 19900, quantity: 2 }],
    currency: 'EUR',
    placedAt: at(0),
    reservationExpiresAt: at(5),
    releaseAt: at(9),
  },
} as const;
const completed = { type: 'OrderReservationCompleted', data: { orderId, request: 1, seats: [{ seatTypeId: 's1', quantity: 2 }] } } as const;
const partially = { type: 'OrderPartiallyReserved', data: { orderId, request: 1, seats: [{ seatTypeId: 's1', quantity: 1 }] } } as const;
const assigned = { type: 'OrderRegistrantAssigned', data: { orderId, registrant } } as const;
const confirmed = (late = false) =>
  ({
    type: 'OrderConfirmed',
    data: { orderId, conferenceId: 'c1', seats: [{ seatTypeId: 's1', name: 'Full', quantity: 2 }], total, paymentId: 'p1', late },
  }) as const;
const expired = { type: 'OrderExpired', data: { orderId } } as const;
const cancelled = { type: 'OrderCancelled', data: { orderId } } as const;
const payment = (paymentId: string) => ({ paymentId, orderId, amount: total });
const fact = (type: 'PaymentCompleted' | 'PaymentRejected' | 'PaymentRefunded', paymentId: string) =>
  ({ type, data: payment(paymentId) }) as const;
const opened = (paymentId: string) =>
  ({ type: 'PaymentInitiated', data: { ...payment(paymentId), conferenceId: 'c1', description: 'Seats' } }) as const;
/** What happens in a spec, a second after the other. */
const second = (n: number) => `2027-05-02T09:00:0${n}.000Z` as Instant;

const order = 'ConferenceManagementInboxOrder-o1';
const payments = 'ConferenceManagementInboxPayment-p1';
const pending = { state: 'pending-reservation', total, registrant: null, placedAt: at(0), confirmedBy: null } as const;
const document: ConferenceOrderDocument = {
  orderId,
  conferenceId: 'c1',
  placedAt: at(0),
  listing: 'listed',
  order: pending,
  payments: [],
};

describe('The orders of a conference', () => {
  it('lists an order as soon as it is placed', () => void given(order, placed).then(orderId, document));

  it('shows what is held and what it costs', () =>
    void given(order, placed, partially, {
      type: 'OrderTotalsCalculated',
      data: { orderId, lines: [], total: { amount: 19900, currency: 'EUR' }, isFreeOfCharge: false },
    })
      .then(orderId, { ...document, order: { ...pending, state: 'partially-reserved', total: { amount: 19900, currency: 'EUR' } } })
      .given(order, { type: 'OrderUpdated', data: { orderId, request: 2, items: [], currency: 'EUR' } })
      .then(orderId, { ...document, order: { ...pending, total: { amount: 19900, currency: 'EUR' } } }));

  it('shows who registers', () =>
    void given(order, placed, completed, assigned).then(orderId, { ...document, order: { ...pending, state: 'reserved', registrant } }));

  it('keeps a cancelled order', () =>
    void given(order, placed, cancelled).then(orderId, { ...document, order: { ...pending, state: 'cancelled' } }));

  it('no longer lists an expired order, and lists it again when it is confirmed late', () =>
    void given(order, placed, completed, assigned, expired)
      .then(orderId, { ...document, listing: 'expired', order: { ...pending, state: 'expired', registrant } })
      .given(order, confirmed(true))
      .then(orderId, { ...document, order: { ...pending, state: 'confirmed', registrant, confirmedBy: 'p1' } }));

  it('costs what is held when a confirmation of the original names no seats', () =>
    void given(order, placed, { ...confirmed(), data: { ...confirmed().data, seats: [], total: { amount: 0, currency: 'EUR' } } }).then(
      orderId,
      { ...document, order: { ...pending, state: 'confirmed', confirmedBy: 'p1' } },
    ));

  it('does not list what only a payment has told of', () =>
    void given(payments, opened('p1')).then(orderId, {
      ...document,
      conferenceId: null,
      placedAt: null,
      listing: 'unknown',
      order: null,
      payments: [{ paymentId: 'p1', state: 'initiated', occurredAt: second(0) }],
    }));

  it('is the same in whatever order orders and payments come', () =>
    void given(order, placed, completed, assigned, confirmed())
      .given(payments, opened('p1'), fact('PaymentCompleted', 'p1'))
      .then(orderId, {
        ...document,
        order: { ...pending, state: 'confirmed', registrant, confirmedBy: 'p1' },
        payments: [{ paymentId: 'p1', state: 'completed', occurredAt: second(5) }],
      }));

  it('ends the same in whatever order, with whatever repeats, any of it comes', () =>
    projectionLaws(conferenceOrdersProjection, {
      [order]: [placed, partially, assigned, completed, expired, confirmed(true)],
      [payments]: [opened('p1'), fact('PaymentRejected', 'p1'), fact('PaymentCompleted', 'p1')],
      'ConferenceManagementInboxPayment-p2': [opened('p2'), fact('PaymentCompleted', 'p2'), fact('PaymentRefunded', 'p2')],
      'ConferenceManagementInboxPayment-other': [{ type: 'PaymentCompleted', data: { ...payment('other'), orderId: 'o2' } }],
    }));
});

describe('The payment state of an order', () => {
  const twice = [
    { paymentId: 'p1', state: 'completed', occurredAt: second(1) },
    { paymentId: 'p2', state: 'refunded', occurredAt: second(2) },
  ] as const;
  it('is none before a payment', () => expect(paymentStateOf(document)).toBe('none'));
  it('is that of the latest fact, whichever was heard first', () => {
    expect(paymentStateOf({ ...document, payments: twice })).toBe('refunded');
    const again = [{ ...twice[0], occurredAt: second(3) }, twice[1]];
    expect(paymentStateOf({ ...document, payments: again })).toBe('completed');
  });
  it('is that of the payment that confirmed it', () => {
    expect(paymentStateOf({ ...document, order: { ...pending, confirmedBy: 'p1' }, payments: twice })).toBe('completed');
    expect(paymentStateOf({ ...document, order: { ...pending, confirmedBy: 'unheard' }, payments: twice })).toBe('none');
  });
});
