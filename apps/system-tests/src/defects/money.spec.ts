/** Defects of the original by which a registrant paid for nothing. Each is played with the three services, and everything has to add up afterwards. */
import { type Instant, streamName } from '@conference/kernel';
import { memoryEventStore } from '@conference/testing-memory';
import { expect, test } from 'vitest';
import { graceSeconds, never, pricePerSeat, reservationSeconds, type Scene, scene } from './scene.fixture.ts';

const overdueMs = (reservationSeconds + graceSeconds + 5) * 1_000;

const inputs = ({ stream, registration }: Scene, orderId: string) =>
  stream(registration, 'Registration', orderId).map(({ data }) => data as { input: { message: { type: string } }; commands: unknown[] });

test('W-3: a payment that was completed confirms its order, also when payments dies before it has told anybody', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, payments, registration, types } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 1 }]);
    const paymentId = await at.startPayment(orderId);
    let hasDied = false;
    at.onAppend(async ({ events }, proceed) => {
      const result = await proceed();
      if (hasDied || events[0]?.type !== 'PaymentCompleted') return result;
      hasDied = true;
      payments.service.crash();
      return never();
    });
    while (types(registration, 'RegistrationInboxPayment', paymentId).length === 0) await at.pause(1);
    await at.accept(paymentId);
    while (!hasDied) await at.pause(1);
    expect(types(payments, 'Payment', paymentId)).toEqual(['PaymentInitiated', 'PaymentCompleted']);
    expect(types(registration, 'RegistrationInboxPayment', paymentId)).toEqual(['PaymentInitiated']);
    expect((await at.orderBecomes(orderId, 'confirmed')).confirmedBy).toBe(paymentId);
  }));

test('W-4: a payment that comes after the order has expired takes its seats again and confirms it', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    const paymentId = await at.startPayment(orderId);
    await at.orderBecomes(orderId, 'expired');
    await at.availableBecomes(seatTypeId, 10);
    await at.accept(paymentId);
    expect(await at.orderBecomes(orderId, 'confirmed')).toMatchObject({ confirmedBy: paymentId, total: { amount: 4 * pricePerSeat } });
    expect(await at.available(seatTypeId)).toBe(6);
  }));

test('W-4: and the money is given back when somebody else has the seats by then', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    const paymentId = await at.startPayment(orderId);
    await at.orderBecomes(orderId, 'expired');
    await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 8 }]);
    await at.accept(paymentId);
    await at.paymentBecomes(paymentId, 'refunded');
    expect((await at.order(orderId)).state).toBe('expired');
    expect(await at.available(seatTypeId)).toBe(2);
  }));

test('W-5: the release that comes due while a paid order is being confirmed takes nothing from it', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration, types } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 2 }]);
    const { releaseAt } = await at.order(orderId);
    const paymentId = await at.startPayment(orderId);
    at.onAppend(async ({ events }, proceed) => {
      while (events[0]?.type === 'OrderConfirmed' && at.sim.timer.now() < releaseAt) await at.pause(100);
      if (events[0]?.type === 'OrderConfirmed') await at.pause(3_000);
      return proceed();
    });
    await at.pause(Date.parse(releaseAt) - Date.parse(at.sim.timer.now()) - 2_000);
    await at.accept(paymentId);
    await at.orderBecomes(orderId, 'confirmed');
    await at.pause(overdueMs);
    const handled = inputs(at, orderId).map(({ input, commands }) => [input.message.type, commands.length]);
    expect(handled.slice(handled.findIndex(([type]) => type === 'PaymentCompleted'))).toEqual([
      ['PaymentCompleted', 1],
      ['DeadlineReached', 0],
      ['OrderConfirmed', 2],
    ]);
    expect(types(registration, 'Order', orderId)).not.toContain('OrderExpired');
    expect(await at.available(seatTypeId)).toBe(8);
  }));

test('W-7: a payment for an order that nobody has heard of is held, shown, and given back when the order never comes', () =>
  scene({ addsUp: false }, async (at) => {
    const { registration, sim, types, stream } = at;
    const [orderId, paymentId] = [sim.ids.next(), sim.ids.next()];
    const amount = { amount: pricePerSeat, currency: 'USD' };
    const metadata = { commandId: paymentId, correlationId: paymentId, causationId: paymentId, actor: 'payments' };
    const event = { eventId: sim.ids.next(), type: 'PaymentCompleted', schemaVersion: 1, data: { paymentId, orderId, amount } };
    await memoryEventStore({ clock: sim.timer, disk: registration.events }).append(
      streamName('RegistrationInboxPayment', paymentId),
      'no-stream',
      [{ ...event, metadata: { ...metadata, occurredAt: sim.timer.now() as Instant } }],
    );
    const waiting = await at.until(registration, 'the process', async ({ queries }) =>
      (await queries.processes({ state: 'not-started', limit: 10 })).items.find((process) => process.orderId === orderId),
    );
    expect(Object.keys(waiting.deadlines)).toEqual(['unknown-order']);
    expect(types(registration, 'Refund', paymentId)).toEqual([]);
    await at.pause(60 * 60_000 + 5_000);
    expect(types(registration, 'Refund', paymentId)).toEqual(['RefundRequested']);
    expect(stream(registration, 'Refund', paymentId)[0]?.data).toMatchObject({ paymentId, orderId, amount, reason: 'unknown-order' });
  }));

test('W-20: a payment of another amount than the order costs confirms nothing and is given back', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 1 }]);
    const paymentId = await at.startPayment(orderId);
    await at.chooseAgain(orderId, [{ seatTypeId, quantity: 2 }]);
    await at.orderBecomes(orderId, 'reserved');
    await at.accept(paymentId);
    expect(await at.paymentBecomes(paymentId, 'refunded')).toMatchObject({ amount: { amount: pricePerSeat } });
    expect(await at.order(orderId)).toMatchObject({ state: 'reserved', confirmedBy: null, total: { amount: 2 * pricePerSeat } });
    const right = await at.startPayment(orderId);
    await at.accept(right);
    expect((await at.orderBecomes(orderId, 'confirmed')).confirmedBy).toBe(right);
  }));
