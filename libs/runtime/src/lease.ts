import type { Random, ReadModelStore, Timer } from '@conference/ports';
import type { Log } from './log.ts';

const ttlMs = 10_000;
const renewEveryMs = 3_000;

/**
 * Runs `work` while this instance holds the lease, again and again until the signal. When the lease is lost the signal
 * given to `work` is aborted; should it go on for a moment, the checkpoint's fence stops what it saves.
 */
export const whileLeased = async (options: {
  readonly name: string;
  readonly owner: string;
  readonly store: ReadModelStore;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => Promise<void>;
}): Promise<void> => {
  const { name, owner, store, timer, random, log, signal, work } = options;
  const acquire = (): Promise<boolean> => store.lease(name, owner, ttlMs).catch(() => false);
  const pause = (): Promise<void> => timer.sleep(renewEveryMs * (0.5 + random() / 2), { signal });

  while (!signal.aborted) {
    if (!(await acquire())) {
      await pause();
      continue;
    }
    const held = new AbortController();
    signal.addEventListener('abort', () => held.abort(), { once: true });
    const renewal = (async () => {
      while (!held.signal.aborted) {
        await timer.sleep(renewEveryMs, { signal: held.signal });
        if (held.signal.aborted || (await acquire())) continue;
        log.warn({ lease: name }, 'lease lost');
        held.abort();
      }
    })();
    await work(held.signal).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ lease: name, err: error }, 'stopped, starting again');
    });
    held.abort();
    await renewal;
    if (!signal.aborted) await timer.sleep(200 * (0.5 + random() / 2), { signal });
  }
};
