import { randomUUID } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import type { IdGenerator, Random, Timer } from '@conference/ports';

/** The machine's own clock and timers, for composition roots; everything else is given a {@link Timer}. */
export const systemTimer: Timer = {
  now: () => new Date().toISOString() as Instant,
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
