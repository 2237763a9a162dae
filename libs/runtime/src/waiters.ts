import type { Position } from '@conference/kernel';
import type { Timer } from '@conference/ports';

/**
 * Lets a query wait for a position (its own write), or for a document to reach a state. Woken in process by the runner;
 * nothing polls.
 */
export interface PositionWaiters {
  reached(position: Position): void;
  current(): Position;
  /** False when the time is up first. */
  waitFor(position: Position, withinMs: number): Promise<boolean>;
}

export const positionWaiters = (timer: Timer, start: Position): PositionWaiters => {
  let current = start;
  const waiting = new Set<{ readonly position: Position; readonly resume: (reached: boolean) => void }>();
  return {
    current: () => current,
    reached: (position) => {
      if (position <= current) return;
      current = position;
      for (const waiter of waiting) if (waiter.position <= position) waiter.resume(true);
    },
    waitFor: (position, withinMs) => {
      if (position <= current) return Promise.resolve(true);
      return new Promise((resolve) => {
        const stop = new AbortController();
        const waiter = {
          position,
          resume: (reached: boolean) => {
            waiting.delete(waiter);
            stop.abort();
            resolve(reached);
          },
        };
        waiting.add(waiter);
        void timer.sleep(withinMs, { signal: stop.signal }).then(() => {
          if (waiting.has(waiter)) waiter.resume(false);
        });
      });
    },
  };
};

/** Lets a request wait until the document with an id satisfies a condition. */
export interface DocumentWaiters<Doc> {
  wrote(id: string, document: Doc | undefined): void;
  /** Undefined when the time is up first. */
  waitUntil(id: string, holds: (document: Doc) => boolean, withinMs: number): Promise<Doc | undefined>;
}

export const documentWaiters = <Doc>(timer: Timer): DocumentWaiters<Doc> => {
  type Waiter = { readonly holds: (document: Doc) => boolean; readonly resume: (document: Doc | undefined) => void };
  const waiting = new Map<string, Set<Waiter>>();
  return {
    wrote: (id, document) => {
      if (document === undefined) return;
      for (const waiter of waiting.get(id) ?? []) if (waiter.holds(document)) waiter.resume(document);
    },
    waitUntil: (id, holds, withinMs) =>
      new Promise((resolve) => {
        const stop = new AbortController();
        const waiters = waiting.get(id) ?? new Set();
        waiting.set(id, waiters);
        const waiter: Waiter = {
          holds,
          resume: (document) => {
            waiters.delete(waiter);
            if (waiters.size === 0) waiting.delete(id);
            stop.abort();
            resolve(document);
          },
        };
        waiters.add(waiter);
        void timer.sleep(withinMs, { signal: stop.signal }).then(() => {
          if (waiters.has(waiter)) waiter.resume(undefined);
        });
      }),
  };
};
