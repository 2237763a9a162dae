import { EngineUnavailable } from '@conference/ports';
import { failureOf } from './failure.ts';

/** Options of one operation of the driver, which heeds the signal on writes too, though the types of their options lack it. */
export interface Aborting {
  readonly signal: AbortSignal;
  /** For the log and the profiler of the server. */
  readonly comment: string;
}
export type Bounded = <T>(operation: string, run: (options: Aborting) => Promise<T>) => Promise<T>;

export interface BoundedOperations {
  /**
   * Runs an operation for at most the time, by our clock: the server's own limit does not end what a frozen server holds. An aborted
   * write may have been done, which every write here allows for. Throws `EngineUnavailable` for what the server or the network did,
   * and after {@link BoundedOperations.close}.
   */
  readonly run: Bounded;
  /** Lets what is under way end, which takes no longer than the time. */
  close(): Promise<void>;
}

export const boundedOperations = (timeoutMs: number): BoundedOperations => {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  const attempt = async <T>(operation: string, run: (options: Aborting) => Promise<T>): Promise<T> => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await run({ signal, comment: `read models: ${operation}` });
    } catch (error) {
      if (!signal.aborted) throw failureOf(error, operation);
      throw new EngineUnavailable(`MongoDB did not answer within ${timeoutMs} ms (${operation})`, { cause: error });
    }
  };
  return {
    async run(operation, run) {
      if (closed) throw new EngineUnavailable('the read-model store is closed');
      const result = attempt(operation, run);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled([...running]);
    },
  };
};
