/** What happens when nobody pays in time: over HTTP against three running services whose reservations are short. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  confirmedOrRefunded,
  decidePayment,
  eventually,
  type Held,
  type OpenConference,
  placeOrder,
  RequestRefused,
  readEvents,
  startPayment,
} from '@conference/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from './system.fixture.ts';

const waitMs = 20_000;
const reservationSeconds = 3;
const graceSeconds = 2;
const ada = { firstName: 'Ada', lastName: 'Berg', email: 'ada@example.com' };

let running: StartedSystem;
beforeAll(async () => {
  const env = { RESERVATION_SECONDS: String(reservationSeconds), EXPIRY_GRACE_SECONDS: String(graceSeconds) };
  running = await startSystem({ env, waitMs, limits: { withinMs: waitMs } });
});
afterAll(() => running?.stop());

const open = (quota: number): Promise<OpenConference> => running.open([{ name: 'Talks', price: 10_000, quota }]);
const place = async (conference: OpenConference, quantity: number) => {
  const placed = await placeOrder(running.at(conference), [{ seatTypeId: conference.seatTypes[0]?.id ?? '', quantity }]);
  return { ...placed, order: await running.system.registrant.giveDetails(placed.held, ada) };
};
const expired = (held: Held) =>
  eventually(
    'expiry',
    () => running.system.registrant.order(held),
    ({ state }) => state === 'expired',
    { withinMs: waitMs },
  );
const available = (conference: OpenConference, count: number) =>
  eventually(
    `${count} seats available`,
    () => running.system.registrant.seatTypes(conference.slug),
    ([seatType]) => seatType?.available === count,
    { withinMs: waitMs },
  );
const givenBack = (orderId: string): number =>
  readEvents(running.services.dataDir).registration.filter(
    ({ type, data }) => type === 'SeatsReservationCancelled' && data['reservationId'] === orderId,
  ).length;

describe('an order that is not paid', () => {
  it('expires after the reservation and its grace, and its seats come back once', async () => {
    const conference = await open(5);
    const { held, order } = await place(conference, 3);
    await available(conference, 2);
    await expired(held);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(order.reservationExpiresAt) + graceSeconds * 1000);
    await available(conference, 5);
    expect(givenBack(held.id)).toBe(1);
  });

  it('can no longer be changed, cancelled or paid from the end of the reservation on, though its seats are still held', async () => {
    const conference = await open(5);
    const { held, order } = await place(conference, 2);
    await sleep(Math.max(0, Date.parse(order.reservationExpiresAt) - Date.now()) + 50);
    const refusals = await Promise.all(
      [
        () => running.system.registrant.chooseAgain(held, [{ seatTypeId: conference.seatTypes[0]?.id ?? '', quantity: 1 }]),
        () => running.system.registrant.cancel(held),
        () => running.system.payer.initiate(held),
      ].map((command) =>
        command().then(
          () => 'accepted',
          (error: unknown) => (error instanceof RequestRefused ? error.code : String(error)),
        ),
      ),
    );
    expect(refusals).toEqual(['order-expired', 'order-expired', 'order-expired']);
    await expired(held);
  });

  it('expires once the services run again when they were down at that moment, and its seats come back once', async () => {
    const conference = await open(5);
    const { held, order } = await place(conference, 4);
    const { services } = running;
    await Promise.all(services.running().map((service) => services.kill(service, 'SIGKILL')));
    await sleep(Math.max(0, Date.parse(order.reservationExpiresAt) + graceSeconds * 1000 - Date.now()) + 200);
    await Promise.all((['conference-management', 'registration', 'payments'] as const).map((service) => services.restart(service)));
    await expired(held);
    await available(conference, 5);
    expect(givenBack(held.id)).toBe(1);
    await services.kill('registration', 'SIGKILL');
    await services.restart('registration');
    await available(conference, 5);
    expect(givenBack(held.id)).toBe(1);
  });
});

describe('a payment that comes late', () => {
  it('within the grace confirms the order', async () => {
    const conference = await open(5);
    const { held, order } = await place(conference, 1);
    const payment = await startPayment(running.at(conference), held);
    await sleep(Math.max(0, Date.parse(order.reservationExpiresAt) - Date.now()) + 50);
    await decidePayment(running, held, payment.id, 'accepted');
    expect(await confirmedOrRefunded(running.at(conference), held)).toMatchObject({ state: 'confirmed', paymentState: 'completed' });
  });

  it('after the order has expired confirms it when its seats are still to be had', async () => {
    const conference = await open(5);
    const { held } = await place(conference, 3);
    const payment = await startPayment(running.at(conference), held);
    await expired(held);
    await available(conference, 5);
    await decidePayment(running, held, payment.id, 'accepted');
    expect(await confirmedOrRefunded(running.at(conference), held)).toMatchObject({ state: 'confirmed', paymentState: 'completed' });
    await available(conference, 2);
  });

  it('is given back when somebody else has the seats', async () => {
    const conference = await open(5);
    const { held } = await place(conference, 3);
    const payment = await startPayment(running.at(conference), held);
    await expired(held);
    await available(conference, 5);
    const other = await place(conference, 4);
    const otherPayment = await startPayment(running.at(conference), other.held);
    await decidePayment(running, other.held, otherPayment.id, 'accepted');
    expect((await confirmedOrRefunded(running.at(conference), other.held)).state).toBe('confirmed');
    await decidePayment(running, held, payment.id, 'accepted');
    await eventually(
      'refund',
      () => running.system.payer.payment(payment),
      ({ state }) => state === 'refunded',
      { withinMs: waitMs },
    );
    expect((await running.system.registrant.order(held)).state).toBe('expired');
    await available(conference, 1);
  });
});

describe('in the end', () => {
  it('everything adds up', async () => {
    await running.expectEverythingAddsUp({ withinMs: waitMs });
  });
});
