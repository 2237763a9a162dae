import type { Instant } from '@conference/kernel';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Order } from './order.state.ts';
import { type OrderCommand, order } from './order.ts';

const orderId = 'o1';
const conferenceId = 'c1';
const minute = fc.integer({ min: 10, max: 40 }).map((minutes) => `2027-05-02T10:${minutes}:00.000Z` as Instant);
const line = fc.record({
  seatTypeId: fc.constantFrom('gala', 'talk'),
  name: fc.constant('Seat'),
  unitPrice: fc.constantFrom(0, 0, 100),
  quantity: fc.integer({ min: -1, max: 2 }),
});
const lines = fc.uniqueArray(line, { maxLength: 2, selector: ({ seatTypeId }) => seatTypeId });
const seats = fc.array(fc.record({ seatTypeId: fc.constantFrom('gala', 'talk'), quantity: fc.nat(2) }), { maxLength: 2 });
const currency = fc.constantFrom('USD', 'USD', 'USD', 'EUR');
const placement = {
  accessCode: 'CODE',
  reservationExpiresAt: '2027-05-02T10:25:00.000Z' as Instant,
  releaseAt: '2027-05-02T10:39:00.000Z' as Instant,
};
const payment = fc.record({
  paymentId: fc.constantFrom('p1', 'p2'),
  amount: fc.record({ amount: fc.constantFrom(0, 100, 200, 300, 400), currency }),
});
const registrant = fc.record({
  firstName: fc.constantFrom('Ann', 'Bob'),
  lastName: fc.constant('Lee'),
  email: fc.constant('a@example.org'),
});

const choosing = fc.record({ orderId: fc.constant(orderId), conferenceId: fc.constant(conferenceId), items: lines, currency, now: minute });
const confirming = fc.record(
  { orderId: fc.constant(orderId), now: minute, payment, late: fc.boolean() },
  { requiredKeys: ['orderId', 'now'] },
);
const command: fc.Arbitrary<OrderCommand> = fc.oneof(
  choosing.map((data) => ({ type: 'RegisterToConference', data: { ...data, placement } }) as const),
  choosing.map((data) => ({ type: 'RegisterToConference', data }) as const),
  fc
    .record({ request: fc.integer({ min: 1, max: 4 }), seats })
    .map((data) => ({ type: 'MarkSeatsAsReserved', data: { orderId, ...data } }) as const),
  fc.record({ registrant, now: minute }).map((data) => ({ type: 'AssignRegistrantDetails', data: { orderId, ...data } }) as const),
  confirming.map((data) => ({ type: 'ConfirmOrder', data }) as const),
  minute.map((firedAt) => ({ type: 'RejectOrder', data: { orderId, dueAt: placement.releaseAt, firedAt } }) as const),
  minute.map((now) => ({ type: 'CancelOrder', data: { orderId, now } }) as const),
);

const invariant = (state: Order): void => {
  if (state.state === 'not-placed') return;
  const { items, total, isFreeOfCharge } = state;
  expect(items.length).toBeGreaterThan(0);
  for (const { requested, reserved } of items) {
    expect(requested).toBeGreaterThan(0);
    expect(reserved).toBeGreaterThanOrEqual(0);
  }
  if (isFreeOfCharge) expect(total.amount).toBe(0);
  if (state.state === 'reserved' || state.state === 'confirmed') {
    expect(items.every(({ requested, reserved }) => reserved === requested)).toBe(true);
    expect(total.amount).toBe(items.reduce((sum, { unitPrice, reserved }) => sum + unitPrice * reserved, 0));
  }
  if (state.state === 'confirmed') {
    expect(state.registrant).not.toBeNull();
    expect(state.paymentId !== null || isFreeOfCharge).toBe(true);
  }
};

it('obeys the laws of a decider, and is never confirmed without its seats, its registrant and its money', () =>
  laws(order, { command, invariant, numRuns: 300 }));
