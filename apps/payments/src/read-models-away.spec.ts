/** Read models on a server of their own can be away: what is begun goes on, and nothing is answered 500. */
import { openEngines } from '@conference/engines';
import { documentedRoutes, systemTimer } from '@conference/platform';
import { awayReadModelsOf } from '@conference/testing-memory';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, clientOf, codeOf, eventually, registrantToken } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const engines = awayReadModelsOf(openEngines);
let service: Component;
let orderId: string;
let paymentId: string;
const command = { 'idempotency-key': 'a payment before' };
beforeAll(async () => {
  service = await component(engines.openEngines);
  orderId = await payableOrder();
  await eventually(async () => {
    const answer = await initiate(orderId, command);
    if (answer.statusCode !== 201) throw new Error(answer.body);
    paymentId = answer.json<{ id: string }>().id;
  });
});
afterEach(() => engines.giveBack());
afterAll(() => service.close());
const { call, payableOrder, initiate, initiated, becomes, callBack } = clientOf(() => service);

const operator = (method: 'GET' | 'POST', path: string, body?: object) =>
  call(method, path, { token: operatorToken, ...(body === undefined ? {} : { body }) });
const away = [503, 'temporarily-unavailable'];

type Route = { readonly ask: () => Promise<Answer>; readonly answer: readonly unknown[] };
const routes: { readonly [route: string]: Route } = {
  'POST /v1/payments': { ask: () => initiate(orderId), answer: away },
  'GET /v1/payments/{id}': { ask: () => call('GET', `/v1/payments/${paymentId}`, { token: registrantToken(orderId) }), answer: away },
  'POST /v1/processor-callbacks': { ask: () => callBack('payment.accepted', idOf('unknown'), 'unknown-1'), answer: [202, undefined] },
  'GET /ops/projections': { ask: () => operator('GET', '/ops/projections'), answer: [200, undefined] },
  'POST /ops/projections/{name}/rebuild': { ask: () => operator('POST', '/ops/projections/payments/rebuild'), answer: [202, undefined] },
  'GET /ops/parked-messages': { ask: () => operator('GET', '/ops/parked-messages'), answer: away },
  'POST /ops/parked-messages/{id}/retry': { ask: () => operator('POST', `/ops/parked-messages/${idOf('none')}/retry`), answer: away },
  'POST /ops/parked-messages/{id}/skip': {
    ask: () => operator('POST', `/ops/parked-messages/${idOf('none')}/skip`, { reason: 'none' }),
    answer: away,
  },
  'POST /ops/publisher/republish': {
    ask: () => operator('POST', '/ops/publisher/republish', { subject: `Payment-${paymentId}` }),
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

  it('a payment that was begun before is told again, decided at the processor and completed', async () => {
    engines.takeAway();
    expect((await initiate(orderId, command)).json()).toMatchObject({ id: paymentId, state: 'initiated' });
    const checkout = `/processor/checkout/${paymentId}`;
    expect((await call('GET', checkout)).statusCode).toBe(200);
    expect((await call('POST', checkout, { body: { outcome: 'accepted' } })).statusCode).toBe(200);
    await systemTimer.sleep(3_500); // longer than the leases go unrenewed
    engines.giveBack();
    await becomes(orderId, paymentId, 'completed');
  });

  it('none is begun for an order that cannot be looked up, and the same command does it as soon as it can', async () => {
    const other = await payableOrder();
    engines.takeAway();
    const again = { 'idempotency-key': 'a payment after' };
    expect(codeOf(await initiate(other, again))).toEqual(away);
    engines.giveBack();
    await eventually(async () => expect((await initiate(other, again)).statusCode).toBe(201));
    await initiated(other);
  });
});
