import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conference, clientOf, codeOf, grace, type Method, type Placed, patient } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
let mine: Placed;
let foreign: Placed;
beforeAll(async () => {
  service = await component();
  days = await conference({ free: { price: 0, quota: 500 } });
  mine = await registered(days, { free: 1 });
  foreign = await ordered(days, { free: 1 });
  expect((await confirm(mine)).statusCode).toBe(200);
});
afterAll(() => service.close());
const { call, key, tokenOf, conference, ordered, registered, confirm, orderOf } = clientOf(() => service);

type Route = { readonly method: Method; readonly path: string; readonly body?: object };
const items = () => ({ items: [{ seatTypeId: days.seatTypes['free'], quantity: 2 }] });
const routes: readonly (Omit<Route, 'body'> & { readonly bodyOf?: () => object })[] = [
  { method: 'GET', path: '' },
  { method: 'GET', path: '?at=2999-01-01T00:00:00Z' },
  { method: 'GET', path: '/history' },
  { method: 'PUT', path: '/items', bodyOf: items },
  { method: 'PUT', path: '/registrant', bodyOf: () => grace },
  { method: 'POST', path: '/confirmation' },
  { method: 'POST', path: '/cancellation' },
  { method: 'GET', path: '/seats' },
  { method: 'PUT', path: '/seats/0', bodyOf: () => grace },
  { method: 'DELETE', path: '/seats/0' },
];
const send = (route: (typeof routes)[number], orderId: string, token?: string) =>
  call(route.method, `/v1/orders/${orderId}${route.path}`, {
    headers: route.method === 'GET' ? {} : key(),
    ...(token === undefined ? {} : { token }),
    ...(route.bodyOf === undefined ? {} : { body: route.bodyOf() }),
  });
const withoutTrace = (body: string): string => body.replace(/"traceId":"[^"]*"/, '');

const ops: readonly Route[] = [
  { method: 'GET', path: '/ops/projections' },
  { method: 'POST', path: '/ops/projections/orders/rebuild' },
  { method: 'GET', path: '/ops/parked-messages' },
  { method: 'POST', path: `/ops/parked-messages/${idOf('any')}/retry` },
  { method: 'POST', path: `/ops/parked-messages/${idOf('any')}/skip`, body: { reason: 'none' } },
  { method: 'POST', path: '/ops/publisher/republish', body: { from: '' } },
  { method: 'GET', path: '/ops/processes' },
];

describe('A registrant’s token', () => {
  it('covers its own order, whatever the case of the id', async () => {
    expect((await call('GET', `/v1/orders/${mine.id.toUpperCase()}`, { token: mine.token })).statusCode).toBe(200);
    expect((await call('PUT', `/v1/orders/${mine.id.toUpperCase()}/seats/0`, { token: mine.token, body: grace })).statusCode).toBe(200);
  });

  it.each(routes)('does not reach another order by $method $path, and does not tell whether it exists', async (route) => {
    const before = await orderOf(foreign);
    const tokens = [
      mine.token,
      tokenOf('registrant', idOf('nobody')),
      tokenOf('organiser', days.id),
      tokenOf('organiser', foreign.id),
      operatorToken,
    ];
    for (const token of tokens) {
      const existing = await send(route, foreign.id, token);
      const missing = await send(route, idOf('no such order'), token);
      expect(codeOf(existing)).toEqual([404, 'not-found']);
      expect(withoutTrace(missing.body)).toBe(withoutTrace(existing.body));
    }
    expect(await orderOf(foreign)).toEqual(before);
  });

  it.each(routes)('that is missing, malformed, tampered with or expired is no token: $method $path', async (route) => {
    const [header = '', payload = '', signature = ''] = foreign.token.split('.');
    const claims = Buffer.from(payload, 'base64url').toString().replace(foreign.id, mine.id);
    const tampered = [
      `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`,
      `${header}.${payload}.${signature.split('').reverse().join('')}`,
      `${Buffer.from('{"alg":"none","typ":"conference+jwt"}').toString('base64url')}.${payload}.`,
      `${header}.${payload}`,
    ];
    for (const token of [undefined, '', 'nonsense', ...tampered, tokenOf('registrant', mine.id, -31)])
      for (const orderId of [mine.id, idOf('no such order')]) {
        const answer = await send(route, orderId, token);
        expect([...codeOf(answer), answer.headers['www-authenticate']], token).toEqual([401, 'unauthenticated', 'Bearer']);
      }
  });

  it.each(routes)('of an order that there is not finds nothing by $method $path', async (route) => {
    const id = idOf('never placed');
    const answer = await send(route, id, tokenOf('registrant', id));
    expect([answer.statusCode < 500, answer.statusCode >= 400], answer.body).toEqual([true, true]);
    if (!route.path.startsWith('/seats/')) expect(codeOf(answer)).toEqual([404, 'not-found']);
  });

  it.each(['not-an-id', `${idOf('x')}0`, '..%2f..', '%00', "'; DROP TABLE events;--", 'x'.repeat(300)])(
    'finds no order called %s',
    async (id) => {
      for (const token of [mine.token, tokenOf('registrant', id)]) {
        const answer = await call('GET', `/v1/orders/${encodeURIComponent(id)}`, { token });
        expect(codeOf(answer)).toEqual([404, 'not-found']);
      }
    },
  );
});

describe('The operator’s routes', () => {
  it.each(ops)('$method $path is for the operator alone', async ({ method, path, body }) => {
    for (const token of [undefined, mine.token, tokenOf('organiser', days.id), `${operatorToken}x`, operatorToken.slice(1)]) {
      const answer = await call(method, path, { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) });
      expect(codeOf(answer)).toEqual([401, 'unauthenticated']);
    }
    const allowed = await call(method, path, { token: operatorToken, ...(body === undefined ? {} : { body }) });
    expect([200, 202, 404]).toContain(allowed.statusCode);
  });
});

describe('What is open to all', () => {
  it('needs no token, and is not harmed by a wrong one', async () => {
    for (const url of [
      '/v1/conferences',
      `/v1/conferences/${days.slug}`,
      `/v1/conferences/${days.slug}/seat-types`,
      '/openapi.json',
      '/docs',
      '/health/live',
    ])
      for (const token of [undefined, 'nonsense', mine.token])
        expect((await call('GET', url, token === undefined ? {} : { token })).statusCode, url).toBe(200);
  });

  it('never shows a stack trace, and names the request', async () => {
    const answer = await call('POST', '/v1/orders', { body: '{', headers: { ...key(), 'content-type': 'application/json' } });
    expect(answer.json<{ traceId: string }>().traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.body).not.toMatch(/\.ts|node:| at /);
  });
});

describe('Whatever is sent', () => {
  it('is answered with what is wrong with it, never with a failure of ours', async () => {
    const someJson = fc.oneof(
      fc.jsonValue(),
      fc.record({ id: fc.jsonValue(), conferenceId: fc.constantFrom(days.id, '', 7), items: fc.array(fc.jsonValue(), { maxLength: 3 }) }),
      fc.record({ firstName: fc.jsonValue(), lastName: fc.string(), email: fc.oneof(fc.emailAddress(), fc.jsonValue()) }),
    );
    const headers = fc.record(
      {
        'idempotency-key': fc.string({ minLength: 1 }),
        'if-match': fc.constantFrom('"0"', '*', 'W/"1"', '"999999999999999999"', 'x'),
        prefer: fc.constantFrom('wait', 'wait=0', 'wait=x', 'wait=99999999999', 'respond-async'),
      },
      { requiredKeys: [] },
    );
    const urls = ['/v1/orders', '/v1/order-sessions', ...routes.map(({ path }) => `/v1/orders/${mine.id}${path}`)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...urls),
        fc.constantFrom<Method>('POST', 'PUT', 'DELETE'),
        someJson,
        headers,
        async (url, method, body, sent) => {
          const answer = await call(method, url, {
            token: mine.token,
            body: JSON.stringify(body),
            headers: { ...sent, 'content-type': 'application/json' },
          });
          if (answer.statusCode >= 500) throw new Error(`${answer.statusCode}: ${answer.body}`);
        },
      ),
      { numRuns: 400 },
    );
  });
});
