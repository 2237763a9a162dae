import type { Position } from '@conference/kernel';
import type { Timer } from '@conference/ports';

/** How late a waiter may be told that its time is up. */
const expiryEveryMs = 50;

type Waiter = { readonly giveUpAtMs: number; readonly giveUp: () => void };

/**
 * Tells waiters whose time is up. One sleep for all of them, and none while nobody waits: a timer for each would cost more
 * than the wait.
 */
const expiry = <W extends Waiter>(timer: Timer, waiting: Set<W>, onWaiting: () => void): { add(waiter: W): void } => {
  let isWatching = false;
  const nowMs = (): number => Date.parse(timer.now());
  const watch = async (): Promise<void> => {
    isWatching = true;
    while (waiting.size > 0) {
      await timer.sleep(expiryEveryMs);
      const now = nowMs();
      for (const waiter of waiting) if (waiter.giveUpAtMs <= now) waiter.giveUp();
    }
    isWatching = false;
  };
  return {
    add: (waiter) => {
      waiting.add(waiter);
      onWaiting();
      if (!isWatching) void watch();
    },
  };
};

/**
 * Lets a query wait for a position (its own write), or for a document to reach a state. Woken in process by the runner;
 * nothing polls.
 */
export interface PositionWaiters {
  reached(position: Position): void;
  current(): Position;
  isAwaited(): boolean;
  /** False when the time is up first. */
  waitFor(position: Position, withinMs: number): Promise<boolean>;
}

export const positionWaiters = (timer: Timer, start: Position, onWaiting: () => void = () => {}): PositionWaiters => {
  let current = start;
  const waiting = new Set<Waiter & { readonly position: Position; readonly arrived: () => void }>();
  const expiring = expiry(timer, waiting, onWaiting);
  return {
    current: () => current,
    isAwaited: () => waiting.size > 0,
    reached: (position) => {
      if (position <= current) return;
      current = position;
      for (const waiter of waiting) if (waiter.position <= position) waiter.arrived();
    },
    waitFor: (position, withinMs) => {
      if (position <= current) return Promise.resolve(true);
      return new Promise((resolve) => {
        const end = (reached: boolean): void => {
          waiting.delete(waiter);
          resolve(reached);
        };
        const giveUpAtMs = Date.parse(timer.now()) + withinMs;
        const waiter = { position, giveUpAtMs, giveUp: () => end(false), arrived: () => end(true) };
        expiring.add(waiter);
      });
    },
  };
};

/** Lets a request wait until the document with an id satisfies a condition. */
export interface DocumentWaiters<Doc> {
  wrote(id: string, document: Doc | undefined): void;
  isAwaited(): boolean;
  /** Undefined when the time is up first. */
  waitUntil(id: string, holds: (document: Doc) => boolean, withinMs: number): Promise<Doc | undefined>;
}

export const documentWaiters = <Doc>(timer: Timer, onWaiting: () => void = () => {}): DocumentWaiters<Doc> => {
  type DocumentWaiter = Waiter & { readonly see: (document: Doc) => void };
  const waiting = new Set<DocumentWaiter>();
  const byId = new Map<string, Set<DocumentWaiter>>();
  const expiring = expiry(timer, waiting, onWaiting);

  const remove = (id: string, waiter: DocumentWaiter): void => {
    waiting.delete(waiter);
    const ofId = byId.get(id);
    ofId?.delete(waiter);
    if (ofId?.size === 0) byId.delete(id);
  };
  return {
    isAwaited: () => waiting.size > 0,
    wrote: (id, document) => {
      if (document === undefined) return;
      for (const waiter of byId.get(id) ?? []) waiter.see(document);
    },
    waitUntil: (id, holds, withinMs) =>
      new Promise((resolve) => {
        const end = (document: Doc | undefined): void => {
          remove(id, waiter);
          resolve(document);
        };
        const waiter: DocumentWaiter = {
          giveUpAtMs: Date.parse(timer.now()) + withinMs,
          giveUp: () => end(undefined),
          see: (document) => {
            if (holds(document)) end(document);
          },
        };
        expiring.add(waiter);
        byId.set(id, (byId.get(id) ?? new Set()).add(waiter));
      }),
  };
};
