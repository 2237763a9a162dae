import { uuidv5 } from '@conference/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amount, callbackBody, clientOf, codeOf, eventually, fromNow, type Headers, pointersOf, signed } from './client.fixture.ts';
import { type Component, component, idOf, operatorToken, secrets } from './component.fixture.ts';

let service: Component;
beforeAll(async () => {
  service = await component();
});
afterAll(() => service.close());
const { call, payableOrder, initiated, stateOf, becomes, callBack } = clientOf(() => service);

describe('The call-backs of the processor', () => {
  it('complete a payment, once; a late rejection changes nothing', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    for (const [type, webhookId] of [
      ['payment.accepted', 'w1'],
      ['payment.accepted', 'w1'],
      ['payment.accepted', 'w2'],
      ['payment.rejected', 'w3'],
    ] as const)
      expect((await callBack(type, id, webhookId)).statusCode).toBe(200);
    await becomes(orderId, id, 'completed');
    const heard = await service.heard(`Payment-${id}`, 2);
    expect(heard.map(({ type, sequence, key }) => [sequence, type, key])).toEqual([
      [0, 'PaymentInitiated', orderId],
      [1, 'PaymentCompleted', orderId],
    ]);
    // The command's id is made of the call's, so that a repeated call is found in the stream.
    expect(heard[1]?.messageId).toBe(uuidv5(uuidv5('w1'), 0));
  });

  it('complete a payment that was rejected before: the money has moved', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    await callBack('payment.rejected', id, 'w4');
    await becomes(orderId, id, 'rejected');
    await callBack('payment.accepted', id, 'w5');
    await becomes(orderId, id, 'completed');
  });

  it('are accepted with any of the secrets', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const body = callbackBody('payment.accepted', id);
    const answer = await call('POST', '/v1/processor-callbacks', { body, headers: signed(body, 'w6', { secret: secrets.slice(1) }) });
    expect(answer.statusCode).toBe(200);
  });

  it('are refused before anybody looks into the body, unless they are signed, whole and fresh', async () => {
    const body = callbackBody('payment.accepted', idOf('any payment'));
    const stranger = [`whsec_${Buffer.from('the secret of a stranger').toString('base64')}`];
    const refused: readonly [string, Headers][] = [
      [body, { 'content-type': 'application/json' }],
      [body, signed(body, 'w', { secret: stranger })],
      [`${body} `, signed(body, 'w')],
      [body, signed(body, 'w', { now: fromNow(-330) })],
      [body, signed(body, 'w', { now: fromNow(330) })],
      ['{ not json', { 'content-type': 'application/json' }],
    ];
    for (const [payload, headers] of refused)
      expect(codeOf(await call('POST', '/v1/processor-callbacks', { body: payload, headers }))).toEqual([401, 'unauthenticated']);
    expect((await call('POST', '/v1/processor-callbacks')).statusCode).toBe(401);
    const odd = '{ "type": "payment.stolen" }';
    expect(codeOf(await call('POST', '/v1/processor-callbacks', { body: odd, headers: signed(odd, 'w') }))).toEqual([
      400,
      'invalid-request',
    ]);
  });

  it.each([
    ['another type', { type: 'payment.stolen' }, '#/type'],
    ['no time', { timestamp: 'yesterday' }, '#/timestamp'],
    ['no payment', { data: {} }, '#/data/paymentId'],
    ['a payment’s id that is too long', { data: { paymentId: 'x'.repeat(101) } }, '#/data/paymentId'],
  ])('are refused with %s, once the signature is good', async (_, change, pointer) => {
    const body = JSON.stringify({ ...JSON.parse(callbackBody('payment.accepted', idOf('any payment'))), ...change });
    const answer = await call('POST', '/v1/processor-callbacks', { body, headers: signed(body, 'w') });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', [pointer]]);
  });

  it('are looked into once the signature is good: what is no JSON is told so then', async () => {
    const body = '{ not json';
    expect(codeOf(await call('POST', '/v1/processor-callbacks', { body, headers: signed(body, 'w') }))).toEqual([400, 'malformed-json']);
    const large = JSON.stringify({ ...JSON.parse(callbackBody('payment.accepted', idOf('any'))), padding: 'x'.repeat(65_536) });
    expect(codeOf(await call('POST', '/v1/processor-callbacks', { body: large, headers: signed(large, 'w') }))).toEqual([
      413,
      'body-too-large',
    ]);
  });

  it('may say more than we know of', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const body = JSON.stringify({ ...JSON.parse(callbackBody('payment.accepted', id)), livemode: false });
    expect((await call('POST', '/v1/processor-callbacks', { body, headers: signed(body, 'w8') })).statusCode).toBe(200);
    await becomes(orderId, id, 'completed');
  });

  it('are refused with an id that is too long to be kept', async () => {
    const body = callbackBody('payment.accepted', idOf('any payment'));
    const answer = await call('POST', '/v1/processor-callbacks', { body, headers: signed(body, 'w'.repeat(256)) });
    expect([...codeOf(answer), pointersOf(answer)]).toEqual([400, 'invalid-request', ['#/webhook-id']]);
  });

  it('about a payment that we do not know are kept for the operator, once', async () => {
    const unknown = idOf('unknown payment');
    expect((await callBack('payment.accepted', unknown, 'w7')).statusCode).toBe(202);
    expect((await callBack('payment.accepted', unknown, 'w7')).statusCode).toBe(202);
    const parked = async () => {
      const answer = await call('GET', '/ops/parked-messages', { token: operatorToken });
      return answer
        .json<{ items: { id: string; subject: string; type: string; attempts: number }[] }>()
        .items.filter(({ subject }) => subject === `Payment-${unknown}`);
    };
    await eventually(async () => expect(await parked()).toMatchObject([{ type: 'payment.accepted', attempts: 1 }]));
    const [{ id } = { id: '' }] = await parked();
    expect((await call('POST', `/ops/parked-messages/${id}/retry`, { token: operatorToken })).statusCode).toBe(202);
    await eventually(async () => expect(await parked()).toMatchObject([{ attempts: 2 }]));
    const skipped = await call('POST', `/ops/parked-messages/${id}/skip`, {
      token: operatorToken,
      body: { reason: 'of the test account' },
    });
    expect(skipped.statusCode).toBe(202);
    await eventually(async () => expect(await parked()).toEqual([]));
    expect((await callBack('payment.accepted', unknown, 'w7')).statusCode).toBe(202);
    expect(await parked()).toEqual([]);
  });
});

describe('The simulated processor', () => {
  const checkout = (id: string) => `/processor/checkout/${id}`;
  const decide = (id: string, outcome: string) => call('POST', checkout(id), { body: { outcome } });

  it('shows a page with Accept and Reject that works without scripts and styles', async () => {
    const { id } = await initiated(await payableOrder());
    const page = await call('GET', checkout(id));
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain(`<form method="post" action="${checkout(id)}">`);
    expect(page.body).toMatch(/name="outcome" value="accepted">Accept<.*name="outcome" value="rejected">Reject</s);
    expect(page.body).toContain('€398.00');
    expect(page.body).not.toMatch(/<script|<style|style=/);
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
  });

  it('calls back, signed, and the payment is completed', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const answer = await decide(id, 'accepted');
    expect([answer.statusCode, answer.json()]).toEqual([200, { paymentId: id, outcome: 'accepted' }]);
    await becomes(orderId, id, 'completed');
    expect((await call('GET', checkout(id))).body).not.toContain('<form');
  });

  it('takes a form too, and answers with a page', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const rejected = await call('POST', checkout(id), { body: 'outcome=rejected', headers });
    expect([rejected.statusCode, rejected.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    await becomes(orderId, id, 'rejected');
    expect((await call('POST', checkout(id), { body: 'outcome=accepted', headers })).statusCode).toBe(200);
    await becomes(orderId, id, 'completed');
    const late = await call('POST', checkout(id), { body: 'outcome=rejected', headers });
    expect([late.statusCode, late.headers['content-type']]).toEqual([409, 'text/html; charset=utf-8']);
    expect(late.body).toContain('cannot be taken back');
  });

  it('does not take an acceptance back', async () => {
    const { id } = await initiated(await payableOrder());
    await decide(id, 'accepted');
    expect(codeOf(await decide(id, 'rejected'))).toEqual([409, 'already-accepted']);
    expect((await decide(id, 'accepted')).statusCode).toBe(200);
  });

  it('knows nothing of a payment that there is not, and no other outcome', async () => {
    const { id } = await initiated(await payableOrder());
    for (const unknown of [idOf('none'), 'nonsense']) {
      expect((await call('GET', checkout(unknown))).statusCode).toBe(404);
      expect((await decide(unknown, 'accepted')).statusCode).toBe(404);
    }
    expect(codeOf(await decide(id, 'perhaps'))).toEqual([400, 'invalid-request']);
  });

  it('repeats a call-back with the same id until it is answered, also after a restart', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    const tried = () => service.line.tried.filter(({ rawBody }) => rawBody.includes(id)).map(({ headers }) => headers['webhook-id']);
    service.line.isCut = true;
    expect((await decide(id, 'accepted')).statusCode).toBe(200);
    // More often than anything else is tried before it is parked.
    await eventually(async () => expect(tried().length).toBeGreaterThan(4));
    await service.restart();
    expect(await stateOf(orderId, id)).toBe('initiated');
    service.line.isCut = false;
    await becomes(orderId, id, 'completed');
    expect(new Set(tried()).size).toBe(1);
  });
});

describe('Refunds', () => {
  const requestRefund = (orderId: string, paymentId: string) =>
    service.say('refunds', `Refund-${paymentId}`, { type: 'RefundRequested', data: { paymentId, orderId, amount, reason: 'seats-gone' } });

  it('give the money back, once, and publish that', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    await call('POST', `/processor/checkout/${id}`, { body: { outcome: 'accepted' } });
    await becomes(orderId, id, 'completed');
    await requestRefund(orderId, id);
    await becomes(orderId, id, 'refunded');
    const heard = await service.heard(`Payment-${id}`, 4);
    expect(heard.map(({ type }) => type)).toEqual(['PaymentInitiated', 'PaymentCompleted', 'PaymentRefundRequested', 'PaymentRefunded']);
    expect(heard[2]?.data).toMatchObject({ reason: 'seats-gone' });
    expect((await callBack('refund.completed', id, uuidv5('again'))).statusCode).toBe(200);
  });

  it('work for a payment that was accepted elsewhere than at the checkout page', async () => {
    const orderId = await payableOrder();
    const { id } = await initiated(orderId);
    await callBack('payment.accepted', id, 'from elsewhere');
    await requestRefund(orderId, id);
    await becomes(orderId, id, 'refunded');
  });

  it('of a payment that nobody made are parked, not lost', async () => {
    const paymentId = idOf('never made');
    await requestRefund(idOf('its order'), paymentId);
    await eventually(async () => {
      const answer = await call('GET', '/ops/parked-messages', { token: operatorToken });
      expect(answer.json<{ items: { subject: string; type: string }[] }>().items).toContainEqual(
        expect.objectContaining({ subject: `PaymentsInboxRefund-${paymentId}`, type: 'RefundRequested' }),
      );
    });
  });
});
