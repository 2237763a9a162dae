import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conference, clientOf, codeOf, eventually, grace, type Placed, patient, seen } from './client.fixture.ts';
import { type Component, component, graceSeconds, operatorToken, reservationSeconds } from './component.fixture.ts';

vi.setConfig(patient);

let service: Component;
let days: Conference;
let other: Conference;
beforeAll(async () => {
  service = await component();
  days = await conference({ full: { price: 19900, quota: 500 } });
  other = await conference({ full: { price: 19900, quota: 500 } });
});
afterAll(() => service.close());
const { call, conference, ordered, registered, register, cancel, becomes } = clientOf(() => service);

const open = (slug: string, email: string, accessCode: string) => call('POST', '/v1/order-sessions', { body: { slug, email, accessCode } });
let people = 0;
const person = () => ({ ...grace, email: `Grace.${++people}@Example.org` });
const held = async (): Promise<Placed & { readonly email: string }> => {
  const { email, ...name } = person();
  const placed = await registered(days, { full: 1 }, { ...name, email });
  // The session asks the read model.
  await becomes(placed, { registrant: { ...name, email } });
  return { ...placed, email };
};

describe('A session', () => {
  it('is opened with e-mail and access code, and covers that order', async () => {
    const { id, email, accessCode } = await held();
    const answer = await open(days.slug, email, accessCode);
    const { token, orderId } = answer.json<{ token: string; orderId: string }>();
    expect([answer.statusCode, orderId]).toEqual([200, id]);
    expect((await call('GET', `/v1/orders/${id}`, { token })).statusCode).toBe(200);
  });

  it('is opened right after the registrant was named, with the Consistency-Token of that', async () => {
    for (let n = 0; n < 10; n++) {
      const placed = await ordered(days, { full: 1 });
      const { email, ...name } = person();
      const named = await register(placed, { ...name, email });
      const body = { slug: days.slug, email, accessCode: placed.accessCode };
      const answer = await call('POST', '/v1/order-sessions', { body, headers: seen(named) });
      expect([answer.statusCode, answer.json<{ orderId: string }>().orderId]).toEqual([200, placed.id]);
    }
  });

  it('is not looked for before a write has been seen that is still to come', async () => {
    const later = Buffer.from(JSON.stringify([1, 'registration', '9'.repeat(16)])).toString('base64url');
    const body = { slug: days.slug, email: 'nobody@example.org', accessCode: 'X' };
    const headers = { 'consistency-token': later, prefer: 'wait=0' };
    const answer = await call('POST', '/v1/order-sessions', { body, headers });
    expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'read-model-behind', '1']);
  });

  it('is opened however people type it', async () => {
    const { id, email, accessCode } = await held();
    const dashed = accessCode.replaceAll(/(....)(?=.)/g, '$1-');
    for (const [typedEmail, typedCode] of [
      [email.toUpperCase(), dashed],
      [` ${email.toLowerCase()} `, dashed.toLowerCase()],
      [email, ` ${dashed.replaceAll('-', ' ')} `],
      [email, accessCode.replaceAll('0', 'o').replaceAll('1', 'l')],
      [email, accessCode.replaceAll('0', 'O').replaceAll('1', 'I')],
    ] as const)
      expect((await open(days.slug, typedEmail, typedCode)).json(), `${typedEmail} ${typedCode}`).toMatchObject({ orderId: id });
  });

  it('follows the registrant to another address, and leaves the old one', async () => {
    const { id, token, email, accessCode } = await held();
    const moved = person();
    expect((await call('PUT', `/v1/orders/${id}/registrant`, { token, body: moved })).statusCode).toBe(200);
    await eventually(async () => expect((await open(days.slug, moved.email, accessCode)).json()).toMatchObject({ orderId: id }));
    expect((await open(days.slug, email, accessCode)).statusCode).toBe(401);
  });

  it('is refused in the same words, whatever was wrong', async () => {
    const { email, accessCode } = await held();
    const unregistered = await ordered(days, { full: 1 });
    const refusals = [
      await open(days.slug, email, 'WRONGWRONGWRONG0'),
      await open(days.slug, person().email, accessCode),
      await open(other.slug, email, accessCode),
      await open('never_heard_of', email, accessCode),
      await open(days.slug, 'nobody', 'x'),
      await open(days.slug, email, unregistered.accessCode),
    ];
    const bodies = refusals.map((answer) => {
      const { traceId, ...body } = answer.json<{ traceId: string }>();
      return [answer.statusCode, body, answer.headers['www-authenticate']];
    });
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0]).toMatchObject([401, { code: 'unauthenticated' }, 'Bearer']);
  });

  it('is refused with unknown or missing fields, as a request that is not valid', async () => {
    const body = { slug: days.slug, email: grace.email, accessCode: 'X' };
    expect(codeOf(await call('POST', '/v1/order-sessions', { body: { ...body, orderId: 'x' } }))).toEqual([400, 'invalid-request']);
    expect(codeOf(await call('POST', '/v1/order-sessions', { body: { slug: days.slug } }))).toEqual([400, 'invalid-request']);
    expect(codeOf(await call('POST', '/v1/order-sessions', { body: { ...body, email: { $ne: '' } } }))).toEqual([400, 'invalid-request']);
  });

  it('finds cancelled and expired orders too', async () => {
    const cancelled = await held();
    expect((await cancel(cancelled)).statusCode).toBe(200);
    const expired = await held();
    service.forward(reservationSeconds + graceSeconds + 1);
    await becomes(expired, { state: 'expired' });
    for (const { id, email, accessCode, state } of [
      { ...cancelled, state: 'cancelled' },
      { ...expired, state: 'expired' },
    ]) {
      const { token } = (await open(days.slug, email, accessCode)).json<{ token: string }>();
      expect((await call('GET', `/v1/orders/${id}`, { token })).json()).toMatchObject({ state });
    }
  });

  it('still opens for a new process, and after the orders were built anew', async () => {
    const { id, email, accessCode } = await held();
    await service.restart();
    expect((await open(days.slug, email, accessCode)).json()).toMatchObject({ orderId: id });
    await call('POST', '/ops/projections/orders/rebuild', { token: operatorToken });
    await eventually(async () => expect((await open(days.slug, email, accessCode)).json()).toMatchObject({ orderId: id }));
  });
});

describe('Failed attempts', () => {
  it('are limited per address, whatever its case; then also the right code is told to wait', async () => {
    const { id, email, accessCode } = await held();
    const guess = (n: number) => open(days.slug, n % 2 === 0 ? email : email.toUpperCase(), `GUESS${n}`);
    const answers = await Promise.all(Array.from({ length: 13 }, (_, n) => guess(n)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array(10).fill(401), 429, 429, 429]);
    const limited = await open(days.slug, email, accessCode);
    expect(codeOf(limited)).toEqual([429, 'too-many-requests']);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(590);
    const neighbour = await held();
    expect((await open(days.slug, neighbour.email, neighbour.accessCode)).statusCode).toBe(200);
    service.forward(601);
    expect((await open(days.slug, email, accessCode)).json()).toMatchObject({ orderId: id });
  });

  it('do not count what succeeds', async () => {
    const { email, accessCode } = await held();
    for (let n = 0; n < 12; n++) expect((await open(days.slug, email, accessCode)).statusCode).toBe(200);
  });
});

it('A registrant who has not been named yet has no session', async () => {
  const placed = await ordered(days, { full: 1 });
  expect((await open(days.slug, grace.email, placed.accessCode)).statusCode).toBe(401);
  const named = person();
  expect((await register(placed, named)).statusCode).toBe(200);
  await eventually(async () => expect((await open(days.slug, named.email, placed.accessCode)).statusCode).toBe(200));
});
