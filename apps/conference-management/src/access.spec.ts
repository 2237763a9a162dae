import type { Instant } from '@conference/kernel';
import { systemTimer, tokens } from '@conference/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, codeOf, details, fullPass, seen } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken, tokenSecret } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, created } = clientOf(() => service);

const issuer = tokens({ secret: tokenSecret, clock: systemTimer });
const tokenOf = (kind: 'organiser' | 'registrant', sub: string, endsInSeconds = 60): string =>
  issuer.sign({ kind, sub, expiresAt: new Date(Date.parse(systemTimer.now()) + endsInSeconds * 1000).toISOString() as Instant });

describe('Whose a conference is', () => {
  const routes = [
    ['GET', ''],
    ['GET', '?at=2027-05-02T09:00:00.000Z'],
    ['GET', '/history'],
    ['PUT', '/details'],
    ['POST', '/publish'],
    ['POST', '/unpublish'],
    ['GET', '/seat-types'],
    ['POST', '/seat-types'],
    ['PUT', `/seat-types/${idOf('seat type')}`],
    ['DELETE', `/seat-types/${idOf('seat type')}`],
    ['GET', '/orders'],
    ['GET', '/attendees'],
  ] as const;

  it.each(routes)('%s …%s answers 401 without a token, and 404 to any other', async (method, path) => {
    const mine = await created();
    const other = await created();
    const url = `/v1/conferences/${mine.id}${path}`;
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: details };
    expect(codeOf(await call(method, url, body))).toEqual([401, 'unauthenticated']);
    expect(codeOf(await call(method, url, { ...body, token: `${mine.token.slice(0, -4)}AAAA` }))).toEqual([401, 'unauthenticated']);
    const foreign = await call(method, url, { ...body, token: other.token });
    const absent = await call(method, `/v1/conferences/${idOf('nobody')}${path}`, { ...body, token: other.token });
    expect(codeOf(foreign)).toEqual([404, 'not-found']);
    expect({ ...foreign.json<object>(), traceId: '' }).toEqual({ ...absent.json<object>(), traceId: '' });
    expect(codeOf(await call(method, url, { ...body, token: operatorToken }))).toEqual([404, 'not-found']);
    // One that covers an order with the same id, and one that has expired.
    expect(codeOf(await call(method, url, { ...body, token: tokenOf('registrant', mine.id) }))).toEqual([404, 'not-found']);
    expect(codeOf(await call(method, url, { ...body, token: tokenOf('organiser', mine.id, -60) }))).toEqual([401, 'unauthenticated']);
  });

  it.each([
    ['GET', '', undefined],
    ['GET', '?at=2027-05-02T09:00:00.000Z', undefined],
    ['GET', '/history', undefined],
    ['GET', '/seat-types', undefined],
    ['GET', '/orders', undefined],
    ['GET', '/attendees', undefined],
    ['POST', '/publish', undefined],
    ['POST', '/unpublish', undefined],
    ['POST', '/seat-types', fullPass],
  ] as const)('%s …%s answers 404 to a token of a conference that there is not, as to one of another', async (method, path, body) => {
    const url = `/v1/conferences/${idOf('nobody')}${path}`;
    const sent = body === undefined ? {} : { body };
    const own = await call(method, url, { ...sent, token: tokenOf('organiser', idOf('nobody')) });
    const foreign = await call(method, url, { ...sent, token: (await created()).token });
    expect(codeOf(own)).toEqual([404, 'not-found']);
    expect({ ...own.json<object>(), traceId: '' }).toEqual({ ...foreign.json<object>(), traceId: '' });
  });

  it('is the same whatever the case of its id', async () => {
    const { id, token, answer } = await created();
    const read = await call('GET', `/v1/conferences/${id.toUpperCase()}`, { token, headers: seen(answer) });
    expect(read.json<{ id: string }>().id).toBe(id);
    const changed = await call('POST', `/v1/conferences/${id.toUpperCase()}/publish`, { token });
    expect(changed.headers.etag).toBe('"1"');
  });

  it.each([
    ['GET', '/ops/projections'],
    ['POST', '/ops/projections/conferences/rebuild'],
    ['GET', '/ops/parked-messages'],
  ] as const)('%s %s is the operator’s', async (method, url) => {
    const { token } = await created();
    expect((await call(method, url, { token })).statusCode).toBe(401);
    expect((await call(method, url)).statusCode).toBe(401);
    expect((await call(method, url, { token: operatorToken })).statusCode).toBeLessThan(300);
  });
});

describe('The service itself', () => {
  it('documents every route and is ready', async () => {
    const { paths } = (await call('GET', '/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/conferences',
        '/v1/conferences/{id}/seat-types/{seatTypeId}',
        '/v1/organizer-sessions',
        '/ops/projections',
      ]),
    );
    expect((await call('GET', '/health/ready')).statusCode).toBe(200);
  });

  it('builds its read models anew from the events alone', async () => {
    const { id, token, answer } = await created();
    const before = await call('GET', `/v1/conferences/${id}`, { token, headers: seen(answer) });
    expect((await call('POST', '/ops/projections/conferences/rebuild', { token: operatorToken })).statusCode).toBe(202);
    const published = await call('POST', `/v1/conferences/${id}/publish`, { token });
    const after = await call('GET', `/v1/conferences/${id}`, { token, headers: seen(published) });
    expect(after.json()).toEqual({ ...before.json<object>(), isPublished: true, wasEverPublished: true, version: 1 });
  });

  it('publishes what it decided, without the owner and the access code', async () => {
    const { id, token } = await created();
    await call('POST', `/v1/conferences/${id}/seat-types`, { token, body: fullPass });
    await call('POST', `/v1/conferences/${id}/publish`, { token });
    const heard = await service.heard(`Conference-${id}`, 3);
    expect(heard.map(({ type, sequence, key }) => [sequence, type, key])).toEqual([
      [0, 'ConferenceCreated', id],
      [1, 'NotPublished', id],
      [2, 'ConferencePublished', id],
    ]);
    expect(JSON.stringify(heard)).not.toMatch(/accessCode|Ada/);
  });
});
