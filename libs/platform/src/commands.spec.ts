import type { Position } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { awaitConsistency, waitAskedMs, withConsistencyToken, withVersion } from './answers.ts';
import { auth } from './auth.ts';
import { outcomeProblem, type RequestedCommand } from './commands.ts';
import { consistencyToken } from './consistency-token.ts';
import { exampleServer, someId } from './example-server.fixture.ts';
import { pageOf, pageQuery } from './pagination.ts';
import { problemCatalog } from './problem.ts';

const catalog = problemCatalog({ 'sold-out': { status: 409, title: 'Sold out' } });

/** A route whose handler is held until it is let go, and which counts how often it ran. */
const start = async () => {
  const seen: RequestedCommand[] = [];
  let held: Promise<void> | undefined;
  let refuse = false;
  let fail = false;
  const server = await exampleServer((http) => {
    const body = z.strictObject({ seats: z.int(), note: z.string().optional() });
    const handle = async (command: RequestedCommand): Promise<{ readonly number: number }> => {
      seen.push(command);
      const number = seen.length;
      await held;
      if (refuse) throw catalog.problem('sold-out');
      if (fail) throw new Error('the disk is on fire');
      return { number };
    };
    http.post(
      '/v1/orders',
      { schema: { body, response: { 201: z.object({ number: z.int() }) } }, config: { auth: auth.public, idempotency: 'required' } },
      async (request, reply) => {
        const answer = await handle(request.command);
        withVersion(reply.code(201), 7).header('location', '/v1/orders/1').header('x-other', 'not kept');
        withConsistencyToken(reply, 'registration', '0042' as Position);
        return answer;
      },
    );
    http.post('/v1/orders/:id/cancellation', { config: { auth: auth.registrant('id') } }, async (request) => handle(request.command));
    http.put('/v1/details', { schema: { body }, config: { auth: auth.public, ifMatch: 'required' } }, async (request) =>
      handle(request.command),
    );
    http.post(
      '/v1/sessions',
      { schema: { body }, config: { auth: auth.public, idempotency: 'none', ifMatch: 'none' } },
      async (request) => ({
        ...(await handle(request.command)),
        waits: waitAskedMs(request) ?? null,
      }),
    );
    http.delete('/v1/seats/:position', { config: { auth: auth.public } }, async (request, reply) => {
      await handle(request.command);
      return reply.code(204).send();
    });
  });
  const order = (headers: { readonly [name: string]: string }, payload: object = { seats: 1 }) =>
    server.http.inject({ method: 'POST', url: '/v1/orders', payload, headers });
  return {
    ...server,
    seen,
    order,
    hold: () => {
      let letGo = (): void => {};
      held = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    refuse: (yes: boolean) => {
      refuse = yes;
    },
    fail: (yes: boolean) => {
      fail = yes;
    },
  };
};

const codeOf = (answer: { readonly statusCode: number; json: () => { readonly code?: string } }) => [answer.statusCode, answer.json().code];

describe('a command under an Idempotency-Key', () => {
  it('runs once, and is answered alike when it is repeated', async () => {
    const { order, seen } = await start();
    const first = await order({ 'idempotency-key': 'k' });
    const again = await order({ 'idempotency-key': 'k' });
    expect([first.statusCode, first.json(), first.headers['idempotency-replayed']]).toEqual([201, { number: 1 }, undefined]);
    expect([again.statusCode, again.body, again.headers['idempotency-replayed']]).toEqual([201, first.body, 'true']);
    for (const name of ['etag', 'location', 'consistency-token', 'content-type']) expect(again.headers[name]).toBe(first.headers[name]);
    expect(again.headers['x-other']).toBeUndefined();
    expect(first.headers.etag).toBe('"7"');
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    expect(seen).toHaveLength(1);
  });

  it('is the same when only the order of the body’s members differs', async () => {
    const { order, seen } = await start();
    await order({ 'idempotency-key': 'k' }, { seats: 1, note: 'x' });
    expect((await order({ 'idempotency-key': 'k' }, { note: 'x', seats: 1 })).statusCode).toBe(201);
    expect(seen).toHaveLength(1);
  });

  it('with another body is 422, and does not reach the domain', async () => {
    const { order, seen } = await start();
    await order({ 'idempotency-key': 'k' });
    expect(codeOf(await order({ 'idempotency-key': 'k' }, { seats: 2 }))).toEqual([422, 'idempotency-key-reused']);
    expect(seen).toHaveLength(1);
  });

  it('is 409 while the first one runs, and is answered when that is done', async () => {
    const { order, hold, seen } = await start();
    const letGo = hold();
    const first = order({ 'idempotency-key': 'k' });
    await expect.poll(() => seen.length).toBe(1);
    const second = await order({ 'idempotency-key': 'k' });
    expect([...codeOf(second), second.headers['retry-after']]).toEqual([409, 'idempotency-key-in-progress', '1']);
    expect(codeOf(await order({ 'idempotency-key': 'k' }, { seats: 2 }))).toEqual([422, 'idempotency-key-reused']);
    letGo();
    expect((await first).statusCode).toBe(201);
    expect((await order({ 'idempotency-key': 'k' })).headers['idempotency-replayed']).toBe('true');
  });

  it('that was refused, failed or was invalid may be repeated with its key', async () => {
    const { order, refuse, fail, seen } = await start();
    expect(codeOf(await order({ 'idempotency-key': 'k' }, { seats: 'many' }))).toEqual([400, 'invalid-request']);
    refuse(true);
    expect(codeOf(await order({ 'idempotency-key': 'k' }))).toEqual([409, 'sold-out']);
    refuse(false);
    fail(true);
    expect(codeOf(await order({ 'idempotency-key': 'k' }))).toEqual([500, 'internal-error']);
    fail(false);
    const answer = await order({ 'idempotency-key': 'k' });
    expect([answer.statusCode, answer.json(), answer.headers['idempotency-replayed']]).toEqual([201, { number: 3 }, undefined]);
    expect(new Set(seen.map(({ commandId }) => commandId)).size).toBe(1);
  });

  it('is another command for another key, caller, path or method', async () => {
    const { http, order, tokenOf, seen } = await start();
    await order({ 'idempotency-key': 'k' });
    await order({ 'idempotency-key': 'l' });
    const cancel = (id: string) =>
      http.inject({
        method: 'POST',
        url: `/v1/orders/${id}/cancellation?x=1`,
        headers: { 'idempotency-key': 'k', authorization: tokenOf('registrant', id) },
      });
    await cancel(someId(1));
    await cancel(someId(2));
    await http.inject({ method: 'PUT', url: '/v1/details', payload: { seats: 1 }, headers: { 'idempotency-key': 'k', 'if-match': '"1"' } });
    await http.inject({ method: 'DELETE', url: '/v1/seats/0', headers: { 'idempotency-key': 'k' } });
    await http.inject({ method: 'DELETE', url: '/v1/seats/1', headers: { 'idempotency-key': 'k' } });
    expect(seen).toHaveLength(7);
    expect(new Set(seen.map(({ commandId }) => commandId)).size).toBe(7);
  });

  it('keeps an answer without a body too', async () => {
    const { http, seen } = await start();
    const remove = () => http.inject({ method: 'DELETE', url: '/v1/seats/0', headers: { 'idempotency-key': 'k' } });
    expect((await remove()).statusCode).toBe(204);
    const again = await remove();
    expect([again.statusCode, again.body, again.headers['idempotency-replayed'], seen.length]).toEqual([204, '', 'true', 1]);
  });

  it('needs the key where it is required, of 1 to 255 printable characters', async () => {
    const { order } = await start();
    expect(codeOf(await order({}))).toEqual([400, 'idempotency-key-required']);
    for (const key of ['', 'ü', 'x'.repeat(256)]) {
      expect(codeOf(await order({ 'idempotency-key': key }))).toEqual([400, 'invalid-idempotency-key']);
    }
    expect((await order({ 'idempotency-key': 'x'.repeat(255) })).statusCode).toBe(201);
  });

  it('tells of an invalid body before it tells of a missing key', async () => {
    const { order } = await start();
    expect(codeOf(await order({}, { seats: 'many' }))).toEqual([400, 'invalid-request']);
  });
});

describe('a command without a key', () => {
  it('is a new one each time', async () => {
    const { http, tokenOf, seen } = await start();
    const headers = { authorization: tokenOf('registrant', someId(1)) };
    for (let i = 0; i < 2; i++) await http.inject({ method: 'POST', url: `/v1/orders/${someId(1)}/cancellation`, headers });
    expect(new Set(seen.map(({ commandId }) => commandId)).size).toBe(2);
    expect(seen[0]).toMatchObject({ actor: `registrant:${someId(1)}` });
    expect(seen[0]).not.toHaveProperty('requestHash');
  });

  it('that is no command ignores the header', async () => {
    const { http, seen } = await start();
    const headers = { 'idempotency-key': 'k', prefer: 'wait=9', 'if-match': 'nonsense' };
    for (let i = 0; i < 2; i++) {
      const answer = await http.inject({ method: 'POST', url: '/v1/sessions', payload: { seats: 1 }, headers });
      expect(answer.json()).toEqual({ number: i + 1, waits: 5000 });
    }
    expect(seen).toHaveLength(2);
  });

  it('takes no body when it declares none', async () => {
    const { http, tokenOf } = await start();
    const headers = { authorization: tokenOf('registrant', someId(1)) };
    const url = `/v1/orders/${someId(1)}/cancellation`;
    expect((await http.inject({ method: 'POST', url, headers, payload: {} })).statusCode).toBe(200);
    expect(codeOf(await http.inject({ method: 'POST', url, headers, payload: { why: 'x' } }))).toEqual([400, 'invalid-request']);
  });
});

describe('the metadata of a command', () => {
  it('says in which conversation it stands, and what it was made for', async () => {
    const { http, seen } = await start();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const headers = { traceparent, 'x-correlation-id': someId(99), 'if-match': '"12"' };
    const answer = await http.inject({ method: 'PUT', url: '/v1/details', payload: { seats: 1 }, headers });
    expect(answer.statusCode).toBe(200);
    expect(seen[0]).toMatchObject({
      correlationId: someId(99),
      causationId: answer.headers['x-request-id'],
      expectedVersion: 12,
      actor: 'anonymous',
    });
    expect(seen[0]?.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  });

  it('names no version unless the caller did', async () => {
    const { http, order, seen } = await start();
    await order({ 'idempotency-key': 'k' });
    expect(seen[0]).not.toHaveProperty('expectedVersion');
    const put = (ifMatch: object) => http.inject({ method: 'PUT', url: '/v1/details', payload: { seats: 1 }, headers: { ...ifMatch } });
    expect(codeOf(await put({}))).toEqual([428, 'if-match-required']);
    expect(codeOf(await put({ 'if-match': 'x' }))).toEqual([400, 'invalid-if-match']);
  });
});

describe('an outcome that is not accepted', () => {
  it.each([
    [{ status: 'rejected', reason: { code: 'sold-out' } } as const, 409, 'sold-out', {}],
    [{ status: 'stale', current: 3 } as const, 412, 'version-mismatch', { currentVersion: 3 }],
    [{ status: 'key-reused' } as const, 422, 'idempotency-key-reused', undefined],
    [{ status: 'busy' } as const, 503, 'temporarily-unavailable', undefined],
  ])('%o is a problem', (outcome, status, code, extra) => {
    const problem = outcomeProblem(catalog, outcome);
    expect([problem.kind.status, problem.kind.code, problem.options.extra]).toEqual([status, code, extra]);
  });
});

describe('a query', () => {
  const query = async (headers: { readonly [name: string]: string }, reached = true, url = '/v1/orders') => {
    const waits: unknown[] = [];
    const { http } = await exampleServer((server) => {
      server.get(
        '/v1/orders',
        { schema: { querystring: pageQuery, response: { 200: pageOf(z.object({ id: z.string() })) } }, config: { auth: auth.public } },
        async (request) => {
          await awaitConsistency(request, async (position, withinMs) => {
            waits.push([position, withinMs]);
            return reached;
          });
          return { items: [{ id: String(request.query.limit), more: 'cut' }], next: request.query.after ?? null };
        },
      );
    });
    return { answer: await http.inject({ url, headers }), waits };
  };
  const token = consistencyToken('registration', '0042' as Position);

  it('does not wait when it is not asked to', async () => {
    const { answer, waits } = await query({});
    expect([answer.statusCode, waits]).toEqual([200, []]);
  });

  it('waits for the position of the token, two seconds unless it is told otherwise', async () => {
    expect((await query({ 'consistency-token': token })).waits).toEqual([['0042', 2000]]);
    expect((await query({ 'consistency-token': token, prefer: 'wait=4' })).waits).toEqual([['0042', 4000]]);
  });

  it('is 503 with Retry-After when the read model does not get there in time', async () => {
    const { answer } = await query({ 'consistency-token': token }, false);
    expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'read-model-behind', '1']);
  });

  it('is 400 with a token that is none of this service', async () => {
    for (const text of ['garbage', consistencyToken('payments', '0042' as Position)]) {
      expect(codeOf((await query({ 'consistency-token': text })).answer)).toEqual([400, 'invalid-consistency-token']);
    }
  });

  it('has pages of 1 to 100, 50 by default, and cuts its answer to the schema', async () => {
    expect((await query({})).answer.json()).toEqual({ items: [{ id: '50' }], next: null });
    expect((await query({}, true, '/v1/orders?limit=100&after=x')).answer.json()).toEqual({ items: [{ id: '100' }], next: 'x' });
    for (const limit of ['0', '101', '-1', 'many', '1.5', '']) {
      const { answer } = await query({}, true, `/v1/orders?limit=${limit}`);
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ in: 'query', pointer: '#/limit' }] });
    }
    expect((await query({}, true, '/v1/orders?page=2')).answer.json().errors).toEqual([
      { in: 'query', pointer: '#/page', detail: 'There is no such field' },
    ]);
  });
});
