import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOf } from './client.fixture.ts';
import { type Component, component, idOf } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, created } = clientOf(() => service);

describe('What was sold', () => {
  const at = '2027-03-01T09:00:00.000Z';
  const placed = (conferenceId: string, orderId: string, seatTypeId: string, placedAt = at) => ({
    type: 'OrderPlaced',
    data: {
      orderId,
      conferenceId,
      request: 1,
      items: [{ seatTypeId, name: 'Full pass', unitPrice: 19900, quantity: 1 }],
      currency: 'EUR',
      placedAt,
      reservationExpiresAt: '2027-03-01T09:15:00.000Z',
      releaseAt: '2027-03-01T09:29:00.000Z',
    },
  });
  const grace = { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' };

  it('lists orders by the time of placing, in pages; expired ones go until they are confirmed after all', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/orders`;
    const [one, two, three] = [idOf(`${id}/1`), idOf(`${id}/2`), idOf(`${id}/3`)];
    const seatTypeId = idOf('seat type');
    await service.say('orders', `Order-${two}`, placed(id, two, seatTypeId, '2027-03-01T09:02:00.000Z'), {
      type: 'OrderCancelled',
      data: { orderId: two },
    });
    await service.say('orders', `Order-${one}`, placed(id, one, seatTypeId, '2027-03-01T09:01:00.000Z'), {
      type: 'OrderRegistrantAssigned',
      data: { orderId: one, registrant: grace },
    });
    await service.say('orders', `Order-${three}`, placed(id, three, seatTypeId), { type: 'OrderExpired', data: { orderId: three } });
    const order = { total: { amount: 19900, currency: 'EUR' }, paymentState: 'none' };
    const listed = [
      { ...order, id: one, state: 'pending-reservation', registrant: grace, placedAt: '2027-03-01T09:01:00.000Z' },
      { ...order, id: two, state: 'cancelled', registrant: null, placedAt: '2027-03-01T09:02:00.000Z' },
    ];
    await vi.waitFor(async () => expect((await call('GET', url, { token })).json()).toEqual({ items: listed, next: null }), 5_000);
    const page = (await call('GET', `${url}?limit=1`, { token })).json<{ items: object[]; next: string }>();
    expect(page.items).toEqual(listed.slice(0, 1));
    expect((await call('GET', `${url}?limit=1&after=${page.next}`, { token })).json()).toEqual({ items: listed.slice(1), next: null });

    const paymentId = idOf('payment');
    await service.say('payments', `Payment-${paymentId}`, {
      type: 'PaymentInitiated',
      data: { paymentId, orderId: three, amount: order.total, conferenceId: id, description: 'Order' },
    });
    const confirmed = { orderId: three, conferenceId: id, seats: [], total: order.total, paymentId, late: true };
    await service.say('orders', `Order-${three}`, { type: 'OrderConfirmed', data: confirmed });
    await vi.waitFor(
      async () =>
        expect((await call('GET', url, { token })).json<{ items: object[] }>().items[0]).toEqual({
          ...order,
          id: three,
          state: 'confirmed',
          registrant: null,
          placedAt: at,
          paymentState: 'initiated',
        }),
      5_000,
    );
  });

  it('lists who comes, by order and position, and absorbs what comes twice', async () => {
    const { id, token } = await created();
    const url = `/v1/conferences/${id}/attendees`;
    const orderId = idOf(`${id}/attended`);
    const seatTypeId = idOf('seat type');
    const seats = Array.from({ length: 12 }, (_, position) => ({ position, seatTypeId, seatTypeName: 'Full pass' }));
    const assigned = (position: number) => ({
      type: 'SeatAssigned',
      data: { orderId, position, attendee: { ...grace, firstName: `Grace ${position}` } },
    });
    await service.say(
      'orders',
      `SeatAssignments-${orderId}`,
      { type: 'SeatAssignmentsCreated', data: { orderId, conferenceId: id, seats } },
      assigned(11),
      assigned(2),
      assigned(0),
      { type: 'SeatUnassigned', data: { orderId, position: 0 } },
    );
    const attendee = (position: number) => ({
      orderId,
      position,
      seatTypeId,
      seatTypeName: 'Full pass',
      ...grace,
      firstName: `Grace ${position}`,
    });
    await vi.waitFor(
      async () => expect((await call('GET', url, { token })).json()).toEqual({ items: [attendee(2), attendee(11)], next: null }),
      5_000,
    );
    const page = (await call('GET', `${url}?limit=1`, { token })).json<{ items: object[]; next: string }>();
    expect((await call('GET', `${url}?limit=1&after=${page.next}`, { token })).json()).toEqual({ items: [attendee(11)], next: null });
  });
});
