import { unlimitedFields } from '@conference/platform';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  ada,
  type Conference,
  clientOf,
  codeOf,
  grace,
  type Headers,
  type Method,
  type Placed,
  patient,
  said,
} from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ free: { price: 0, quota: 1_000 } });
});
afterAll(() => service.close());
const { call, key, conference, ordered, registered, confirm, becomes } = clientOf(() => service);

const confirmed = async (): Promise<Placed> => {
  const placed = await registered(days, { free: 2 });
  expect((await confirm(placed)).statusCode).toBe(200);
  await becomes(placed, { state: 'confirmed' });
  await vi.waitFor(
    async () => expect((await call('GET', `/v1/orders/${placed.id}/seats`, { token: placed.token })).json()).toHaveLength(2),
    10_000,
  );
  return placed;
};
const items = (quantity: number) => ({ items: [{ seatTypeId: days.seatTypes['free'], quantity }] });

/** Every command of the service, on an order on which it does something. */
type CommandRoute = {
  readonly method: Method;
  readonly path: string;
  readonly needsKey: boolean;
  readonly given: () => Promise<Placed>;
  readonly bodies?: () => readonly [object, object];
  /** Of the stream that the command is decided on, before it. */
  readonly version: number;
};
const commands: readonly CommandRoute[] = [
  {
    method: 'PUT',
    path: '/items',
    needsKey: true,
    given: () => ordered(days, { free: 1 }),
    bodies: () => [items(2), items(3)],
    version: 2,
  },
  { method: 'PUT', path: '/registrant', needsKey: false, given: () => ordered(days, { free: 1 }), bodies: () => [grace, ada], version: 2 },
  { method: 'POST', path: '/confirmation', needsKey: true, given: () => registered(days, { free: 1 }), version: 3 },
  { method: 'POST', path: '/cancellation', needsKey: true, given: () => registered(days, { free: 1 }), version: 3 },
  { method: 'PUT', path: '/seats/0', needsKey: false, given: confirmed, bodies: () => [grace, ada], version: 0 },
  {
    method: 'DELETE',
    path: '/seats/1',
    needsKey: false,
    given: async () => {
      const placed = await confirmed();
      const answer = await call('PUT', `/v1/orders/${placed.id}/seats/1`, { token: placed.token, body: ada });
      expect(answer.statusCode).toBe(200);
      return placed;
    },
    version: 1,
  },
];
const send = (
  route: CommandRoute,
  { id, token }: Placed,
  headers: Headers,
  body: object | string | undefined = route.bodies?.()[0],
): Promise<Answer> => call(route.method, `/v1/orders/${id}${route.path}`, { token, headers, ...(body === undefined ? {} : { body }) });
const raw = (route: CommandRoute, { id, token }: Placed, contentType: string, body: string): Promise<Answer> =>
  call(route.method, `/v1/orders/${id}${route.path}`, { token, headers: { ...key(), 'content-type': contentType }, body });

describe.each(commands)('$method /v1/orders/{id}$path', (route) => {
  it('answers with the version that it led to and a token for the write', async () => {
    const answer = await send(route, await route.given(), key());
    expect(answer.statusCode).toBe(200);
    expect(Number(answer.headers.etag?.slice(1, -1))).toBeGreaterThan(route.version);
    expect(answer.headers['consistency-token']).toEqual(expect.any(String));
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
  });

  it('with the same key is answered word for word, also by a new process; with another body it is a misuse', async () => {
    const placed = await route.given();
    const headers = key();
    const first = await send(route, placed, headers);
    for (const _ of ['the same process', 'a new process']) {
      const again = await send(route, placed, headers);
      expect(said(again)).toEqual(said(first));
      expect(again.headers['idempotency-replayed']).toBe('true');
      const other = route.bodies?.()[1];
      if (other !== undefined) expect(codeOf(await send(route, placed, headers, other))).toEqual([422, 'idempotency-key-reused']);
      await service.restart();
    }
  });

  it('twice at the same moment with one key is done once', async () => {
    const placed = await route.given();
    const headers = key();
    const answers = await Promise.all([send(route, placed, headers), send(route, placed, headers)]);
    const running = answers.find(({ statusCode }) => statusCode === 409);
    if (running !== undefined)
      expect([...codeOf(running), running.headers['retry-after']]).toEqual([409, 'idempotency-key-in-progress', '1']);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(running === undefined ? 2 : 1);
    const again = await send(route, placed, headers);
    expect(said(again)).toEqual(said(answers.find(({ statusCode }) => statusCode === 200) ?? again));
  });

  it('refuses keys that are none, and one that is missing where it is needed', async () => {
    const placed = await route.given();
    for (const bad of ['k'.repeat(256), 'schlüssel', 'tab\there'])
      expect(codeOf(await send(route, placed, { 'idempotency-key': bad })), bad).toEqual([400, 'invalid-idempotency-key']);
    const without = await send(route, placed, {});
    expect(codeOf(without)).toEqual(route.needsKey ? [400, 'idempotency-key-required'] : [200, undefined]);
  });

  it('refuses a version that is not the current one, and lets the current one through', async () => {
    const placed = await route.given();
    for (const outdated of ['"999"', `"${route.version - 1}"`].filter((tag) => tag !== '"-1"')) {
      const answer = await send(route, placed, { ...key(), 'if-match': outdated });
      expect([...codeOf(answer), answer.json<{ currentVersion: number }>().currentVersion]).toEqual([
        412,
        'version-mismatch',
        route.version,
      ]);
    }
    for (const malformed of ['latest', 'W/"2"', '2', '"1", "2"', '""', '"-1"'])
      expect(codeOf(await send(route, placed, { ...key(), 'if-match': malformed })), malformed).toEqual([400, 'invalid-if-match']);
    expect((await send(route, placed, { ...key(), 'if-match': `"${route.version}"` })).statusCode).toBe(200);
  });

  it('with any version is like one without', async () => {
    expect((await send(route, await route.given(), { ...key(), 'if-match': '*' })).statusCode).toBe(200);
  });

  it('takes the body that it says, and no other', async () => {
    const placed = await route.given();
    const body = route.bodies?.()[0];
    if (body === undefined) {
      const answer = await send(route, placed, key(), { reason: 'none' });
      expect([...codeOf(answer), answer.json<{ errors: object[] }>().errors]).toEqual([
        400,
        'invalid-request',
        [{ pointer: '#', detail: expect.any(String) }],
      ]);
      return;
    }
    const more = await send(route, placed, key(), { ...body, more: 1 });
    expect([...codeOf(more), more.json<{ errors: object[] }>().errors]).toMatchObject([400, 'invalid-request', [{ pointer: '#/more' }]]);
    expect(codeOf(await raw(route, placed, 'application/json', '{'))).toEqual([400, 'malformed-json']);
    expect(codeOf(await raw(route, placed, 'application/json', ''))).toEqual([400, 'malformed-json']);
    expect(codeOf(await raw(route, placed, 'application/json', 'null'))).toEqual([400, 'invalid-request']);
    expect(codeOf(await raw(route, placed, 'text/plain', 'x'))).toEqual([415, 'unsupported-media-type']);
    expect(codeOf(await raw(route, placed, 'application/json', JSON.stringify({ x: 'x'.repeat(65 * 1024) })))).toEqual([
      413,
      'body-too-large',
    ]);
  });
});

describe('A selection that is refused by the catalogue', () => {
  it('is told first that its version is outdated', async () => {
    const placed = await ordered(days, { free: 1 });
    const body = { items: [{ seatTypeId: idOf('no such seat type'), quantity: 1 }] };
    const choose = (version: number) =>
      call('PUT', `/v1/orders/${placed.id}/items`, { token: placed.token, body, headers: { ...key(), 'if-match': `"${version}"` } });
    const outdated = await choose(1);
    expect([...codeOf(outdated), outdated.json<{ currentVersion: number }>().currentVersion]).toEqual([412, 'version-mismatch', 2]);
    expect(codeOf(await choose(2))).toEqual([409, 'unknown-seat-type']);
  });
});

describe('Placing an order for a version', () => {
  it('is refused: there is no version of what is not there', async () => {
    const body = { conferenceId: days.id, ...items(1) };
    const answer = await call('POST', '/v1/orders', { body, headers: { ...key(), 'if-match': '"0"' } });
    expect([...codeOf(answer), answer.json<{ currentVersion: null }>().currentVersion]).toEqual([412, 'version-mismatch', null]);
  });
});

describe('Every field', () => {
  it('has a limit', async () => {
    expect(unlimitedFields((await call('GET', '/openapi.json')).json())).toEqual([]);
  });

  it.each([
    ['#/slug', { slug: 'x'.repeat(61) }],
    ['#/slug', { slug: '' }],
    ['#/email', { email: `${'x'.repeat(250)}@example.org` }],
    ['#/accessCode', { accessCode: 'x'.repeat(65) }],
  ])('of a session that goes beyond it is named: %s', async (pointer, change) => {
    const body = { slug: days.slug, email: grace.email, accessCode: 'ABCDEFGHJKMNPQRS', ...change };
    const answer = await call('POST', '/v1/order-sessions', { body });
    expect([...codeOf(answer), answer.json<{ errors: object[] }>().errors]).toMatchObject([400, 'invalid-request', [{ pointer }]]);
  });

  it.each(['firstName', 'lastName', 'email'])('of a person that goes beyond it is named: %s', async (field) => {
    const { id, token } = await ordered(days, { free: 1 });
    const long = field === 'email' ? `${'x'.repeat(243)}@example.org` : 'x'.repeat(101);
    const answer = await call('PUT', `/v1/orders/${id}/registrant`, { token, body: { ...grace, [field]: long } });
    expect([...codeOf(answer), answer.json<{ errors: object[] }>().errors]).toMatchObject([
      400,
      'invalid-request',
      [{ pointer: `#/${field}` }],
    ]);
  });

  it('of a selection that goes beyond it is named: 200 lines, 1,000 seats in all', async () => {
    const place = async (lines: number, quantity: number) => {
      const selection = Array.from({ length: lines }, (_, n) => ({ seatTypeId: idOf(`type ${n}`), quantity }));
      return call('POST', '/v1/orders', { body: { conferenceId: days.id, items: selection }, headers: key() });
    };
    for (const [lines, quantity] of [
      [201, 1],
      [51, 20],
    ] as const) {
      const answer = await place(lines, quantity);
      expect([...codeOf(answer), answer.json<{ errors: object[] }>().errors]).toMatchObject([
        400,
        'invalid-request',
        [{ pointer: '#/items' }],
      ]);
    }
    expect(codeOf(await place(50, 20))).toEqual([409, 'unknown-seat-type']);
  });

  it('of an operator’s command that goes beyond it is named', async () => {
    const post = (path: string, body: object) => call('POST', path, { token: operatorToken, body });
    const skip = await post(`/ops/parked-messages/${idOf('any')}/skip`, { reason: 'x'.repeat(501) });
    expect([...codeOf(skip), skip.json<{ errors: object[] }>().errors]).toMatchObject([400, 'invalid-request', [{ pointer: '#/reason' }]]);
    expect(codeOf(await post('/ops/publisher/republish', { subject: 'x'.repeat(201) }))).toEqual([400, 'invalid-request']);
    expect(codeOf(await post('/ops/publisher/republish', { from: 'now' }))).toEqual([400, 'invalid-request']);
  });
});
