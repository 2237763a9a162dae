import { randomUUID } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import type { IdGenerator, Random, Timer } from '@conference/ports';

let lastMs = Number.NaN;
let lastText = '' as Instant;
/** Asked for several times a millisecond, and made once. */
const now = (): Instant => {
  const ms = Date.now();
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString() as Instant;
  }
  return lastText;
};

/** The machine's own clock and timers, for composition roots; everything else is given a {@link Timer}. */
export const systemTimer: Timer = {
  now,
  sleep: (milliseconds, { signal } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timeout);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timeout = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done);
    }),
};

export const systemIds: IdGenerator = { next: randomUUID };
export const systemRandom: Random = Math.random;
