import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conference, clientOf, codeOf, eventually, patient, seen } from './client.fixture.ts';
import { type Component, component, operatorToken } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ full: { price: 19900, quota: 10 }, free: { price: 0, quota: 3 } });
});
afterAll(() => service.close());
const { call, conference, ordered, register, registered, confirm, cancel, pay } = clientOf(() => service);

describe('The service itself', () => {
  it('documents every route that it has', async () => {
    const { paths } = (await call('GET', '/openapi.json')).json<{ paths: { [path: string]: object } }>();
    const documented = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(documented.toSorted()).toEqual(
      [
        'get /v1/conferences',
        'get /v1/conferences/{slug}',
        'get /v1/conferences/{slug}/seat-types',
        'post /v1/orders',
        'get /v1/orders/{id}',
        'put /v1/orders/{id}/items',
        'put /v1/orders/{id}/registrant',
        'post /v1/orders/{id}/confirmation',
        'post /v1/orders/{id}/cancellation',
        'post /v1/order-sessions',
        'get /v1/orders/{id}/history',
        'get /v1/orders/{id}/seats',
        'put /v1/orders/{id}/seats/{position}',
        'delete /v1/orders/{id}/seats/{position}',
        'get /ops/projections',
        'post /ops/projections/{name}/rebuild',
        'get /ops/parked-messages',
        'post /ops/parked-messages/{id}/retry',
        'post /ops/parked-messages/{id}/skip',
        'post /ops/publisher/republish',
        'get /ops/processes',
      ].toSorted(),
    );
  });

  it('has a page to read about them', async () => {
    const page = await call('GET', '/docs');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
    for (const code of ['conference-not-open', 'order-id-taken', 'too-many-open-orders']) expect(page.body).toContain(`problem-${code}`);
  });

  it('is live and ready, and counts its answers', async () => {
    expect((await call('GET', '/health/live')).statusCode).toBe(200);
    const ready = await call('GET', '/health/ready');
    expect([ready.statusCode, ready.json()]).toMatchObject([200, { status: 'ready' }]);
    await call('GET', `/v1/conferences/${days.slug}`);
    const metrics = await call('GET', '/metrics');
    expect([metrics.statusCode, metrics.body]).toEqual([200, expect.stringContaining('/v1/conferences/:slug')]);
  });

  it('does not answer a wrong path or method as if it were right', async () => {
    expect(codeOf(await call('GET', '/v1/nothing'))).toEqual([404, 'not-found']);
    const wrong = await call('DELETE', '/v1/orders');
    expect([...codeOf(wrong), wrong.headers['allow']]).toEqual([405, 'method-not-allowed', expect.stringContaining('POST')]);
  });
});

describe('What the operator sees', () => {
  it('is where each projection is', async () => {
    const answer = await call('GET', '/ops/projections', { token: operatorToken });
    const names = answer.json<{ items: { name: string }[] }>().items.map(({ name }) => name);
    expect(names.toSorted()).toEqual(['conferences', 'deadlines-registration', 'order-seats', 'orders', 'parked-messages', 'processes']);
  });

  it('is that every projection has seen a write, with the Consistency-Token of it', async () => {
    const answer = await register(await ordered(days, { full: 1 }));
    const [token = ''] = [answer.headers['consistency-token']].flat().map(String);
    const written = JSON.parse(Buffer.from(token, 'base64url').toString())[2];
    const shown = await call('GET', '/ops/projections', { token: operatorToken, headers: seen(answer) });
    const { items } = shown.json<{ items: { position: string }[] }>();
    expect(items.every(({ position }) => position >= written)).toBe(true);
  });

  it('is nothing parked, and that there is nothing to retry', async () => {
    expect((await call('GET', '/ops/parked-messages', { token: operatorToken })).json()).toEqual({ items: [], next: null });
    const retry = await call('POST', `/ops/parked-messages/${days.id}/retry`, { token: operatorToken });
    expect(codeOf(retry)).toEqual([404, 'not-found']);
  });

  it('is where the process of each order stands, what it waits for and until when', async () => {
    type Process = { readonly orderId: string; readonly state: string; readonly deadline: object | null; readonly waitsFor: string | null };
    const processes = async (query = ''): Promise<readonly Process[]> =>
      (await call('GET', `/ops/processes${query}`, { token: operatorToken })).json<{ items: Process[] }>().items;
    const open = await ordered(days, { full: 1 });
    const given = await ordered(days, { full: 1 });
    expect((await cancel(given)).statusCode).toBe(200);
    const free = await registered(days, { free: 1 });
    expect((await confirm(free)).statusCode).toBe(200);
    await eventually(async () => {
      const found = new Map((await processes()).map((process) => [process.orderId, process]));
      expect(found.get(open.id)).toEqual({
        orderId: open.id,
        state: 'reservation-received',
        deadline: { name: 'release', dueAt: new Date(Date.parse(open.order.reservationExpiresAt) + 840_000).toISOString() },
        waitsFor: 'payment',
      });
      expect(found.get(given.id)).toEqual({ orderId: given.id, state: 'cancelled', deadline: null, waitsFor: null });
      expect(found.get(free.id)).toEqual({ orderId: free.id, state: 'confirmed', deadline: null, waitsFor: null });
    });
    expect((await processes('?state=cancelled')).map(({ orderId }) => orderId)).toEqual([given.id]);
    expect(await processes('?state=reserving-again')).toEqual([]);
    expect(await processes('?limit=1')).toHaveLength(1);
    expect(codeOf(await call('GET', '/ops/processes?state=lost', { token: operatorToken }))).toEqual([400, 'invalid-request']);
  });

  it('is a payment for an order that nobody has heard of, held until it is given back', async () => {
    const placed = await ordered(days, { full: 1 });
    const unknown = { ...placed, id: days.id };
    await pay(unknown, 'completed', 100);
    await eventually(async () => {
      const answer = await call('GET', '/ops/processes?state=not-started', { token: operatorToken });
      expect(answer.json()).toMatchObject({
        items: [{ orderId: unknown.id, waitsFor: 'order', deadline: { name: 'unknown-order' } }],
        next: null,
      });
    });
  });

  it('can be built anew, and is then what it was', async () => {
    const placed = await ordered(days, { full: 1 });
    const before = (await call('GET', `/v1/orders/${placed.id}`, { token: placed.token })).json();
    const rebuild = await call('POST', '/ops/projections/orders/rebuild', { token: operatorToken });
    expect([rebuild.statusCode, rebuild.json()]).toEqual([202, { status: 'started' }]);
    await eventually(async () => {
      const answer = await call('GET', `/v1/orders/${placed.id}`, { token: placed.token });
      expect([answer.statusCode, answer.json()]).toEqual([200, before]);
    });
    expect(codeOf(await call('POST', '/ops/projections/nothing/rebuild', { token: operatorToken }))).toEqual([404, 'not-found']);
  });

  it('can be published once more, with the same ids', async () => {
    const placed = await ordered(days, { full: 1 });
    const subject = `Order-${placed.id}`;
    const first = await service.heard(subject, 3);
    const again = await call('POST', '/ops/publisher/republish', { token: operatorToken, body: { subject } });
    expect(again.statusCode).toBe(202);
    // The same listener, which goes on from where it was.
    expect(await service.heard(subject, 3)).toEqual(first);
  });
});

describe('What leaves the service', () => {
  it('has no access code in it, and personal data only where it is meant to be', async () => {
    const placed = await registered(days, { free: 1 });
    expect((await confirm(placed)).statusCode).toBe(200);
    const messages = await service.heard(`Order-${placed.id}`, 5);
    expect(messages.map(({ type }) => type)).toEqual([
      'OrderPlaced',
      'OrderTotalsCalculated',
      'OrderReservationCompleted',
      'OrderRegistrantAssigned',
      'OrderConfirmed',
    ]);
    expect(messages.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4]);
    for (const message of messages) {
      const text = JSON.stringify(message);
      expect(text).not.toContain(placed.accessCode);
      if (message.type !== 'OrderRegistrantAssigned') expect(text).not.toMatch(/Grace|Hopper/);
    }
  });
});
