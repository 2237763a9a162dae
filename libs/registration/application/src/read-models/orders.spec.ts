import type { Instant, Position } from '@conference/kernel';
import type { OrderEvent } from '@conference/registration-domain';
import { specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { type OrderDocument, ordersProjection, type PaymentState, paymentStateOf } from './orders.ts';

const { given } = specForProjection(ordersProjection((email, accessCode) => `${email.toLowerCase()} ${accessCode}`));
const orderId = 'o1';
const order = 'Order-o1';
const payment = (paymentId: string) => `RegistrationInboxPayment-${paymentId}`;
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const grace = { firstName: 'Grace', lastName: 'Hopper', email: 'Grace@Example.org' };
const line = (quantity: number, unitPrice = 100) => ({ seatTypeId: 's1', name: 'Full', unitPrice, quantity });
const times = {
  placedAt: '2027-03-01T09:00:00.000Z' as Instant,
  reservationExpiresAt: '2027-03-01T09:15:00.000Z' as Instant,
  releaseAt: '2027-03-01T09:29:00.000Z' as Instant,
};
const kept = { orderId, conferenceId: 'c1', accessCode: 'CODE', ...times };

const placed: OrderEvent = { type: 'OrderPlaced', data: { ...kept, request: 1, items: [line(3)], currency: 'EUR' } };
const totals = (amount: number, isFreeOfCharge = false): OrderEvent => ({
  type: 'OrderTotalsCalculated',
  data: { orderId, lines: [], total: eur(amount), isFreeOfCharge },
});
const seats = (quantity: number) => (quantity === 0 ? [] : [{ seatTypeId: 's1', quantity }]);
const partially = (quantity: number, request = 1): OrderEvent => ({
  type: 'OrderPartiallyReserved',
  data: { orderId, request, seats: seats(quantity) },
});
const completed = (quantity: number, request = 1): OrderEvent => ({
  type: 'OrderReservationCompleted',
  data: { orderId, request, seats: seats(quantity) },
});
const updated: OrderEvent = { type: 'OrderUpdated', data: { orderId, request: 2, items: [line(2, 150)], currency: 'EUR' } };
const registered = (registrant = grace): OrderEvent => ({ type: 'OrderRegistrantAssigned', data: { orderId, registrant } });
const confirmed = (quantity: number, paymentId: string | null, late = false): OrderEvent => ({
  type: 'OrderConfirmed',
  data: { orderId, conferenceId: 'c1', seats: [{ seatTypeId: 's1', name: 'Full', quantity }], total: eur(100 * quantity), paymentId, late },
});
const fact = (paymentId: string) => ({ paymentId, orderId, amount: eur(300) });
const initiated = (paymentId: string) =>
  ({ type: 'PaymentInitiated', data: { ...fact(paymentId), conferenceId: 'c1', description: '' } }) as const;

const item = (requested: number, reserved: number, lineTotal: number, unitPrice = 100) => ({
  seatTypeId: 's1',
  name: 'Full',
  unitPrice,
  requested,
  reserved,
  lineTotal,
});
const pending: OrderDocument = {
  ...kept,
  state: 'pending-reservation',
  request: 1,
  items: [item(3, 0, 300)],
  total: eur(300),
  isFreeOfCharge: false,
  registrant: null,
  version: 1,
  confirmedBy: null,
  payments: [],
  locator: null,
};

describe('An order as it is read', () => {
  it('costs what is requested while its reservation is pending', () => {
    given(order, placed, totals(300)).then(orderId, pending);
  });

  it('costs what is held once it is answered', () => {
    given(order, placed, totals(300), completed(3)).then(orderId, { ...pending, state: 'reserved', items: [item(3, 3, 300)], version: 2 });
    const part = { ...pending, state: 'partially-reserved', version: 3 } as const;
    given(order, placed, totals(300), partially(2), totals(200)).then(orderId, { ...part, items: [item(3, 2, 200)], total: eur(200) });
    given(order, placed, totals(300), partially(0), totals(0)).then(orderId, { ...part, items: [item(3, 0, 0)], total: eur(0) });
  });

  it('is pending again with each selection, whose total it shows at once; the end stays', () => {
    const again = { ...pending, request: 2, items: [item(2, 0, 300, 150)], total: eur(300) };
    given(order, placed, totals(300, true), partially(1), totals(100), updated)
      .then(orderId, { ...again, version: 4 })
      .given(order, totals(300), completed(2, 2))
      .then(orderId, { ...again, state: 'reserved', items: [item(2, 2, 300, 150)], version: 6 });
  });

  it('is found by the registrant’s address of today and the access code', () => {
    const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' };
    given(order, placed, registered())
      .then(orderId, { ...pending, registrant: grace, locator: 'grace@example.org CODE' })
      .given(order, registered(ada))
      .then(orderId, { ...pending, registrant: ada, locator: 'ada@example.org CODE', version: 2 });
  });

  it('ends confirmed, expired or cancelled', () => {
    const reserved = { ...pending, items: [item(3, 3, 300)], version: 2 };
    given(order, placed, completed(3), confirmed(3, 'p1')).then(orderId, { ...reserved, state: 'confirmed', confirmedBy: 'p1' });
    given(order, placed, completed(3), { type: 'OrderExpired', data: { orderId } }).then(orderId, { ...reserved, state: 'expired' });
    given(order, placed, completed(3), { type: 'OrderCancelled', data: { orderId } }).then(orderId, { ...reserved, state: 'cancelled' });
  });

  it('has all its seats and their total when a late payment confirms it, whatever was held before', () => {
    given(order, placed, totals(300), partially(1), totals(100), { type: 'OrderExpired', data: { orderId } })
      .given(order, confirmed(3, 'p1', true))
      .then(orderId, { ...pending, state: 'confirmed', items: [item(3, 3, 300)], confirmedBy: 'p1', version: 5 });
  });

  it('keeps what payments say of it, at the order’s version; for an order that we never had there is nothing', () => {
    given(order, placed)
      .given(payment('p1'), initiated('p1'), { type: 'PaymentRejected', data: fact('p1') })
      .then(orderId, {
        ...pending,
        version: 0,
        payments: [
          { paymentId: 'p1', state: 'initiated', position: '000000002' as Position },
          { paymentId: 'p1', state: 'rejected', position: '000000003' as Position },
        ],
      });
    given(payment('p1'), initiated('p1'), { type: 'PaymentCompleted', data: fact('p1') }).then(orderId, undefined);
  });

  it('has the version of its own stream', () => expect(ordersProjection(() => '').versionFrom).toBe('Order'));
});

describe('The payment state of an order', () => {
  const heard = (...facts: readonly (readonly [paymentId: string, state: PaymentState])[]) =>
    facts.map(([paymentId, state], n) => ({ paymentId, state, position: `${n + 1}` as Position }));
  const history = heard(
    ['p1', 'initiated'],
    ['p2', 'initiated'],
    ['p2', 'rejected'],
    ['p1', 'completed'],
    ['p2', 'completed'],
    ['p2', 'refunded'],
  );

  it('is that of the latest fact until it is confirmed', () => {
    const seen = [0, 1, 2, 3, 4, 5, 6].map((count) => paymentStateOf({ payments: history.slice(0, count), confirmedBy: null }));
    expect(seen).toEqual(['none', 'initiated', 'initiated', 'rejected', 'completed', 'completed', 'refunded']);
  });

  it('is that of the payment which confirmed it, whatever becomes of others', () => {
    expect(paymentStateOf({ payments: history, confirmedBy: 'p1' })).toBe('completed');
    expect(paymentStateOf({ payments: [...history, ...heard(['p1', 'refund-requested'])], confirmedBy: 'p1' })).toBe('refund-requested');
    expect(paymentStateOf({ payments: history, confirmedBy: 'unheard' })).toBe('none');
  });

  it('can be told as it was known at a position', () => {
    const asOf = (position: string, confirmedBy: string | null = null) =>
      paymentStateOf({ payments: history, confirmedBy }, position as Position);
    expect(['0', '1', '3', '4', '9'].map((position) => asOf(position))).toEqual(['none', 'initiated', 'rejected', 'completed', 'refunded']);
    expect(asOf('3', 'p1')).toBe('initiated');
  });
});
