import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  amount,
  cancelled,
  clientOf,
  codeOf,
  conferenceId,
  eventually,
  organiserToken,
  placed,
  registered,
  registrantToken,
  reserved,
} from './client.fixture.ts';
import { type Component, component, idOf, operatorToken } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, payableOrder, initiate, initiated, becomes, callBack } = clientOf(() => service);

describe('Starting a payment', () => {
  it('asks for the amount that we know of, and answers where to pay', async () => {
    const orderId = await payableOrder();
    const answer = await initiate(orderId);
    const { id } = answer.json<{ id: string }>();
    expect([answer.statusCode, answer.headers.etag]).toEqual([201, '"0"']);
    expect(answer.json()).toEqual({
      id,
      orderId,
      state: 'initiated',
      amount,
      checkoutUrl: `http://127.0.0.1:4003/processor/checkout/${id}`,
    });
    const read = await call('GET', `/v1/payments/${id}`, {
      token: registrantToken(orderId),
      headers: { 'consistency-token': String(answer.headers['consistency-token']) },
    });
    expect([read.json(), read.headers.etag]).toEqual([{ id, orderId, state: 'initiated', amount }, '"0"']);
  });

  it('is no obstacle to another one', async () => {
    const orderId = await payableOrder();
    expect((await initiated(orderId)).id).not.toBe((await initiated(orderId)).id);
  });

  it('is answered word for word when repeated at once, to its own registrant alone', async () => {
    const orderId = await payableOrder();
    const headers = { 'idempotency-key': 'repeated at once' };
    const first = await initiate(orderId, headers);
    const again = await initiate(orderId, headers);
    expect([again.statusCode, again.body, again.headers['idempotency-replayed']]).toEqual([201, first.body, 'true']);
    const stranger = await call('POST', '/v1/payments', { token: registrantToken(idOf('another')), body: { orderId }, headers });
    expect(codeOf(stranger)).toEqual([404, 'not-found']);
  });

  it('is answered word for word when repeated, also after a restart and when the order cannot be paid any more', async () => {
    const orderId = await payableOrder();
    const headers = { 'idempotency-key': 'the key of a client' };
    const first = await initiate(orderId, headers);
    const { id } = first.json<{ id: string }>();
    expect((await callBack('payment.accepted', id, 'moves the payment on')).statusCode).toBe(200);
    await service.say('orders', `Order-${orderId}`, cancelled(orderId));
    await eventually(async () => expect(codeOf(await initiate(orderId))).toEqual([409, 'order-not-payable']));
    await service.restart();
    const again = await initiate(orderId, headers);
    expect([again.statusCode, again.body, again.headers.etag, again.headers['idempotency-replayed']]).toEqual([
      201,
      first.body,
      first.headers.etag,
      'true',
    ]);
    const other = await call('POST', '/v1/payments', { token: registrantToken(orderId), body: { orderId: idOf('other') }, headers });
    expect(codeOf(other)).toEqual([422, 'idempotency-key-reused']);
  });

  it('needs an Idempotency-Key', async () => expect(codeOf(await initiate(idOf('any'), {}))).toEqual([400, 'idempotency-key-required']));

  it('says to try again while we have not heard of the order', async () => {
    const answer = await initiate(idOf('not heard of'));
    expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([409, 'order-not-payable', '1']);
  });

  it('waits a moment for what registration says just now', async () => {
    const orderId = idOf('just now');
    const [answer] = await Promise.all([
      initiate(orderId),
      service.say('orders', `Order-${orderId}`, placed(orderId, 900), reserved(orderId), registered(orderId)),
    ]);
    expect(answer.statusCode).toBe(201);
  });

  it('is refused once the reservation has ended', async () => {
    const orderId = await payableOrder(-1);
    await eventually(async () => expect(codeOf(await initiate(orderId))).toEqual([409, 'order-expired']));
  });

  it.each([
    ['is not reserved', (orderId: string) => [placed(orderId, 900), registered(orderId)]],
    ['has no registrant', (orderId: string) => [placed(orderId, 900), reserved(orderId)]],
    ['was cancelled', (orderId: string) => [placed(orderId, 900), reserved(orderId), registered(orderId), cancelled(orderId)]],
    [
      'costs nothing',
      (orderId: string) => [
        placed(orderId, 900),
        { type: 'OrderTotalsCalculated', data: { orderId, lines: [], total: { amount: 0, currency: 'EUR' }, isFreeOfCharge: true } },
        reserved(orderId),
        registered(orderId),
      ],
    ],
  ])('is refused when the order %s', async (name, facts) => {
    const orderId = idOf(name);
    await service.say('orders', `Order-${orderId}`, ...facts(orderId));
    await eventually(async () => {
      const answer = await initiate(orderId);
      expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([409, 'order-not-payable', undefined]);
    });
  });

  it('is refused with fields that there are not', async () => {
    const orderId = await payableOrder();
    const body = { orderId, amount: { amount: 1, currency: 'EUR' } };
    const answer = await call('POST', '/v1/payments', { token: registrantToken(orderId), body, headers: { 'idempotency-key': 'k' } });
    expect(codeOf(answer)).toEqual([400, 'invalid-request']);
  });
});

describe('Whose a payment is', () => {
  it('is seen and started by the registrant of its order alone', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    await becomes(orderId, id, 'initiated');
    const foreign = [registrantToken(idOf('another order')), organiserToken(conferenceId), operatorToken];
    for (const token of foreign) {
      expect(codeOf(await call('GET', `/v1/payments/${id}`, { token }))).toEqual([404, 'not-found']);
      const headers = { 'idempotency-key': `foreign ${token}`.slice(0, 200) };
      expect(codeOf(await call('POST', '/v1/payments', { token, body: { orderId }, headers }))).toEqual([404, 'not-found']);
    }
    expect(codeOf(await call('GET', `/v1/payments/${id}`))).toEqual([401, 'unauthenticated']);
    expect(codeOf(await call('POST', '/v1/payments', { body: { orderId }, headers: { 'idempotency-key': 'k' } }))).toEqual([
      401,
      'unauthenticated',
    ]);
    expect(codeOf(await call('GET', `/v1/payments/${idOf('none')}`, { token: registrantToken(orderId) }))).toEqual([404, 'not-found']);
  });

  it.each(['/ops/projections', '/ops/parked-messages'])('%s is the operator’s', async (url) => {
    expect((await call('GET', url, { token: registrantToken(idOf('any')) })).statusCode).toBe(401);
    expect((await call('GET', url, { token: operatorToken })).statusCode).toBe(200);
  });
});

describe('The service itself', () => {
  it('documents its routes and is ready', async () => {
    const { paths } = (await call('GET', '/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/payments', '/v1/payments/{id}', '/v1/processor-callbacks', '/ops/parked-messages']),
    );
    expect((await call('GET', '/health/ready')).statusCode).toBe(200);
  });

  it('tells the operator where its projections are', async () => {
    const answer = await call('GET', '/ops/projections', { token: operatorToken });
    const names = answer.json<{ items: { name: string }[] }>().items.map(({ name }) => name);
    expect(names.sort()).toEqual(['parked-messages', 'payable-orders', 'payments']);
  });
});
