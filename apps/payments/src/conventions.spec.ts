import type { Position } from '@conference/kernel';
import { paymentIdOf } from '@conference/payments-application';
import { commandIdOf, consistencyToken, systemTimer, tokens, unlimitedFields, verifyWebhook } from '@conference/platform';
import { uuidv5 } from '@conference/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callbackBody, clientOf, codeOf, eventually, fromNow, pointersOf, registrantToken, signed } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken, secrets, tokenSecret } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, payableOrder, initiate, initiated, becomes, callBack } = clientOf(() => service);

describe('A payment that was just started', () => {
  it('is there at once, also without a token of consistency', async () => {
    for (let n = 0; n < 5; n++) {
      const orderId = await payableOrder();
      const started = await initiate(orderId);
      const { checkoutUrl: _, ...shown } = started.json<{ id: string; checkoutUrl: string }>();
      const answer = await call('GET', `/v1/payments/${shown.id}`, { token: registrantToken(orderId) });
      expect([answer.statusCode, answer.json(), answer.headers.etag]).toEqual([200, shown, '"0"']);
    }
  });

  it('has the version that its events have', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    await callBack('payment.rejected', id, 'moves on');
    await becomes(orderId, id, 'rejected');
    const answer = await call('GET', `/v1/payments/${id}`, { token: registrantToken(orderId) });
    expect(answer.headers.etag).toBe('"1"');
  });
});

describe('The conventions of commands', () => {
  it('a version that a payment yet to be made cannot have is refused', async () => {
    const orderId = await payableOrder();
    const answer = await initiate(orderId, { 'idempotency-key': 'a key', 'if-match': '"0"' });
    expect([...codeOf(answer), answer.json<{ currentVersion: null }>().currentVersion]).toEqual([412, 'version-mismatch', null]);
    expect(codeOf(await initiate(orderId, { 'idempotency-key': 'a key', 'if-match': 'zero' }))).toEqual([400, 'invalid-if-match']);
  });

  it('a refused payment may be asked for again with its key', async () => {
    const orderId = idOf('not yet heard of');
    const headers = { 'idempotency-key': 'asked twice' };
    expect(codeOf(await initiate(orderId, headers))).toEqual([409, 'order-not-payable']);
    await payableOrder(900, orderId);
    await eventually(async () => expect((await initiate(orderId, headers)).statusCode).toBe(201));
  });

  it.each([
    ['no order', {}, '#/orderId'],
    ['an order’s id that is none', { orderId: 'nonsense' }, '#/orderId'],
    ['a field that there is not', { orderId: idOf('any'), amount: 1 }, '#/amount'],
  ])('%s is refused, and named', async (_, body, pointer) => {
    const headers = { 'idempotency-key': 'any' };
    const answer = await call('POST', '/v1/payments', { token: registrantToken(idOf('any')), body, headers });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', [pointer]]);
  });

  it.each(['', 'x'.repeat(256)])('a key has 1 to 255 characters, unlike %j', async (key) => {
    expect(codeOf(await initiate(idOf('any'), { 'idempotency-key': key }))).toEqual([400, 'invalid-idempotency-key']);
  });
});

describe('Reading one’s own write', () => {
  it('takes the token of a command, no other text, and says when to ask again', async () => {
    const orderId = await payableOrder();
    const started = await initiate(orderId);
    const url = `/v1/payments/${started.json<{ id: string }>().id}`;
    const ask = (consistency: string) =>
      call('GET', url, { token: registrantToken(orderId), headers: { 'consistency-token': consistency, prefer: 'wait=0' } });
    await eventually(async () => expect((await ask(String(started.headers['consistency-token']))).statusCode).toBe(200));
    for (const text of ['nonsense', consistencyToken('registration', '0000000000000001' as Position)])
      expect(codeOf(await ask(text))).toEqual([400, 'invalid-consistency-token']);
    const behind = await ask(consistencyToken('payments', '9999999999999999' as Position));
    expect([...codeOf(behind), Number(behind.headers['retry-after']) > 0]).toEqual([503, 'read-model-behind', true]);
  });
});

describe('Who may see a payment', () => {
  const issuer = tokens({ secret: tokenSecret, clock: systemTimer });

  it('is told nothing by a token that is expired, forged, or of an organiser for an object with the same id', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const expired = issuer.sign({ kind: 'registrant', sub: orderId, expiresAt: fromNow(-60) });
    const forged = tokens({ secret: 'another secret', clock: systemTimer }).sign({
      kind: 'registrant',
      sub: orderId,
      expiresAt: fromNow(60),
    });
    const organisers = issuer.sign({ kind: 'organiser', sub: orderId, expiresAt: fromNow(60) });
    for (const [token, refusal] of [
      [expired, [401, 'unauthenticated']],
      [forged, [401, 'unauthenticated']],
      [organisers, [404, 'not-found']],
    ] as const) {
      expect(codeOf(await call('GET', `/v1/payments/${id}`, { token }))).toEqual(refusal);
      const headers = { 'idempotency-key': 'of a stranger' };
      expect(codeOf(await call('POST', '/v1/payments', { token, body: { orderId }, headers }))).toEqual(refusal);
    }
  });

  it('cannot tell a payment of another order from one that there is not', async () => {
    const { id } = await initiated(await payableOrder());
    const token = registrantToken(idOf('another order'));
    const [foreign, absent, malformed] = [
      await call('GET', `/v1/payments/${id}`, { token }),
      await call('GET', `/v1/payments/${idOf('none')}`, { token }),
      await call('GET', '/v1/payments/nonsense', { token }),
    ];
    const told = (answer: typeof foreign) => ({ ...answer.json<object>(), traceId: '' });
    expect([told(foreign), told(malformed)]).toEqual([told(absent), told(absent)]);
  });
});

describe('The secrets of the processor', () => {
  it('are changed one after the other: the first signs, any is accepted', async () => {
    const [first = '', second = ''] = secrets;
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    await call('POST', `/processor/checkout/${id}`, { body: { outcome: 'rejected' } });
    await becomes(orderId, id, 'rejected');
    const sent = service.line.tried.find(({ rawBody }) => rawBody.includes(id));
    const isSignedBy = (secret: string): boolean =>
      sent !== undefined && verifyWebhook({ secrets: [secret], headers: sent.headers, now: systemTimer.now(), rawBody: sent.rawBody });
    expect([isSignedBy(first), isSignedBy(second)]).toEqual([true, false]);
    const body = callbackBody('payment.accepted', id);
    const both = `${signed(body, 'w-both', { secret: [second] })['webhook-signature']} v1,bm9uZQ== v2,other`;
    const headers = { ...signed(body, 'w-both'), 'webhook-signature': both };
    expect((await call('POST', '/v1/processor-callbacks', { body, headers })).statusCode).toBe(200);
    await becomes(orderId, id, 'completed');
  });
});

type Parked = { readonly id: string; readonly subject: string; readonly error: string };

describe('A call-back that comes again', () => {
  it('is answered 2xx and changes nothing, also after a restart', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const accepted = () => callBack('payment.accepted', id, 'again and again');
    expect([(await accepted()).json(), (await accepted()).json()]).toEqual([{ status: 'handled' }, { status: 'handled' }]);
    await service.restart();
    expect((await accepted()).json()).toEqual({ status: 'handled' });
    await becomes(orderId, id, 'completed');
    const answer = await call('GET', `/v1/payments/${id}`, { token: registrantToken(orderId) });
    expect(answer.headers.etag).toBe('"1"');
  });

  it('about a payment that was not there yet is taken once the operator tries it again', async () => {
    const orderId = await payableOrder();
    const key = 'of a payment that is heard of before it is made';
    const command = { actor: `registrant:${orderId}`, method: 'POST', path: '/v1/payments', key };
    const paymentId = paymentIdOf(commandIdOf((name) => uuidv5(name), command));
    expect((await callBack('payment.accepted', paymentId, 'too early')).json()).toEqual({ status: 'kept' });
    const parked = async () => {
      const { items } = (await call('GET', '/ops/parked-messages', { token: operatorToken })).json<{ items: Parked[] }>();
      return items.filter(({ subject }) => subject === `Payment-${paymentId}`);
    };
    await eventually(async () => expect(await parked()).toMatchObject([{ error: expect.stringContaining('payment-not-found') }]));
    expect((await initiate(orderId, { 'idempotency-key': key })).json<{ id: string }>().id).toBe(paymentId);
    const [{ id } = { id: '' }] = await parked();
    expect((await call('POST', `/ops/parked-messages/${id}/retry`, { token: operatorToken })).statusCode).toBe(202);
    await becomes(orderId, paymentId, 'completed');
    await eventually(async () => expect(await parked()).toEqual([]));
    expect((await callBack('payment.accepted', paymentId, 'too early')).json()).toEqual({ status: 'handled' });
  });

  it('is kept for the operator when no payment can take it: a refund that nobody asked for', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    expect((await callBack('refund.completed', id, 'unasked')).statusCode).toBe(202);
    await eventually(async () => {
      const { items } = (await call('GET', '/ops/parked-messages', { token: operatorToken })).json<{ items: object[] }>();
      expect(items).toContainEqual(
        expect.objectContaining({
          subject: `Payment-${id}`,
          type: 'refund.completed',
          kind: 'message',
          error: expect.stringContaining('refund-not-requested'),
        }),
      );
    });
    await becomes(orderId, id, 'initiated');
  });
});

describe('The service itself', () => {
  it('has a limit for every field; only the processor may say more, and that is dropped', async () => {
    expect(unlimitedFields((await call('GET', '/openapi.json')).json())).toEqual([
      'POST /v1/processor-callbacks #',
      'POST /v1/processor-callbacks #/data',
    ]);
  });

  it('answers no question that it does not know', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const answer = await call('GET', `/v1/payments/${id}?at=2027-05-02T09:00:00.000Z`, { token: registrantToken(orderId) });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', ['#/at']]);
  });

  it('documents every route, and hides the pages of the simulated processor', async () => {
    const { paths } = (await call('GET', '/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/payments', '/v1/payments/{id}', '/v1/processor-callbacks', '/ops/parked-messages']),
    );
    expect(Object.keys(paths).filter((path) => path.startsWith('/processor/'))).toEqual([]);
  });
});
