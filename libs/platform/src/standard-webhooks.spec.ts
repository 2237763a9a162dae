import type { Instant } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { isWebhookSecret, signWebhook, verifyWebhook } from './standard-webhooks.ts';

// The example of the specification.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const rawBody = '{"test": 2432232314}';
const now = '2021-02-25T15:02:10.000Z' as Instant;
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const headers = { 'webhook-id': id, 'webhook-timestamp': '1614265330', 'webhook-signature': signature };

describe('a webhook', () => {
  it('is signed as the specification shows', () => {
    expect(signWebhook({ secrets: [secret], id, now, rawBody })).toEqual(headers);
  });

  it('is accepted as it was signed', () => {
    expect(verifyWebhook({ secrets: [secret], headers, now, rawBody })).toBe(true);
  });

  it('is signed with the first secret and accepted with any', () => {
    expect(signWebhook({ secrets: [secret, other], id, now, rawBody })).toEqual(headers);
    expect(verifyWebhook({ secrets: [other, secret], headers, now, rawBody })).toBe(true);
    expect(verifyWebhook({ secrets: [other], headers, now, rawBody })).toBe(false);
  });

  it('may carry several signatures, of which one must be right', () => {
    const wrong = `v1,${'A'.repeat(43)}=`;
    const several = { ...headers, 'webhook-signature': `v1a,xyz ${wrong} ${signature}` };
    expect(verifyWebhook({ secrets: [secret], headers: several, now, rawBody })).toBe(true);
    expect(verifyWebhook({ secrets: [secret], headers: { ...headers, 'webhook-signature': wrong }, now, rawBody })).toBe(false);
  });

  it.each([
    ['another body', { rawBody: `${rawBody} ` }],
    ['another id', { headers: { ...headers, 'webhook-id': 'msg_other' } }],
    ['another timestamp', { headers: { ...headers, 'webhook-timestamp': '1614265331' } }],
    ['no id', { headers: { ...headers, 'webhook-id': undefined } }],
    ['no signature', { headers: { ...headers, 'webhook-signature': '' } }],
    ['a signature without its version', { headers: { ...headers, 'webhook-signature': signature.slice(3) } }],
    ['a timestamp that is no number', { headers: { ...headers, 'webhook-timestamp': 'now' } }],
    ['no secret to check it with', { secrets: [] }],
  ])('is refused with %s', (_, change) => {
    expect(verifyWebhook({ secrets: [secret], headers, now, rawBody, ...change })).toBe(false);
  });

  it.each([
    ['2021-02-25T15:07:10.000Z', true],
    ['2021-02-25T15:07:10.001Z', false],
    ['2021-02-25T14:57:10.000Z', true],
    ['2021-02-25T14:57:09.999Z', false],
  ])('at %s, with 5 minutes of tolerance, is accepted: %s', (at, accepted) => {
    expect(verifyWebhook({ secrets: [secret], headers, now: at as Instant, rawBody })).toBe(accepted);
  });

  it('cannot be signed without a secret', () => {
    expect(() => signWebhook({ secrets: [], id, now, rawBody })).toThrow('needs a secret');
  });
});

describe('a webhook secret', () => {
  it.each([
    [secret, true],
    ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', false],
    ['whsec_', false],
    ['whsec_c2hvcnQ=', false],
    ['whsec_not base64 at all, but long enough', false],
  ])('%s: %s', (text, valid) => {
    expect(isWebhookSecret(text)).toBe(valid);
  });
});
