import type { Clock } from '@conference/ports';
import { boundedMap } from './bounded-map.ts';
import { millisecondsOf } from './instant.ts';

const addressesMax = 50_000;

/** One owner has at least a /64 of IPv6, so that is what counts as one client. */
export const clientOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head.split(':').filter((group) => group !== '');
  const right = tail.split(':').filter((group) => group !== '');
  const zeros = address.includes('::') ? Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0') : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
};

export interface RateLimit {
  /** Takes one request of this client; undefined when it may pass, else the seconds until the next one may. */
  take(address: string): number | undefined;
}

/** A token bucket per client address: `perSecond` in the long run, as many at once after a pause. Bounded in memory. */
export const rateLimit = (options: { readonly perSecond: number; readonly clock: Clock }): RateLimit => {
  const { perSecond, clock } = options;
  const buckets = boundedMap<{ readonly tokens: number; readonly atMs: number }>({ entriesMax: addressesMax });
  return {
    take: (address) => {
      const client = clientOf(address);
      const nowMs = millisecondsOf(clock.now());
      const bucket = buckets.get(client) ?? { tokens: perSecond, atMs: nowMs };
      const elapsedMs = Math.max(0, nowMs - bucket.atMs);
      const available = Math.min(perSecond, bucket.tokens + (elapsedMs * perSecond) / 1000);
      const passes = available >= 1;
      buckets.set(client, { tokens: passes ? available - 1 : available, atMs: nowMs });
      return passes ? undefined : (1 - available) / perSecond;
    },
  };
};
