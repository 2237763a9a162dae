import type { Instant } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { mayBecomePayable, refusalOf } from './payability.ts';
import type { PayableOrderDocument } from './read-models/payable-orders.ts';

const end = '2027-03-01T09:15:00.000Z' as Instant;
const before = '2027-03-01T09:14:59.999Z' as Instant;
const order: PayableOrderDocument = {
  orderId: 'o1',
  conferenceId: 'c1',
  state: 'reserved',
  total: { amount: 39800, currency: 'EUR' },
  hasRegistrant: true,
  reservationExpiresAt: end,
};
const notPayable = { code: 'order-not-payable', isKnown: true };
const free = { ...order, total: { amount: 0, currency: 'EUR' } };
const nameless = { ...order, hasRegistrant: false };
const inState = (state: PayableOrderDocument['state']) => ({ ...order, state });

describe('Whether an order can be paid', () => {
  it('can be, reserved and with a registrant, until the reservation ends', () => expect(refusalOf(order, before)).toBeUndefined());
  it('has expired from the very end on', () => expect(refusalOf(order, end)).toEqual({ code: 'order-expired' }));
  it('has expired also when that has been told', () => expect(refusalOf(inState('expired'), end)).toEqual({ code: 'order-expired' }));
  it.each([
    ['without a registrant', nameless],
    ['with nothing to pay', free],
    ['before it is reserved', inState('pending-reservation')],
    ['when less is held than was chosen', inState('partially-reserved')],
    ['when it is confirmed', inState('confirmed')],
    ['when it is cancelled', inState('cancelled')],
  ])('cannot be %s', (_, other) => expect(refusalOf(other, before)).toEqual(notPayable));
  it.each(['confirmed', 'cancelled'] as const)('is not said to have expired once it is %s', (state) =>
    expect(refusalOf(inState(state), end)).toEqual(notPayable),
  );
  it('cannot be while it is not known, which may change', () =>
    expect(refusalOf(undefined, before)).toEqual({ code: 'order-not-payable', isKnown: false }));
});

describe('Whether it is worth waiting for', () => {
  it.each([
    ['not known', undefined],
    ['not reserved yet', inState('pending-reservation')],
    ['reserved, without a registrant', nameless],
  ])('is, while it is %s', (_, other) => expect(mayBecomePayable(other, before)).toBe(true));
  it.each([
    ['payable', order],
    ['free', free],
    ['confirmed', inState('confirmed')],
    ['partially reserved', inState('partially-reserved')],
  ])('is not when it is %s', (_, other) => expect(mayBecomePayable(other, before)).toBe(false));
  it('is not after the end', () => expect(mayBecomePayable(nameless, end)).toBe(false));
});
