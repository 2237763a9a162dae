import type { Position } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { awaitConsistency } from './answers.ts';
import { auth } from './auth.ts';
import { consistencyToken } from './consistency-token.ts';
import { exampleServer } from './example-server.fixture.ts';
import { atQuery } from './time-travel.ts';

const answer = z.object({ ok: z.boolean() });
const config = { auth: auth.public };

describe('a query', () => {
  const start = async () => {
    const { http } = await exampleServer((server) => {
      server.get('/v1/plain', { schema: { response: { 200: answer } }, config }, async () => ({ ok: true }));
      server.get('/v1/past', { schema: { querystring: atQuery, response: { 200: answer } }, config }, async () => ({ ok: true }));
      server.get('/page', { schema: { hide: true }, config }, async () => 'a page');
    });
    return async (url: string) => {
      const { statusCode, body } = await http.inject(url);
      return [statusCode, statusCode === 200 ? undefined : JSON.parse(body).errors] as const;
    };
  };

  it('refuses what it does not know, so that nobody takes today for another day', async () => {
    const get = await start();
    const unknown = (name: string) => [400, [{ in: 'query', pointer: `#/${name}`, detail: 'There is no such field' }]];
    expect(await get('/v1/plain?at=2027-05-02T09:00:00Z')).toEqual(unknown('at'));
    expect(await get('/v1/past?as-of=2027-05-02T09:00:00Z')).toEqual(unknown('as-of'));
    expect(await get('/v1/past?at=2027-05-02T09:00:00Z')).toEqual([200, undefined]);
    expect(await get('/v1/plain?')).toEqual([200, undefined]);
  });

  it('is left alone where it is a page and no part of the API', async () => {
    expect(await (await start())('/page?utm_source=x')).toEqual([200, undefined]);
  });
});

describe('a POST that is no command', () => {
  const start = async () => {
    const seen: Position[] = [];
    const { http } = await exampleServer((server) => {
      server.post(
        '/v1/sessions',
        { schema: { body: z.strictObject({}), response: { 200: answer } }, config: { ...config, idempotency: 'none', ifMatch: 'none' } },
        async (request) => {
          await awaitConsistency(request, async (position) => {
            seen.push(position);
            return position < ('5' as Position);
          });
          return { ok: true };
        },
      );
      server.post('/v1/commands', { schema: { body: z.strictObject({}), response: { 200: answer } }, config }, async (request) => {
        await awaitConsistency(request, async () => true);
        return { ok: true };
      });
    });
    const post = (url: string, token?: string) =>
      http.inject({ method: 'POST', url, payload: {}, headers: token === undefined ? {} : { 'consistency-token': token } });
    return { post, seen };
  };
  const tokenAt = (position: string): string => consistencyToken('registration', position as Position);

  it('waits for the write of a Consistency-Token like a query', async () => {
    const { post, seen } = await start();
    expect((await post('/v1/sessions')).statusCode).toBe(200);
    expect((await post('/v1/sessions', tokenAt('4'))).statusCode).toBe(200);
    const behind = await post('/v1/sessions', tokenAt('6'));
    expect([behind.statusCode, behind.json().code, behind.headers['retry-after']]).toEqual([503, 'read-model-behind', '1']);
    expect(seen).toEqual(['4', '6']);
    expect((await post('/v1/sessions', 'x')).json().code).toBe('invalid-consistency-token');
  });

  it('is the only one: a command that asks for it is a mistake in the route', async () => {
    expect((await (await start()).post('/v1/commands')).statusCode).toBe(500);
  });
});

describe('a field whose name is no text', () => {
  it('is refused like another one', async () => {
    const { http } = await exampleServer((server) => {
      server.post('/v1/things', { schema: { body: z.strictObject({}), response: { 200: answer } }, config }, async () => ({ ok: true }));
    });
    const sent = await http.inject({
      method: 'POST',
      url: '/v1/things',
      payload: '{"\\ud800":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect([sent.statusCode, sent.json().errors]).toEqual([400, [{ pointer: '#/%EF%BF%BD', detail: 'There is no such field' }]]);
  });
});
