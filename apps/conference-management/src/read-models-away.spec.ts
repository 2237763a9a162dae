/** Read models on a server of their own can be away: commands go on, and nothing is answered 500. */
import { openEngines } from '@conference/engines';
import { documentedRoutes, systemTimer } from '@conference/platform';
import { awayReadModelsOf } from '@conference/testing-memory';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, clientOf, codeOf, details, fullPass, newConference } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const engines = awayReadModelsOf(openEngines);
let service: Component;
let id: string;
let token: string;
let accessCode: string;
let seatTypeId: string;
let version: number;
beforeAll(async () => {
  service = await component(engines.openEngines);
  ({ id, token, accessCode } = await create('away'));
  const added = await post('seat-types', fullPass);
  seatTypeId = added.json<{ id: string }>().id;
  version = 1;
});
afterEach(() => engines.giveBack());
afterAll(() => service.close());
const { call, create } = clientOf(() => service);

const get = (path = '') => call('GET', `/v1/conferences/${id}${path}`, { token });
const post = (path: string, body?: object) =>
  call('POST', `/v1/conferences/${id}/${path}`, { token, ...(body === undefined ? {} : { body }) });
const change = async (method: 'PUT' | 'DELETE', path: string, body?: object): Promise<Answer> => {
  const headers = { 'if-match': `"${version}"` };
  const answer = await call(method, `/v1/conferences/${id}/${path}`, { token, headers, ...(body === undefined ? {} : { body }) });
  version += 1;
  return answer;
};
const session = () => call('POST', '/v1/organizer-sessions', { body: { email: 'ada@example.org', accessCode } });
const operator = (method: 'GET' | 'POST', path: string, body?: object) =>
  call(method, path, { token: operatorToken, ...(body === undefined ? {} : { body }) });
const statusOf = (answer: Answer) => [answer.statusCode, answer.body === '' ? undefined : codeOf(answer)[1]];
const away = [503, 'temporarily-unavailable'];

type Route = { readonly ask: () => Promise<Answer>; readonly answer: readonly unknown[] };
/** In this order: what is changed is changed once. */
const routes: { readonly [route: string]: Route } = {
  'POST /v1/organizer-sessions': { ask: session, answer: away },
  'POST /v1/conferences': { ask: () => call('POST', '/v1/conferences', { body: newConference('meanwhile') }), answer: [201, undefined] },
  'GET /v1/conferences/{id}': { ask: () => get(), answer: away },
  'PUT /v1/conferences/{id}/details': { ask: () => change('PUT', 'details', { ...details, name: 'Changed' }), answer: [200, undefined] },
  'GET /v1/conferences/{id}/seat-types': { ask: () => get('/seat-types'), answer: away },
  'PUT /v1/conferences/{id}/seat-types/{seatTypeId}': {
    ask: () => change('PUT', `seat-types/${seatTypeId}`, { ...fullPass, quota: 20 }),
    answer: [200, undefined],
  },
  'DELETE /v1/conferences/{id}/seat-types/{seatTypeId}': {
    ask: () => change('DELETE', `seat-types/${seatTypeId}`),
    answer: [204, undefined],
  },
  'POST /v1/conferences/{id}/seat-types': { ask: () => post('seat-types', fullPass), answer: [201, undefined] },
  'POST /v1/conferences/{id}/publish': { ask: () => post('publish'), answer: [200, undefined] },
  'POST /v1/conferences/{id}/unpublish': { ask: () => post('unpublish'), answer: [200, undefined] },
  'GET /v1/conferences/{id}/orders': { ask: () => get('/orders'), answer: away },
  'GET /v1/conferences/{id}/attendees': { ask: () => get('/attendees'), answer: away },
  'GET /v1/conferences/{id}/history': { ask: () => get('/history'), answer: [200, undefined] },
  'GET /ops/projections': { ask: () => operator('GET', '/ops/projections'), answer: [200, undefined] },
  'POST /ops/projections/{name}/rebuild': { ask: () => operator('POST', '/ops/projections/conferences/rebuild'), answer: [202, undefined] },
  'GET /ops/parked-messages': { ask: () => operator('GET', '/ops/parked-messages'), answer: away },
  'POST /ops/parked-messages/{id}/retry': { ask: () => operator('POST', `/ops/parked-messages/${idOf('none')}/retry`), answer: away },
  'POST /ops/parked-messages/{id}/skip': {
    ask: () => operator('POST', `/ops/parked-messages/${idOf('none')}/skip`, { reason: 'none' }),
    answer: away,
  },
  'POST /ops/publisher/republish': {
    ask: () => operator('POST', '/ops/publisher/republish', { subject: `Conference-${id}` }),
    answer: [202, undefined],
  },
};

describe('While the read models are away', () => {
  it('every route is spoken of here', () => {
    expect(Object.keys(routes).sort()).toEqual([...documentedRoutes(service.http().swagger())].sort());
  });

  it('attempts at a session do not count', async () => {
    engines.takeAway();
    for (let n = 0; n < 12; n++) expect(codeOf(await session())).toEqual(away);
    engines.giveBack();
    expect((await session()).json()).toMatchObject({ conferenceId: id });
  });

  it.each(Object.entries(routes))('%s goes on, or is to be repeated', async (_, { ask, answer }) => {
    engines.takeAway();
    const answered = await ask();
    expect(statusOf(answered)).toEqual(answer);
    expect(answered.headers['retry-after']).toBe(answer === away ? '1' : undefined);
  });

  it('a conference is not created under a key that may be another one’s, and is as soon as they are there again', async () => {
    engines.takeAway();
    const keyed = { 'idempotency-key': 'a conference of its own' };
    expect(codeOf((await create('keyed', keyed)).answer)).toEqual(away);
    engines.giveBack();
    expect((await create('keyed', keyed)).answer.statusCode).toBe(201);
  });

  it('nothing is lost: what was done meanwhile is shown afterwards, by itself', async () => {
    engines.takeAway();
    const meanwhile = await create('later');
    const later = `/v1/conferences/${meanwhile.id}`;
    const changed = await call('POST', `${later}/seat-types`, { token: meanwhile.token, body: fullPass });
    expect([meanwhile.answer.statusCode, changed.statusCode]).toEqual([201, 201]);
    await systemTimer.sleep(3_500); // longer than the leases go unrenewed
    engines.giveBack();
    await vi.waitFor(async () => {
      const shown = await call('GET', `${later}/seat-types`, { token: meanwhile.token });
      expect(shown.json()).toMatchObject({ items: [{ name: fullPass.name, remaining: expect.any(Number) }] });
    }, 10_000);
  });
});
