import { connect } from 'node:net';
import { InvalidCursor, StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { auth } from './auth.ts';
import { exampleServer, someId } from './example-server.fixture.ts';
import type { HttpServer } from './fastify-types.ts';
import type { HttpServerOptions } from './http-server.ts';
import { createMetrics } from './metrics.ts';
import { type CommonProblemCode, Problem, problem, problemCatalog, problemCodes } from './problem.ts';

const item = z.strictObject({ seatTypeId: z.uuid(), quantity: z.int().min(0).max(20) });
const body = z.strictObject({ items: z.array(item).min(1), 'a/b': z.string().optional() });

const start = (failure?: () => unknown, overrides?: Partial<Omit<HttpServerOptions, 'clock'>>) =>
  exampleServer((http: HttpServer) => {
    http.post('/v1/orders', { schema: { body }, config: { auth: auth.public } }, async (_request, reply) => reply.code(201).send({}));
    http.get('/v1/orders/:id', { schema: { params: z.object({ id: z.uuid() }) }, config: { auth: auth.public } }, async () => {
      const error = failure?.();
      if (error !== undefined) throw error;
      return { ok: true };
    });
    http.put('/v1/orders/:id', { config: { auth: auth.public } }, async () => ({}));
    http.get('/v1/broken', { schema: { response: { 200: z.object({ id: z.uuid() }) } }, config: { auth: auth.public } }, async () => ({
      id: 'x',
    }));
    http.post(
      '/v1/checkout',
      { schema: { body: z.strictObject({ outcome: z.string() }) }, config: { auth: auth.public, form: true } },
      async (r) => r.body,
    );
  }, overrides);

const json = { 'content-type': 'application/json' };
const post = async (payload: string | object, headers: { readonly [name: string]: string } = {}) => {
  const { http } = await start();
  return http.inject({ method: 'POST', url: '/v1/orders', payload, headers });
};
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a request that cannot be served', () => {
  it.each<[string, CommonProblemCode, () => ReturnType<typeof post>]>([
    ['malformed JSON', 'malformed-json', () => post('{"items":', json)],
    ['an empty body that says it is JSON', 'malformed-json', () => post(' ', json)],
    ['a __proto__ in the body', 'malformed-json', () => post('{"__proto__":{"a":1},"items":[]}', json)],
    ['a body over 64 KiB', 'body-too-large', () => post({ items: [], more: 'x'.repeat(65 * 1024) })],
    ['another content type', 'unsupported-media-type', () => post('items', { 'content-type': 'text/plain' })],
    ['a content type that is none', 'unsupported-media-type', () => post('items', { 'content-type': 'x' })],
    ['a form where none is expected', 'unsupported-media-type', () => post('a=b', form)],
    ['no body at all', 'invalid-request', () => post('')],
    ['an unknown route', 'not-found', async () => (await start()).http.inject('/v1/nothing')],
    [
      'malformed JSON to an unknown route',
      'not-found',
      async () => (await start()).http.inject({ method: 'POST', url: '/v1/x', payload: '{', headers: json }),
    ],
    ['a path that is not a valid one', 'not-found', async () => (await start()).http.inject('/v1/orders/%E0%A4%A')],
    ['a path with a very long id', 'not-found', async () => (await start()).http.inject(`/v1/orders/${'x'.repeat(500)}`)],
    ['an id that cannot be one', 'not-found', async () => (await start()).http.inject('/v1/orders/17')],
    [
      'another method',
      'method-not-allowed',
      async () => (await start()).http.inject({ method: 'PATCH', url: '/v1/orders/17', payload: '{', headers: json }),
    ],
  ])('with %s is answered with %s', async (_, code, ask) => {
    const answer = await ask();
    const { status, title } = problemCodes[code];
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ type: `/docs#problem-${code}`, title, status, code });
    expect(answer.json().detail).toMatch(/\.$/);
    expect(answer.json().traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('points at every place in the body that is wrong', async () => {
    const answer = await post({
      items: [
        { seatTypeId: someId(1), quantity: 1 },
        { seatTypeId: 'x', quantity: 99, price: 1 },
      ],
      'a/b': 1,
      more: 1,
    });
    const { errors } = answer.json();
    expect(errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '#/items/1/seatTypeId',
      '#/items/1/quantity',
      '#/items/1/price',
      '#/a~1b',
      '#/more',
    ]);
    expect(errors[2]).toEqual({ pointer: '#/items/1/price', detail: 'There is no such field' });
  });

  it('names the methods that the path has', async () => {
    const { http } = await start();
    const answer = await http.inject({ method: 'DELETE', url: '/v1/orders/17?x=1' });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD, PUT, OPTIONS']);
  });

  it('has the trace id of the caller in its answer', async () => {
    const { http } = await start();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await http.inject({ url: '/v1/nothing', headers: { traceparent } });
    expect(answer.json().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const bad = await http.inject({ url: '/v1/orders/%E0%A4%A', headers: { traceparent } });
    expect(bad.json().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('is answered as a problem even when it is not HTTP', async () => {
    const { http } = await start();
    const url = await http.listen({ host: '127.0.0.1', port: 0 });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(received));
    });
    await http.close();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ status: 400, code: 'invalid-request' });
  });
});

describe('a failure of a handler', () => {
  const fail = async (error: unknown) => {
    const { http, log } = await start(() => error);
    return { answer: await http.inject(`/v1/orders/${someId(1)}`), log };
  };

  it('that is not foreseen tells nothing, and is logged with its trace id', async () => {
    const { answer, log } = await fail(new Error('SELECT * FROM secrets'));
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal-error']);
    expect(answer.body).not.toMatch(/SELECT|stack|\.ts/);
    const line = log.lines().find(({ level }) => level === 'error');
    expect(line).toMatchObject({ traceId: answer.json().traceId, err: { message: 'SELECT * FROM secrets' } });
    expect(log.lines().find(({ msg }) => msg === 'request')).toMatchObject({ level: 'warn', status: 500, route: '/v1/orders/:id' });
  });

  it.each([
    [new StoreUnavailable('disk full'), 503, 'temporarily-unavailable'],
    [new UnknownOutcome('timed out'), 503, 'temporarily-unavailable'],
    [new InvalidCursor('x'), 400, 'invalid-request'],
    [Object.assign(new Error('x'), { statusCode: 418 }), 500, 'internal-error'],
    ['not even an error', 500, 'internal-error'],
  ])('%s is %i %s', async (error, status, code) => {
    const { answer } = await fail(error);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(answer.body).not.toContain('disk full');
  });

  it('that is an answer against its own schema is a 500', async () => {
    const { http } = await start();
    const answer = await http.inject('/v1/broken');
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal-error']);
  });

  it('carries further members and headers, but none that replaces a standard one', async () => {
    const { answer } = await fail(
      problem('version-mismatch', 'Changed.', {
        extra: { currentVersion: 4, code: 'x', status: 1 },
        retryAfterSeconds: 0.2,
        headers: { 'x-a': 'b' },
      }),
    );
    expect(answer.json()).toMatchObject({ currentVersion: 4, code: 'version-mismatch', status: 412, detail: 'Changed.' });
    expect([answer.headers['retry-after'], answer.headers['x-a']]).toEqual(['1', 'b']);
  });
});

describe('a catalog of problems', () => {
  it('knows its own codes beside the common ones', () => {
    const catalog = problemCatalog({ 'slug-taken': { status: 409, title: 'The slug is taken' } });
    expect(catalog.problem('slug-taken').kind).toEqual({ code: 'slug-taken', status: 409, title: 'The slug is taken' });
    expect(catalog.problem('not-found').kind.status).toBe(404);
    expect(catalog.refused({ code: 'slug-taken' })).toBeInstanceOf(Problem);
    // @ts-expect-error a code that is in no table does not compile
    expect(() => catalog.problem('no-such-code')).toThrow();
  });

  it('does not redefine a common code', () => {
    expect(() => problemCatalog({ 'not-found': { status: 410, title: 'Gone' } })).toThrow('not-found');
  });
});

describe('every answer', () => {
  it('carries the security headers and its request’s id, and does not say what serves it', async () => {
    const { http } = await start();
    for (const url of ['/health/live', '/v1/nothing', `/v1/orders/${someId(1)}`, '/docs']) {
      const { headers } = await http.inject(url);
      expect(headers['content-security-policy']).toBe(
        "default-src 'self';script-src 'self';object-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'self'",
      );
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
      expect(headers['strict-transport-security']).toContain('max-age=');
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.server ?? headers['x-powered-by']).toBeUndefined();
    }
  });
});

describe('HEAD, OPTIONS and forms', () => {
  it('answers HEAD as GET without a body', async () => {
    const { http } = await start();
    const answer = await http.inject({ method: 'HEAD', url: `/v1/orders/${someId(1)}` });
    expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([200, '', '11']);
  });

  it('answers OPTIONS with the methods that the path has, and opens nothing to other origins', async () => {
    const { http } = await start();
    const answer = await http.inject({ method: 'OPTIONS', url: '/v1/orders', headers: { origin: 'https://elsewhere.example' } });
    expect([answer.statusCode, answer.headers.allow]).toEqual([204, 'POST, OPTIONS']);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await http.inject({ method: 'OPTIONS', url: '/v1/nothing' })).statusCode).toBe(404);
  });

  it('takes a form where a route asks for one', async () => {
    const { http } = await start();
    const send = (payload: string) => http.inject({ method: 'POST', url: '/v1/checkout', payload, headers: form });
    expect((await send('outcome=accepted')).json()).toEqual({ outcome: 'accepted' });
    expect((await send('outcome=accepted&more=1')).statusCode).toBe(400);
  });
});

describe('limits', () => {
  it('answer 429 with Retry-After to a client that asks too often; health is exempt', async () => {
    const { http, clock } = await start(undefined, { rateLimitPerSecond: 2 });
    const ask = (url = `/v1/orders/${someId(1)}`, remoteAddress = '192.0.2.1') => http.inject({ url, remoteAddress });
    expect([(await ask()).statusCode, (await ask()).statusCode]).toEqual([200, 200]);
    const refused = await ask();
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([429, 'too-many-requests', '1']);
    expect((await ask('/health/live')).statusCode).toBe(200);
    expect((await ask(undefined, '192.0.2.2')).statusCode).toBe(200);
    clock.advance(500);
    expect((await ask()).statusCode).toBe(200);
  });

  it('believe X-Forwarded-For only from a proxy that is trusted', async () => {
    const ask = async (trustProxy: object) => {
      const { http } = await start(undefined, { rateLimitPerSecond: 1, ...trustProxy });
      const from = (address: string) =>
        http.inject({ url: `/v1/orders/${someId(1)}`, remoteAddress: '10.0.0.1', headers: { 'x-forwarded-for': address } });
      await from('192.0.2.1');
      return (await from('192.0.2.2')).statusCode;
    };
    expect(await ask({})).toBe(429);
    expect(await ask({ trustProxy: ['10.0.0.0/8'] })).toBe(200);
  });

  it('shed load before a request is read, but not the probes', async () => {
    let overloaded = true;
    const { http } = await start(undefined, { overloaded: () => overloaded });
    const shed = await http.inject({ method: 'POST', url: '/v1/orders', payload: '{', headers: json });
    expect([shed.statusCode, shed.json().code, shed.headers['retry-after']]).toEqual([503, 'temporarily-unavailable', '1']);
    expect((await http.inject('/health/live')).statusCode).toBe(200);
    overloaded = false;
    expect((await http.inject(`/v1/orders/${someId(1)}`)).statusCode).toBe(200);
  });
});

describe('the log', () => {
  it('has one line a request, without bodies, queries or ids of the path', async () => {
    const { http, log } = await start();
    await http.inject({ method: 'POST', url: '/v1/orders?email=ann@example.org', payload: { items: [], more: 'private' } });
    expect(log.lines()).toHaveLength(1);
    expect(log.lines()[0]).toMatchObject({ level: 'debug', method: 'POST', route: '/v1/orders', status: 400, service: 'registration' });
    expect(log.text()).not.toMatch(/private|ann@/);
  });
});

describe('metrics', () => {
  it('count requests by route and status, and never by a path that a client made up', async () => {
    const metrics = createMetrics({ service: 'registration', withProcess: false });
    const { http } = await start(undefined, { metrics });
    await http.inject(`/v1/orders/${someId(1)}`);
    await http.inject('/v1/orders/17');
    await http.inject('/v1/made-up');
    const answer = await http.inject('/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    const counts = answer.body.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'));
    expect(counts).toEqual([
      'http_request_duration_seconds_count{service="registration",method="GET",route="/v1/orders/:id",status="200"} 1',
      'http_request_duration_seconds_count{service="registration",method="GET",route="/v1/orders/:id",status="404"} 1',
      'http_request_duration_seconds_count{service="registration",method="GET",route="none",status="404"} 1',
    ]);
  });

  it('read gauges when they are scraped, and leave out one that fails', async () => {
    const metrics = createMetrics({ service: 's', withProcess: false });
    let lag = 3;
    metrics.gauge({ name: 'parked_messages', help: 'h', read: () => lag });
    metrics.gauge({
      name: 'projection_lag',
      help: 'h',
      labels: ['projection'],
      read: async () => [{ labels: { projection: 'orders' }, value: 7 }],
    });
    metrics.gauge({ name: 'broken', help: 'h', read: () => Promise.reject(new Error('away')) });
    expect(await metrics.registry.metrics()).toContain('parked_messages{service="s"} 3');
    lag = 4;
    const text = await metrics.registry.metrics();
    expect(text).toContain('parked_messages{service="s"} 4');
    expect(text).toContain('projection_lag{projection="orders",service="s"} 7');
    expect(text).not.toMatch(/^broken/m);
  });

  it('have the process in them unless that is unwanted', async () => {
    const names = async (withProcess: boolean) =>
      (await createMetrics({ service: 's', withProcess }).registry.metrics()).includes('nodejs_eventloop_lag');
    expect([await names(true), await names(false)]).toEqual([true, false]);
  });
});
