import type { Instant } from '@conference/kernel';
import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, it } from 'vitest';
import { type PayableOrderDocument, payableOrdersProjection } from './payable-orders.ts';

const { given } = specForProjection(payableOrdersProjection);
const stream = 'PaymentsInboxOrder-o1';
const orderId = 'o1';
const end = '2027-03-01T09:15:00.000Z' as Instant;
const money = (amount: number) => ({ amount, currency: 'EUR' });
const items = [{ seatTypeId: 's1', name: 'Full', unitPrice: 19900, quantity: 2 }];
const placed = {
  type: 'OrderPlaced',
  data: {
    orderId,
    conferenceId: 'c1',
    request: 1,
    items,
    currency: 'EUR',
    placedAt: '2027-03-01T09:00:00.000Z' as Instant,
    reservationExpiresAt: end,
    releaseAt: '2027-03-01T09:29:00.000Z' as Instant,
  },
} as const;
const priced = (amount: number) =>
  ({ type: 'OrderTotalsCalculated', data: { orderId, lines: [], total: money(amount), isFreeOfCharge: false } }) as const;
const completed = { type: 'OrderReservationCompleted', data: { orderId, request: 1, seats: [] } } as const;
const assigned = {
  type: 'OrderRegistrantAssigned',
  data: { orderId, registrant: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' } },
} as const;
const confirmed = {
  type: 'OrderConfirmed',
  data: { orderId, conferenceId: 'c1', seats: [], total: money(39800), paymentId: 'p1', late: false },
} as const;

const document: PayableOrderDocument = {
  orderId,
  conferenceId: 'c1',
  state: 'pending-reservation',
  total: money(39800),
  hasRegistrant: false,
  reservationExpiresAt: end,
};

describe('The orders that may be paid', () => {
  it('knows what an order costs as soon as it is placed', () => {
    given(stream, placed).then(orderId, document);
  });
  it('follows the total of what is held', () => {
    given(stream, placed, { type: 'OrderPartiallyReserved', data: { orderId, request: 1, seats: [] } }, priced(19900)).then(orderId, {
      ...document,
      state: 'partially-reserved',
      total: money(19900),
    });
  });
  it('notes that there is a registrant, and nothing of who it is', () => {
    given(stream, placed, completed, assigned, assigned).then(orderId, { ...document, state: 'reserved', hasRegistrant: true });
  });
  it('is reserved anew after it was chosen again; the end stays', () => {
    given(stream, placed, completed, { type: 'OrderUpdated', data: { orderId, request: 2, items, currency: 'EUR' } }, priced(59700)).then(
      orderId,
      {
        ...document,
        total: money(59700),
      },
    );
  });
  it('knows when it is over, and when a late payment brought it back', () => {
    given(stream, placed, completed, { type: 'OrderExpired', data: { orderId } })
      .then(orderId, { ...document, state: 'expired' })
      .given(stream, confirmed)
      .then(orderId, { ...document, state: 'confirmed' });
    given(stream, placed, { type: 'OrderCancelled', data: { orderId } }).then(orderId, { ...document, state: 'cancelled' });
  });
  it('ends the same in whatever order, with whatever repeats, several orders come', () => {
    const of = (id: string) => ({ ...placed, data: { ...placed.data, orderId: id } });
    projectionLaws(payableOrdersProjection, {
      [stream]: [placed, completed, assigned, priced(39800), { type: 'OrderExpired', data: { orderId } }, confirmed],
      'PaymentsInboxOrder-o2': [of('o2'), { type: 'OrderCancelled', data: { orderId: 'o2' } }],
      'PaymentsInboxOrder-o3': [of('o3'), { type: 'OrderPartiallyReserved', data: { orderId: 'o3', request: 1, seats: [] } }],
    });
  });
});
