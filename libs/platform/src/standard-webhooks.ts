import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import { millisecondsOf } from './instant.ts';

/** The three headers of Standard Webhooks (standardwebhooks.com, specification 1.0). */
export type WebhookHeaders = {
  readonly 'webhook-id': string;
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string;
  /** `v1,<base64>`, several separated by spaces. */
  readonly 'webhook-signature': string;
};

export const webhookToleranceSeconds = 300;
const secretPrefix = 'whsec_';
const signaturesMax = 20;

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(secretPrefix.length), 'base64');
const signatureOf = (secret: string, id: string, timestamp: string, rawBody: string): string =>
  createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${rawBody}`).digest('base64');

/** `whsec_<base64>` of at least 16 bytes. */
export const isWebhookSecret = (text: string): boolean =>
  /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text) && keyOf(text).length >= 16;

/** Signed with the first secret; the others are only accepted, so that a rotation needs no moment when both sides change. */
export const signWebhook = (message: {
  readonly secrets: readonly string[];
  readonly id: string;
  readonly now: Instant;
  readonly rawBody: string;
}): WebhookHeaders => {
  const { secrets, id, now, rawBody } = message;
  const [secret] = secrets;
  if (secret === undefined) throw new Error('a webhook needs a secret to be signed');
  const timestamp = String(Math.floor(millisecondsOf(now) / 1000));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signatureOf(secret, id, timestamp, rawBody)}` };
};

const matches = (given: string, expected: string): boolean => {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
};

/**
 * Whether one of the signatures was made with one of the secrets over exactly this body, within 5 minutes of now on
 * either side. Signatures of other versions than v1 are passed over.
 */
export const verifyWebhook = (request: {
  readonly secrets: readonly string[];
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly now: Instant;
  readonly rawBody: string;
}): boolean => {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = request.headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  const ageSeconds = millisecondsOf(request.now) / 1000 - Number(timestamp);
  if (Math.abs(ageSeconds) > webhookToleranceSeconds) return false;
  const given = signatures
    .split(' ')
    .slice(0, signaturesMax)
    .filter((signature) => signature.startsWith('v1,'));
  const expected = request.secrets.map((secret) => `v1,${signatureOf(secret, id, timestamp, request.rawBody)}`);
  return given.some((signature) => expected.some((candidate) => matches(signature, candidate)));
};
