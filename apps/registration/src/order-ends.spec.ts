import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ada, type Conference, clientOf, codeOf, eventually, type Placed, patient } from './client.fixture.ts';
import { type Component, component, graceSeconds, reservationSeconds } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const client = clientOf(() => service);
const { call, conference, available, ordered, registered, register, choose, confirm, cancel, orderOf, becomes, pay, refundOf } = client;

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const seatsAre = (of: Conference, seats: { readonly [name: string]: number }) =>
  eventually(async () => expect(await available(of)).toEqual(seats));
const paymentSays = (type: 'PaymentRefundRequested' | 'PaymentRefunded', paymentId: string, placed: Placed, amount: number) => {
  const data = { paymentId, orderId: placed.id, amount: eur(amount) };
  return service.say(
    'payments',
    `Payment-${paymentId}`,
    type === 'PaymentRefunded' ? { type, data } : { type, data: { ...data, reason: 'seats-gone' } },
  );
};
const expired = async (of: Conference, quantity: number): Promise<Placed> => {
  const placed = await registered(of, { full: quantity });
  service.forward(reservationSeconds + graceSeconds + 1);
  await becomes(placed, { state: 'expired' });
  return placed;
};

describe('From the reservation’s end on', () => {
  it('nothing can be chosen, confirmed or cancelled, and the seats are still held', async () => {
    const days = await conference({ full: { price: 100, quota: 5 }, free: { price: 0, quota: 5 } });
    const [paid, free] = [await registered(days, { full: 2 }), await registered(days, { free: 2 })];
    service.forward(reservationSeconds);
    for (const refused of [choose(paid, days, { full: 1 }), cancel(paid), confirm(free), cancel(free), choose(free, days, { free: 1 })])
      expect(codeOf(await refused)).toEqual([409, 'order-expired']);
    expect(await available(days)).toEqual({ full: 3, free: 3 });
    await becomes(paid, { state: 'reserved', version: 3 });
    // The registrant may still be corrected: a payment under way needs one.
    expect((await register(paid, ada)).statusCode).toBe(200);
  });

  it('a payment that was under way still confirms the order', async () => {
    const days = await conference({ full: { price: 100, quota: 5 } });
    const placed = await registered(days, { full: 2 });
    service.forward(reservationSeconds + graceSeconds / 2);
    const paymentId = await pay(placed, 'completed', 200);
    await becomes(placed, { state: 'confirmed', paymentState: 'completed', total: eur(200) });
    await seatsAre(days, { full: 3 });
    service.forward(graceSeconds);
    await paymentSays('PaymentRefunded', paymentId, placed, 200);
    await becomes(placed, { state: 'confirmed', paymentState: 'refunded' });
    expect(await available(days)).toEqual({ full: 3 });
  });

  it('and after the grace the order is expired and the seats are given back, once', async () => {
    const days = await conference({ full: { price: 100, quota: 5 } });
    const placed = await expired(days, 2);
    await seatsAre(days, { full: 5 });
    service.forward(3 * reservationSeconds);
    await service.restart();
    const other = await ordered(days, { full: 1 });
    expect(other.order.state).toBe('reserved');
    await seatsAre(days, { full: 4 });
    expect((await orderOf(placed)).state).toBe('expired');
    for (const refused of [choose(placed, days, { full: 1 }), cancel(placed), confirm(placed), register(placed, ada)])
      expect(codeOf(await refused)).toEqual([409, 'order-expired']);
  });

  it('also while the service was away', async () => {
    const days = await conference({ full: { price: 100, quota: 5 } });
    const placed = await registered(days, { full: 2 });
    await service.restart();
    service.forward(reservationSeconds + graceSeconds + 1);
    await becomes(placed, { state: 'expired' });
    await seatsAre(days, { full: 5 });
  });
});

describe('A payment that is accepted after the order has expired', () => {
  it('takes the seats again and confirms the order, when all are to be had', async () => {
    const days = await conference({ full: { price: 100, quota: 5 } });
    const placed = await expired(days, 2);
    await pay(placed, 'completed', 200);
    await becomes(placed, { state: 'confirmed', paymentState: 'completed', total: eur(200) });
    await seatsAre(days, { full: 3 });
    const seats = await call('GET', `/v1/orders/${placed.id}/seats`, { token: placed.token });
    expect(seats.json<object[]>()).toHaveLength(2);
  });

  it('is refunded when they are not, and the order stays expired', async () => {
    const days = await conference({ full: { price: 100, quota: 2 } });
    const placed = await expired(days, 2);
    await seatsAre(days, { full: 2 });
    await ordered(days, { full: 1 });
    const paymentId = await pay(placed, 'completed', 200);
    expect(await refundOf(paymentId)).toEqual({ paymentId, orderId: placed.id, amount: eur(200), reason: 'seats-gone' });
    await paymentSays('PaymentRefundRequested', paymentId, placed, 200);
    await becomes(placed, { state: 'expired', paymentState: 'refund-requested' });
    await paymentSays('PaymentRefunded', paymentId, placed, 200);
    await becomes(placed, { state: 'expired', paymentState: 'refunded' });
    await seatsAre(days, { full: 1 });
  });

  it('counts for all that was chosen, not for the part that was held', async () => {
    const days = await conference({ full: { price: 100, quota: 3 } });
    const first = await ordered(days, { full: 2 });
    const part = await registered(days, { full: 3 });
    expect(part.order).toMatchObject({ state: 'partially-reserved', total: eur(100) });
    service.forward(reservationSeconds + graceSeconds + 1);
    await becomes(part, { state: 'expired' });
    await becomes(first, { state: 'expired' });
    await seatsAre(days, { full: 3 });
    await pay(part, 'completed', 300);
    await becomes(part, { state: 'confirmed', total: eur(300), isFreeOfCharge: false });
    expect((await orderOf(part)).items).toMatchObject([{ requested: 3, reserved: 3, lineTotal: eur(300) }]);
    await seatsAre(days, { full: 0 });
  });
});

describe('A payment that does not fit its order', () => {
  it('is refunded when the order was cancelled', async () => {
    const days = await conference({ full: { price: 100, quota: 2 } });
    const placed = await registered(days, { full: 2 });
    expect((await cancel(placed)).statusCode).toBe(200);
    const paymentId = await pay(placed, 'completed', 200);
    expect(await refundOf(paymentId)).toMatchObject({ amount: eur(200), reason: 'order-cancelled' });
    await becomes(placed, { state: 'cancelled' });
    await seatsAre(days, { full: 2 });
  });

  it('is refunded when another one has confirmed the order, whose state stays the payment state', async () => {
    const days = await conference({ full: { price: 100, quota: 2 } });
    const placed = await registered(days, { full: 2 });
    await pay(placed, 'completed', 200);
    await becomes(placed, { state: 'confirmed', paymentState: 'completed' });
    const second = await pay(placed, 'completed', 200);
    expect(await refundOf(second)).toMatchObject({ paymentId: second, reason: 'order-confirmed' });
    await paymentSays('PaymentRefunded', second, placed, 200);
    const third = await pay(placed, 'initiated', 200);
    expect(third).not.toBe(second);
    expect(await orderOf(placed)).toMatchObject({ state: 'confirmed', paymentState: 'completed' });
  });

  it('is refunded when its amount is no longer the total, and the order stays reserved and payable', async () => {
    const days = await conference({ full: { price: 100, quota: 5 } });
    const placed = await registered(days, { full: 2 });
    expect((await choose(placed, days, { full: 3 })).statusCode).toBe(200);
    await becomes(placed, { state: 'reserved', total: eur(300) });
    const outdated = await pay(placed, 'completed', 200);
    expect(await refundOf(outdated)).toMatchObject({ amount: eur(200), reason: 'amount-mismatch' });
    expect(await orderOf(placed)).toMatchObject({ state: 'reserved', total: eur(300) });
    await pay(placed, 'completed', 300);
    await becomes(placed, { state: 'confirmed', paymentState: 'completed' });
    await seatsAre(days, { full: 2 });
  });

  it('that was rejected leaves the reservation as it is; another one may follow', async () => {
    const days = await conference({ full: { price: 100, quota: 5 } });
    const placed = await registered(days, { full: 1 });
    await pay(placed, 'rejected', 100);
    await becomes(placed, { state: 'reserved', paymentState: 'rejected' });
    await pay(placed, 'initiated', 100);
    await becomes(placed, { state: 'reserved', paymentState: 'initiated' });
    await pay(placed, 'completed', 100);
    await becomes(placed, { state: 'confirmed', paymentState: 'completed' });
  });
});
