import { type Sleeper, type SleepQueue, sleepQueue } from './sleep-queue.ts';

/** Whose sleep it is. After its end none of its sleeps is over, ever. */
export interface SleepOwner {
  readonly isOver: boolean;
}

export interface RunBudget {
  /** Sleeps that may end in one run. Default 1 000 000. */
  readonly steps?: number;
  /** Virtual milliseconds that may pass in one run. Default 366 days. */
  readonly virtualMs?: number;
}

export interface RunResult {
  /**
   * 'reached': the time or the condition. 'idle': nothing sleeps any more, and the condition does not hold; nothing will
   * ever happen again by itself. 'exhausted': the budget was used up first.
   */
  readonly status: 'reached' | 'idle' | 'exhausted';
  readonly steps: number;
}

/**
 * Time that passes only while all wait: the run takes the earliest sleep, sets the clock to its end, ends it, and lets
 * everything that follows from it come to rest before it takes the next. Sleeps that end at the same time end in the
 * order in which they began.
 */
export interface VirtualTime {
  elapsedMs(): number;
  /** Ends early, without an error, when the signal is or gets aborted; never after the end of its owner. */
  sleep(milliseconds: number, options?: { readonly signal?: AbortSignal | undefined; readonly owner?: SleepOwner }): Promise<void>;
  /** Drops the sleeps of one that is over, and what they hold in memory. */
  forget(owner: SleepOwner): void;
  pending(): number;
  /**
   * Until `elapsedMs` is this, or until a condition holds, which is looked at whenever all has come to rest. One at a
   * time. Throws what the condition throws.
   */
  run(until: number | (() => boolean), budget?: RunBudget): Promise<RunResult>;
}

const stepsMax = 1_000_000;
const virtualMsMax = 366 * 24 * 60 * 60 * 1_000;
/** Now and then the real event loop gets its turn, so that a test runner can still say that a test takes too long. */
const stepsPerTurn = 4_096;

/**
 * Resolves when no promise chain has anything left to do. Node runs the next tick only when the queue of microtasks is
 * empty, however long the chains in it are; a turn of `setImmediate` does the same at four times the cost (0.5 µs and
 * 2 µs, measured). Called from a microtask. Code that waits for the real event loop - sockets, threads, timers - does
 * not come to rest by this, and has no place in a simulation.
 */
const atRest = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const turnOfEventLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export const virtualTime = (): VirtualTime => {
  const queue: SleepQueue = sleepQueue();
  let elapsed = 0;
  let sequence = 0;
  let isRunning = false;

  const sleep: VirtualTime['sleep'] = (milliseconds, { signal, owner } = {}) => {
    if (!(milliseconds >= 0)) throw new RangeError(`not a time to sleep: ${milliseconds}`);
    if (owner?.isOver) return new Promise(() => {});
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        signal?.removeEventListener('abort', abort);
        sleeper.end = undefined;
        if (owner?.isOver !== true) resolve();
      };
      const abort = (): void => {
        if (sleeper.end === undefined) return;
        end();
        queue.dropped();
      };
      const sleeper: Sleeper = { at: elapsed + milliseconds, sequence: sequence++, owner, end };
      queue.push(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  };

  /** Ends the next sleep that is due by then. False: there is none. */
  const step = (by: number): boolean => {
    const next = queue.peek();
    if (next === undefined || next.at > by) return false;
    queue.pop();
    elapsed = next.at;
    next.end?.();
    return true;
  };

  const runToEnd = async (until: number | (() => boolean), budget: RunBudget): Promise<RunResult> => {
    const stepsLimit = budget.steps ?? stepsMax;
    const latest = elapsed + (budget.virtualMs ?? virtualMsMax);
    const isTimed = typeof until === 'number';
    const by = isTimed ? Math.min(until, latest) : latest;
    await turnOfEventLoop();
    for (let steps = 0; ; steps++) {
      if (!isTimed && until()) return { status: 'reached', steps };
      if (steps >= stepsLimit && (queue.peek()?.at ?? Number.POSITIVE_INFINITY) <= by) return { status: 'exhausted', steps };
      if (!step(by)) {
        const isIdle = queue.peek() === undefined;
        if (!isTimed && isIdle) return { status: 'idle', steps };
        elapsed = Math.max(elapsed, by);
        return { status: isTimed && by === until ? 'reached' : 'exhausted', steps };
      }
      await atRest();
      if (steps % stepsPerTurn === stepsPerTurn - 1) await turnOfEventLoop();
    }
  };

  return {
    elapsedMs: () => elapsed,
    sleep,
    forget: (owner) => queue.removeOf(owner),
    pending: () => queue.size(),
    run: async (until, budget = {}) => {
      if (isRunning) throw new Error('a run is under way: time passes once');
      isRunning = true;
      try {
        return await runToEnd(until, budget);
      } finally {
        isRunning = false;
      }
    },
  };
};
