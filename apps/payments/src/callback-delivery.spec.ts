import type { Instant } from '@conference/kernel';
import { verifyWebhook } from '@conference/platform';
import { describe, expect, it } from 'vitest';
import { type CallbackRequest, callbackDelivery } from './callback-delivery.ts';

const secrets = [`whsec_${Buffer.from('the secret of these specs').toString('base64')}`];
const callback = {
  webhookId: 'w1',
  type: 'payment.accepted',
  paymentId: 'p1',
  timestamp: '2027-03-01T09:00:00.000Z' as Instant,
} as const;

const deliveryAnswered = (status: number) => {
  const sent: CallbackRequest[] = [];
  let now = '2027-03-01T09:00:01.000Z' as Instant;
  const deliver = callbackDelivery({
    secrets,
    clock: { now: () => now },
    send: async (request) => {
      sent.push(request);
      return status;
    },
  });
  return { deliver, sent, setNow: (later: Instant) => (now = later) };
};

describe('A call-back on its way', () => {
  it('is signed anew each time, with the same id and body: a signature is good for minutes', async () => {
    const { deliver, sent, setNow } = deliveryAnswered(200);
    await deliver(callback);
    const later = '2027-03-01T10:00:00.000Z' as Instant;
    setNow(later);
    await deliver(callback);
    const [first, second] = sent;
    expect(first?.rawBody).toBe('{"type":"payment.accepted","timestamp":"2027-03-01T09:00:00.000Z","data":{"paymentId":"p1"}}');
    expect([second?.rawBody, second?.headers['webhook-id']]).toEqual([first?.rawBody, 'w1']);
    const isGood = (request: CallbackRequest | undefined): boolean =>
      request !== undefined && verifyWebhook({ secrets, headers: request.headers, now: later, rawBody: request.rawBody });
    expect([isGood(first), isGood(second)]).toEqual([false, true]);
  });

  it.each([200, 202, 204])('has arrived when it is answered %i', async (status) => {
    await expect(deliveryAnswered(status).deliver(callback)).resolves.toBeUndefined();
  });

  it.each([199, 301, 401, 503])('has not when it is answered %i', async (status) => {
    await expect(deliveryAnswered(status).deliver(callback)).rejects.toThrow(String(status));
  });
});
