/** Read models on a server of their own can be away: orders go on being taken and decided, and nothing is answered 500. */
import { openEngines } from '@conference/engines';
import { documentedRoutes, systemTimer } from '@conference/platform';
import { awayReadModelsOf } from '@conference/testing-memory';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, ada, type Conference, clientOf, codeOf, eventually, grace, type Placed, patient } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

vi.setConfig(patient);

const engines = awayReadModelsOf(openEngines);
let service: Component;
let days: Conference;
/** One for each route that changes an order. */
const given: { [route: string]: Placed } = {};
let confirmed: Placed;
beforeAll(async () => {
  service = await component({}, engines.openEngines);
  days = await conference({ full: { price: 100, quota: 500 }, free: { price: 0, quota: 500 } });
  for (const route of ['items', 'registrant', 'cancellation', 'session', 'past']) given[route] = await registered(days, { full: 1 });
  given['confirmation'] = await registered(days, { free: 1 });
  confirmed = await registered(days, { free: 2 });
  expect((await confirm(confirmed)).statusCode).toBe(200);
  await eventually(async () => expect((await seatsOf(confirmed)).json()).toHaveLength(2));
});
afterEach(() => engines.giveBack());
afterAll(() => service.close());
const { call, key, conference, available, place, ordered, register, registered, choose, confirm, cancel, read, becomes } = clientOf(
  () => service,
);

const the = (route: string): Placed => {
  const placed = given[route];
  if (placed === undefined) throw new Error(`no order was placed for ${route}`);
  return placed;
};
const get = (path: string, token?: string) => call('GET', path, token === undefined ? {} : { token });
const seatsOf = ({ id, token }: Placed) => get(`/v1/orders/${id}/seats`, token);
const seat = (method: 'PUT' | 'DELETE') =>
  call(method, `/v1/orders/${confirmed.id}/seats/1`, { token: confirmed.token, ...(method === 'PUT' ? { body: ada } : {}) });
const session = ({ accessCode }: Placed) =>
  call('POST', '/v1/order-sessions', { body: { slug: days.slug, email: grace.email, accessCode } });
const operator = (method: 'GET' | 'POST', path: string, body?: object) =>
  call(method, path, { token: operatorToken, ...(body === undefined ? {} : { body }) });
const health = async () => (await get('/health/ready')).json<{ status: string; missing: { part: string; problem: string }[] }>();
const away = [503, 'temporarily-unavailable'];

type Route = { readonly ask: () => Promise<Answer>; readonly answer: readonly unknown[] };
const routes: { readonly [route: string]: Route } = {
  'GET /v1/conferences': { ask: () => get('/v1/conferences'), answer: away },
  'GET /v1/conferences/{slug}': { ask: () => get(`/v1/conferences/${days.slug}`), answer: away },
  'GET /v1/conferences/{slug}/seat-types': { ask: () => get(`/v1/conferences/${days.slug}/seat-types`), answer: away },
  'POST /v1/orders': { ask: () => place(days, { full: 1 }, { prefer: 'wait=5' }), answer: [201, undefined] },
  'PUT /v1/orders/{id}/items': { ask: () => choose(the('items'), days, { full: 2 }), answer: [200, undefined] },
  'PUT /v1/orders/{id}/registrant': { ask: () => register(the('registrant'), ada), answer: [200, undefined] },
  'POST /v1/orders/{id}/confirmation': { ask: () => confirm(the('confirmation')), answer: [200, undefined] },
  'POST /v1/orders/{id}/cancellation': { ask: () => cancel(the('cancellation')), answer: [200, undefined] },
  'GET /v1/orders/{id}': { ask: () => read(the('past')), answer: away },
  'GET /v1/orders/{id}/history': { ask: () => get(`/v1/orders/${the('past').id}/history`, the('past').token), answer: [200, undefined] },
  'POST /v1/order-sessions': { ask: () => session(the('session')), answer: away },
  'GET /v1/orders/{id}/seats': { ask: () => seatsOf(confirmed), answer: away },
  'PUT /v1/orders/{id}/seats/{position}': { ask: () => seat('PUT'), answer: [200, undefined] },
  'DELETE /v1/orders/{id}/seats/{position}': { ask: () => seat('DELETE'), answer: [200, undefined] },
  'GET /ops/processes': { ask: () => operator('GET', '/ops/processes'), answer: away },
  'GET /ops/projections': { ask: () => operator('GET', '/ops/projections'), answer: [200, undefined] },
  'POST /ops/projections/{name}/rebuild': { ask: () => operator('POST', '/ops/projections/orders/rebuild'), answer: [202, undefined] },
  'GET /ops/parked-messages': { ask: () => operator('GET', '/ops/parked-messages'), answer: away },
  'POST /ops/parked-messages/{id}/retry': { ask: () => operator('POST', `/ops/parked-messages/${idOf('none')}/retry`), answer: away },
  'POST /ops/parked-messages/{id}/skip': {
    ask: () => operator('POST', `/ops/parked-messages/${idOf('none')}/skip`, { reason: 'none' }),
    answer: away,
  },
  'POST /ops/publisher/republish': {
    ask: () => operator('POST', '/ops/publisher/republish', { subject: `Order-${the('past').id}` }),
    answer: [202, undefined],
  },
};

describe('While the read models are away', () => {
  it('every route is spoken of here', () => {
    expect(Object.keys(routes).sort()).toEqual([...documentedRoutes(service.http().swagger())].sort());
  });

  it.each(Object.entries(routes))('%s goes on, or is to be repeated', async (_, { ask, answer }) => {
    engines.takeAway();
    const answered = await ask();
    expect(codeOf(answered)).toEqual(answer);
    expect(answered.headers['retry-after']).toBe(answer === away ? '1' : undefined);
  });

  it('an order is decided, and the answer to a command leaves out what payments said instead of telling a wrong thing', async () => {
    engines.takeAway();
    const placed = await ordered(days, { full: 3 });
    expect([placed.order.state, placed.order.paymentState]).toEqual(['reserved', 'none']);
    const changed = await register(placed);
    expect(changed.json()).toMatchObject({ registrant: grace, state: 'reserved', version: 3 });
    expect(changed.json()).not.toHaveProperty('paymentState');
    engines.giveBack();
    await becomes(placed, { state: 'reserved', registrant: grace, paymentState: 'none', version: 3 });
  });

  it('the past of an order is to be asked for again', async () => {
    engines.takeAway();
    const answer = await get(`/v1/orders/${the('past').id}?at=${service.now()}`, the('past').token);
    expect(codeOf(answer)).toEqual(away);
  });

  it('what the last known catalogue refuses is not refused for good', async () => {
    engines.takeAway();
    expect(codeOf(await place(days, { unheard: 1 }))).toEqual(away);
    engines.giveBack();
    expect(codeOf(await place(days, { unheard: 1 }))).toEqual([409, 'unknown-seat-type']);
  });

  it('a repeat is told what was accepted, also by a process that has read nothing yet', async () => {
    const command = key();
    const placed = await place(days, { full: 1 }, command, idOf('repeated'));
    expect(placed.statusCode).toBe(201);
    await service.restart();
    engines.takeAway();
    const repeated = await place(days, { full: 1 }, command, idOf('repeated'));
    expect([repeated.statusCode, repeated.headers['idempotency-replayed'], repeated.json()]).toEqual([201, 'true', placed.json()]);
    expect(codeOf(await place(days, { full: 1 }))).toEqual(away);
  });

  it('no order is taken for a conference that this process has not read, and it is as soon as they are there again', async () => {
    await service.restart();
    engines.takeAway();
    const command = key();
    expect(codeOf(await place(days, { full: 1 }, command))).toEqual(away);
    engines.giveBack();
    expect((await place(days, { full: 1 }, command)).statusCode).toBe(201);
  });

  it('attempts at a session do not count', async () => {
    engines.takeAway();
    for (let n = 0; n < 12; n++) expect(codeOf(await session(the('session')))).toEqual(away);
    engines.giveBack();
    expect((await session(the('session'))).json()).toMatchObject({ orderId: the('session').id });
  });

  it('the service is degraded and says why, without being asked for a query, and so do the metrics', async () => {
    const gauge = async (): Promise<string | undefined> =>
      /^engine_away\{part="read-models".*\} (\d)$/m.exec((await get('/metrics')).body)?.[1];
    await eventually(async () => expect([await health(), await gauge()]).toEqual([{ status: 'ready', missing: [] }, '0']));
    engines.takeAway();
    await eventually(async () => {
      const { status, missing } = await health();
      expect(status).toBe('degraded');
      expect(missing).toContainEqual({ part: 'read-models', problem: expect.stringMatching(/^cannot be written: .*cannot be reached$/) });
      expect(await gauge()).toBe('1');
    });
    engines.giveBack();
    await eventually(async () => expect([await health(), await gauge()]).toEqual([{ status: 'ready', missing: [] }, '0']));
  });

  it('nothing is lost: all that was taken meanwhile is shown afterwards, by itself', async () => {
    const fresh = await conference({ full: { price: 100, quota: 100 } });
    engines.takeAway();
    const placed: Placed[] = [];
    for (let n = 0; n < 20; n++) placed.push(await ordered(fresh, { full: 1 }));
    await cancel(placed[0] ?? the('past'));
    await systemTimer.sleep(3_500); // longer than the leases go unrenewed
    placed.push(await ordered(fresh, { full: 2 }));
    engines.giveBack();
    for (const order of placed.slice(1)) await becomes(order, { state: 'reserved', paymentState: 'none' });
    await eventually(async () => expect((await available(fresh))['full']).toBe(79));
    expect((await read(placed[0] ?? the('past'))).json()).toMatchObject({ state: 'cancelled' });
  });
});
