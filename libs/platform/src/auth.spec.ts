import type { Instant } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { assertCovers, auth } from './auth.ts';
import { exampleServer, manualClock, operatorToken, someId } from './example-server.fixture.ts';
import type { HttpServer } from './fastify-types.ts';
import { notFound } from './problem.ts';
import { signWebhook, verifyWebhook } from './standard-webhooks.ts';

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
const theirs = someId(1);
const others = someId(2);

const routes = (http: HttpServer, now: () => Instant): void => {
  const orderId = z.uuid();
  http.get('/v1/public', { config: { auth: auth.public } }, async (request) => request.principal);
  http.get(
    '/v1/orders/:id',
    { schema: { params: z.object({ id: orderId }) }, config: { auth: auth.registrant('id') } },
    async (request) => {
      if (request.params.id.endsWith('3')) throw notFound();
      return request.principal;
    },
  );
  http.put(
    '/v1/conferences/:conferenceId/details',
    { schema: { body: z.strictObject({ name: z.string() }) }, config: { auth: auth.organiser('conferenceId') } },
    async (request) => ({ actor: request.command.actor }),
  );
  http.get('/ops/projections', { config: { auth: auth.operator } }, async (request) => request.principal);
  http.post(
    '/v1/payments',
    { schema: { body: z.strictObject({ orderId }) }, config: { auth: auth.registrantOfBody } },
    async (request, reply) => {
      assertCovers(request, request.body.orderId);
      reply.code(201);
      return { paid: request.body.orderId };
    },
  );
  http.post('/v1/careless', { config: { auth: auth.registrantOfBody } }, async () => ({ secret: 'of another order' }));
  http.post(
    '/v1/call-backs',
    {
      schema: { body: z.strictObject({ type: z.string() }) },
      config: { auth: auth.signed('processor', (headers, rawBody) => verifyWebhook({ secrets, headers, rawBody, now: now() })) },
    },
    async (request) => ({ principal: request.principal, rawBody: request.rawBody, actor: request.command.actor }),
  );
};

const start = async () => {
  const clock = manualClock();
  const server = await exampleServer((http) => routes(http, clock.now), { clock });
  const get = (url: string, authorization?: string) =>
    server.http.inject({ url, headers: authorization === undefined ? {} : { authorization } });
  return { ...server, clock, get };
};

const withoutTrace = (body: string): unknown => ({ ...JSON.parse(body), traceId: '' });

describe('a registrant’s route', () => {
  it('knows the registrant whose order it is', async () => {
    const { get, tokenOf } = await start();
    const answer = await get(`/v1/orders/${theirs}`, tokenOf('registrant', theirs));
    expect([answer.statusCode, answer.json()]).toEqual([200, { kind: 'registrant', orderId: theirs }]);
  });

  it('takes an id in any case of its letters, and the scheme too', async () => {
    const { get, tokenOf } = await start();
    const id = 'abcdefab-0000-4000-8000-000000000001';
    const token = tokenOf('registrant', id).replace('Bearer', 'bearer');
    expect((await get(`/v1/orders/${id.toUpperCase()}`, token)).statusCode).toBe(200);
  });

  it.each([
    ['no token', undefined],
    ['another scheme', 'Basic abc'],
    ['an empty token', 'Bearer '],
    ['a malformed token', 'Bearer a.b.c'],
  ])('answers 401 with a challenge to %s', async (_, authorization) => {
    const { get } = await start();
    const answer = await get(`/v1/orders/${theirs}`, authorization);
    expect([answer.statusCode, answer.json().code, answer.headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer']);
  });

  it('answers 401 to an expired token', async () => {
    const { get, tokenOf, clock } = await start();
    const token = tokenOf('registrant', theirs);
    clock.advance(3_600_000 + 30_000);
    expect((await get(`/v1/orders/${theirs}`, token)).statusCode).toBe(401);
  });

  it('answers a token of another object or kind exactly as for an order that does not exist', async () => {
    const { get, tokenOf } = await start();
    const missing = await get(`/v1/orders/${someId(3)}`, tokenOf('registrant', someId(3)));
    expect(missing.statusCode).toBe(404);
    const foreign = [
      await get(`/v1/orders/${theirs}`, tokenOf('registrant', others)),
      await get(`/v1/orders/${theirs}`, tokenOf('organiser', theirs)),
      await get(`/v1/orders/${theirs}`, `Bearer ${operatorToken}`),
      await get('/v1/orders/not-an-id', tokenOf('registrant', theirs)),
      await get('/v1/orders/not-an-id', tokenOf('registrant', 'not-an-id')),
    ];
    for (const answer of foreign) {
      expect(answer.statusCode).toBe(404);
      expect(withoutTrace(answer.body)).toEqual(withoutTrace(missing.body));
      const { 'x-request-id': _1, date: _2, ...headers } = answer.headers;
      const { 'x-request-id': _3, date: _4, ...expected } = missing.headers;
      expect(headers).toEqual(expected);
    }
  });
});

describe('an organiser’s route', () => {
  it('asks for the token before it looks at the body', async () => {
    const { http, tokenOf } = await start();
    const put = (authorization: string | undefined, payload: object) =>
      http.inject({
        method: 'PUT',
        url: `/v1/conferences/${theirs}/details`,
        payload,
        headers: authorization === undefined ? {} : { authorization },
      });
    expect((await put(undefined, { wrong: 1 })).statusCode).toBe(401);
    expect((await put(tokenOf('organiser', others), { wrong: 1 })).statusCode).toBe(404);
    expect((await put(tokenOf('organiser', theirs), { wrong: 1 })).statusCode).toBe(400);
    expect((await put(tokenOf('organiser', theirs), { name: 'x' })).json()).toEqual({ actor: `organiser:${theirs}` });
  });
});

describe('an operator’s route', () => {
  it('takes the operator’s token alone, and answers any other with 401', async () => {
    const { get, tokenOf } = await start();
    expect((await get('/ops/projections', `Bearer ${operatorToken}`)).json()).toEqual({ kind: 'operator' });
    for (const authorization of [undefined, 'Bearer wrong', tokenOf('organiser', theirs), tokenOf('registrant', theirs)]) {
      expect((await get('/ops/projections', authorization)).statusCode).toBe(401);
    }
  });
});

describe('a route whose order is in the body', () => {
  it('is compared by its handler', async () => {
    const { http, tokenOf } = await start();
    const pay = (token: string, orderId: string) =>
      http.inject({ method: 'POST', url: '/v1/payments', payload: { orderId }, headers: { authorization: token } });
    expect((await pay(tokenOf('registrant', theirs), theirs)).statusCode).toBe(201);
    expect((await pay(tokenOf('registrant', others), theirs)).statusCode).toBe(404);
    expect((await pay(tokenOf('organiser', theirs), theirs)).statusCode).toBe(404);
    expect((await pay('Bearer x', theirs)).statusCode).toBe(401);
  });

  it('does not answer when its handler forgot to compare', async () => {
    const { http, tokenOf } = await start();
    const headers = { authorization: tokenOf('registrant', theirs), 'idempotency-key': 'k' };
    for (let i = 0; i < 2; i++) {
      const answer = await http.inject({ method: 'POST', url: '/v1/careless', headers });
      expect(answer.statusCode).toBe(500);
      expect(answer.body).not.toContain('of another order');
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });
});

describe('a signed route', () => {
  const call = async (payload: string, headers: { readonly [name: string]: string } = { 'content-type': 'application/json' }) => {
    const { http, clock } = await start();
    const signed = signWebhook({ secrets, id: 'msg_1', now: clock.now(), rawBody: '{"type": "paid"}' });
    return http.inject({ method: 'POST', url: '/v1/call-backs', payload, headers: { ...signed, ...headers } });
  };

  it('gets the body as it came, and who signed it', async () => {
    const answer = await call('{"type": "paid"}');
    expect(answer.json()).toEqual({ principal: { kind: 'signed', by: 'processor' }, rawBody: '{"type": "paid"}', actor: 'processor' });
  });

  it.each([
    ['another body', '{"type": "free"}'],
    ['the same JSON in other bytes', '{"type":"paid"}'],
    ['a body that is not JSON: the signature comes first', '{'],
    ['an invalid body: the signature comes first', '{"a":1}'],
  ])('answers 401 to %s', async (_, payload) => {
    expect((await call(payload)).statusCode).toBe(401);
  });

  it('answers 401 to a request without any body', async () => {
    const { http } = await start();
    const answer = await http.inject({ method: 'POST', url: '/v1/call-backs' });
    expect(answer.statusCode).toBe(401);
  });

  it('answers 400 to a signed body that is invalid', async () => {
    const { http, clock } = await start();
    const rawBody = '{"wrong":1}';
    const headers = { ...signWebhook({ secrets, id: 'msg_1', now: clock.now(), rawBody }), 'content-type': 'application/json' };
    expect((await http.inject({ method: 'POST', url: '/v1/call-backs', payload: rawBody, headers })).statusCode).toBe(400);
  });
});

describe('a route that says nothing, or nonsense, of its callers', () => {
  it('does not register without a policy', async () => {
    await exampleServer((http) => {
      expect(() => http.get('/v1/open', async () => 'x')).toThrow('GET /v1/open declares no auth policy');
    });
  });

  it('does not register when its policy names a parameter that the path does not have', async () => {
    await exampleServer((http) => {
      const policy = { config: { auth: auth.registrant('orderId') } };
      expect(() => http.get('/v1/orders/:id', policy, async () => 'x')).toThrow('GET /v1/orders/:id has no parameter ":orderId"');
    });
  });

  it('does not register when there is no body to be signed', async () => {
    await exampleServer((http) => {
      const policy = { config: { auth: auth.signed('x', () => true) } };
      expect(() => http.get('/v1/call-backs', policy, async () => 'x')).toThrow('no body that could be signed');
    });
  });
});
