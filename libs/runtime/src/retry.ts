import type { Random, Timer } from '@conference/ports';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}
export const defaultBackoff: Backoff = { firstMs: 20, maxMs: 5_000 };

/** Exponential with full jitter (Brooker, "Exponential Backoff and Jitter"): attempt 0 waits up to `firstMs`. */
export const backoffMs = ({ firstMs, maxMs }: Backoff, attempt: number, random: Random): number =>
  Math.ceil(Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 20)) * (0.5 + random() / 2));

/**
 * Until `work` succeeds or the signal is aborted (then it throws the last error). For what must happen and may not be
 * skipped: publishing, checkpoints. `onError` is told every failure.
 */
export const untilDone = async <T>(
  work: () => Promise<T>,
  options: {
    readonly timer: Timer;
    readonly random: Random;
    readonly signal: AbortSignal;
    readonly backoff?: Backoff;
    readonly onError: (error: unknown, attempt: number) => void;
  },
): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (options.signal.aborted) throw error;
      options.onError(error, attempt);
      await options.timer.sleep(backoffMs(options.backoff ?? defaultBackoff, attempt, options.random), { signal: options.signal });
      if (options.signal.aborted) throw error;
    }
  }
};

/** Resolves when the work has ended, well or not, or when the time is up: then false, and the work goes on unheeded. */
export const endsWithin = (work: Promise<unknown>, milliseconds: number, timer: Timer): Promise<boolean> =>
  new Promise((resolve) => {
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
      resolve(true);
    };
    work.then(end, end);
    void timer.sleep(milliseconds, { signal: ended.signal }).then(() => resolve(false));
  });
