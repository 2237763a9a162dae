import type { Instant, Position } from '@conference/kernel';
import type { OrderEvent } from '@conference/registration-domain';
import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { isPlaced, type OrderDocument, ordersProjection, type PaymentState, paymentStateOf, type StoredOrder } from './orders.ts';

const projection = ordersProjection((email, accessCode) => `${email.toLowerCase()} ${accessCode}`);
/** When a fact was heard and where it is kept is a matter of its delivery; what follows from it is not. */
const shown = (stored: StoredOrder) => ({
  ...stored,
  payments: stored.payments
    .map(({ position: _, heardAt: __, ...fact }) => fact)
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  paymentState: paymentStateOf(isPlaced(stored) ? stored : { ...stored, confirmedBy: null }),
});
const { given } = specForProjection(projection, { shown });
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

/** What happens in a spec, a second after the other. */
const second = (n: number) => `2027-05-02T09:00:0${n}.000Z` as Instant;
/** When the nth delivery of a spec comes. */
const heardAt = (n: number) => `2027-05-02T09:16:4${n}.000Z` as Instant;
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

  it('is read from the events of the original, which tell less', () => {
    const unpriced = { ...line(3), unitPrice: 0 };
    const first: OrderEvent = { type: 'OrderPlaced', data: { ...kept, request: 1, items: [unpriced], currency: 'EUR' } };
    const lines = [{ seatTypeId: 's1', unitPrice: 100, quantity: 2, lineTotal: 200 }];
    const priced: OrderEvent = { type: 'OrderTotalsCalculated', data: { orderId, lines, total: eur(200), isFreeOfCharge: false } };
    const again: OrderEvent = { type: 'OrderUpdated', data: { orderId, request: 2, items: [unpriced], currency: 'EUR' } };
    const part = { ...pending, state: 'partially-reserved', items: [item(3, 2, 200)], total: eur(200) } as const;
    given(order, first, partially(2), priced)
      .then(orderId, { ...part, version: 2 })
      .given(order, {
        type: 'OrderConfirmed',
        data: { orderId, conferenceId: 'c1', seats: [], total: eur(0), paymentId: 'p1', late: false },
      })
      .then(orderId, { ...part, state: 'confirmed', confirmedBy: 'p1', version: 3 });
    given(order, first, again, again).then(orderId, { ...pending, request: 3, items: [item(3, 0, 0, 0)], total: eur(0), version: 2 });
  });

  it('has all its seats and their total when a late payment confirms it, whatever was held before', () => {
    given(order, placed, totals(300), partially(1), totals(100), { type: 'OrderExpired', data: { orderId } })
      .given(order, confirmed(3, 'p1', true))
      .then(orderId, { ...pending, state: 'confirmed', items: [item(3, 3, 300)], confirmedBy: 'p1', version: 5 });
  });

  it('keeps what payments say of it, at the order’s version', () => {
    given(order, placed)
      .given(payment('p1'), initiated('p1'), { type: 'PaymentRejected', data: fact('p1') })
      .then(orderId, {
        ...pending,
        version: 0,
        payments: [
          { paymentId: 'p1', state: 'initiated', occurredAt: second(1), heardAt: heardAt(1), position: '000000002' as Position },
          { paymentId: 'p1', state: 'rejected', occurredAt: second(2), heardAt: heardAt(2), position: '000000003' as Position },
        ],
      });
  });

  it('keeps what payments say of one that was not heard of yet', () => {
    const first = { occurredAt: second(0), heardAt: heardAt(0), position: '000000001' as Position };
    const heard = [{ paymentId: 'p1', state: 'initiated', ...first }] as const;
    given(payment('p1'), initiated('p1'))
      .then(orderId, { orderId, state: 'not-placed', payments: heard, locator: null })
      .given(order, placed)
      .then(orderId, { ...pending, version: 0, payments: heard });
  });

  it('ends the same in whatever order, with whatever repeats, the order and its payments come', () =>
    projectionLaws(
      projection,
      {
        [order]: [
          placed,
          totals(300),
          partially(2),
          totals(200),
          registered(),
          updated,
          completed(2, 2),
          { type: 'OrderExpired', data: { orderId } },
          confirmed(2, 'p2', true),
        ],
        [payment('p1')]: [initiated('p1'), { type: 'PaymentRejected', data: fact('p1') }],
        [payment('p2')]: [initiated('p2'), { type: 'PaymentCompleted', data: fact('p2') }],
        [payment('p3')]: [
          { type: 'PaymentCompleted', data: fact('p3') },
          { type: 'PaymentRefundRequested', data: { ...fact('p3'), reason: 'second-payment' } },
          { type: 'PaymentRefunded', data: fact('p3') },
        ],
        [payment('p4')]: [{ type: 'PaymentCompleted', data: { ...fact('p4'), orderId: 'o2' } }],
      },
      { shown },
    ));

  it('has the version of its own stream', () => expect(ordersProjection(() => '').versionFrom).toBe('Order'));
});

describe('The payment state of an order', () => {
  const heard = (...facts: readonly (readonly [paymentId: string, state: PaymentState])[]) =>
    facts.map(([paymentId, state], n) => ({
      paymentId,
      state,
      occurredAt: second(n),
      heardAt: heardAt(n),
      position: `${n + 1}` as Position,
    }));
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
    const later = heard(['p2', 'refunded'], ...history.map(() => ['p1', 'refund-requested'] as const)).slice(history.length);
    expect(paymentStateOf({ payments: [...history, ...later], confirmedBy: 'p1' })).toBe('refund-requested');
    expect(paymentStateOf({ payments: history, confirmedBy: 'unheard' })).toBe('none');
  });

  it('is that of the latest fact also when an earlier one is heard after it', () => {
    const [first, next, ...others] = history;
    if (first === undefined || next === undefined) throw new Error('no history');
    const parked = { ...first, position: '9' as Position };
    expect(paymentStateOf({ payments: [next, ...others, parked], confirmedBy: null })).toBe('refunded');
    expect(paymentStateOf({ payments: [next, parked], confirmedBy: null })).toBe('initiated');
  });

  it('can be told as it was known at a position', () => {
    const asOf = (position: string, confirmedBy: string | null = null) =>
      paymentStateOf({ payments: history, confirmedBy }, position as Position);
    expect(['0', '1', '3', '4', '9'].map((position) => asOf(position))).toEqual(['none', 'initiated', 'rejected', 'completed', 'refunded']);
    expect(asOf('3', 'p1')).toBe('initiated');
  });
});
