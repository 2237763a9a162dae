import { createHmac } from 'node:crypto';
import type { Clock } from '@conference/ports';
import { boundedMap } from './bounded-map.ts';
import { millisecondsOf } from './instant.ts';

export const failedAttemptsMax = 10;
export const attemptsWindowMs = 10 * 60_000;
const addressesMax = 50_000;

export type SessionAttempt =
  | { readonly status: 'limited'; readonly retryAfterSeconds: number }
  /** It counts as failed until `succeeded` is called: many attempts at the same moment cannot slip through. */
  | { readonly status: 'allowed'; readonly succeeded: () => void };

export interface SessionAttempts {
  begin(email: string): SessionAttempt;
}

/**
 * Failed attempts at a session, per e-mail address: 10 in 10 minutes, whichever access codes were tried and wherever they
 * came from. Addresses are kept as an HMAC of their lower-case form, and a bounded number of them.
 */
export const sessionAttempts = (options: { readonly secret: string; readonly clock: Clock }): SessionAttempts => {
  const { secret, clock } = options;
  const attempts = boundedMap<readonly number[]>({ entriesMax: addressesMax });
  const keyOf = (email: string): string => createHmac('sha256', secret).update(email.trim().toLowerCase()).digest('base64url');

  const forget = (key: string, startedMs: number): void => {
    const started = attempts.get(key) ?? [];
    const index = started.indexOf(startedMs);
    if (index !== -1) attempts.set(key, started.toSpliced(index, 1));
  };

  return {
    begin: (email) => {
      const key = keyOf(email);
      const nowMs = millisecondsOf(clock.now());
      const recent = (attempts.get(key) ?? []).filter((startedMs) => startedMs > nowMs - attemptsWindowMs);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= failedAttemptsMax) {
        return { status: 'limited', retryAfterSeconds: Math.max(1, Math.ceil((oldest + attemptsWindowMs - nowMs) / 1000)) };
      }
      attempts.set(key, [...recent, nowMs]);
      return { status: 'allowed', succeeded: () => forget(key, nowMs) };
    },
  };
};
