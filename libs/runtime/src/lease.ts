import type { Random, ReadModelStore, Timer } from '@conference/ports';
import type { Log } from './log.ts';

const ttlMs = 10_000;
const renewEveryMs = 3_000;

/**
 * Runs `work` while this instance holds the lease, again and again until the signal. When the lease is lost the signal
 * given to `work` is aborted; should it go on for a moment, the checkpoint's fence stops what it saves.
 *
 * A store that is away gives the lease to nobody else: the work goes on meanwhile, as far as it can without that store, so that
 * what was accepted is decided. Should the store be away for this instance alone, two are at work until it can be asked again.
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
  /** False: what the work has saved is gone, as with the data of a server. It is begun anew. */
  readonly isIntact?: () => Promise<boolean>;
}): Promise<void> => {
  const { name, owner, store, timer, random, log, signal, work, isIntact = async () => true } = options;
  const acquire = (): Promise<boolean> => store.lease(name, owner, ttlMs);
  /** Why the work has to end; undefined also when nobody can tell. */
  const reasonToEnd = async (): Promise<string | undefined> => {
    try {
      if (!(await acquire())) return 'lease lost';
      return (await isIntact()) ? undefined : 'what was saved is gone, beginning anew';
    } catch {
      return undefined;
    }
  };
  const pause = (): Promise<void> => timer.sleep(renewEveryMs * (0.5 + random() / 2), { signal });

  while (!signal.aborted) {
    if (!(await acquire().catch(() => false))) {
      await pause();
      continue;
    }
    const held = new AbortController();
    signal.addEventListener('abort', () => held.abort(), { once: true });
    const renewal = (async () => {
      while (!held.signal.aborted) {
        await timer.sleep(renewEveryMs, { signal: held.signal });
        const reason = held.signal.aborted ? undefined : await reasonToEnd();
        if (reason === undefined) continue;
        log.warn({ lease: name }, reason);
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
