import type { Position } from '@conference/kernel';
import { categoryOf } from '@conference/kernel';
import type { EventStore, FeedBatch, Random, StoredEvent, Timer } from '@conference/ports';
import type { Log } from './log.ts';
import { backoffMs, defaultBackoff } from './retry.ts';

/**
 * What hangs on the one feed of a service. Each keeps its own checkpoint and skips what it has; a slow one holds back
 * nobody else.
 */
export interface FeedConsumer {
  readonly name: string;
  readonly categories: readonly string[];
  /** Where to go on from: everything up to it has taken effect durably. */
  checkpoint(): Promise<Position>;
  /** In order. May return before the effect is durable (keyed consumers do, up to their limit); the checkpoint tells. */
  handle(batch: FeedBatch): Promise<void>;
  /** Before the next batch is taken: lets events gather where a batch costs more than what is in it. */
  linger?(batch: FeedBatch): Promise<void>;
  /** False: what it has saved is not there any more, so it has to begin anew. Asked now and then while it runs. */
  isIntact?(): Promise<boolean>;
  /** After its signal: lets what it has begun come to its end, within a bound, and saves how far that is. */
  drain?(): Promise<void>;
}

export interface Feed {
  /** The next events of these categories after a position; waits until there are some, or the end is reached for the first time. */
  reader(categories: readonly string[], after: Position, signal: AbortSignal): AsyncGenerator<FeedBatch, void, void>;
  /** Of the last event seen. */
  head(): Position;
  /** How far behind a reader is, in events; exact within those held in memory, at least that many beyond. */
  eventsAfter(position: Position): number;
}

const ringEventsMax = 4_096;
const batchEventsMax = 400;

type RingEntry = { readonly stored: StoredEvent; readonly category: string };

/** The index of the first entry after a position. */
const firstAfter = (ring: readonly RingEntry[], position: Position): number => {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = ring[middle];
    if (entry !== undefined && entry.stored.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * One subscription to the service's own store, fanned out: the last events stay in memory, readers take them from there,
 * and one that is further behind reads the store by itself until it has caught up.
 */
export const openFeed = (options: {
  readonly eventStore: EventStore;
  readonly categories: readonly string[];
  /** The furthest checkpoint of the consumers: who is behind catches up by itself. */
  readonly after: Position;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Feed => {
  const { eventStore, timer, random, log, signal } = options;
  let ring: RingEntry[] = [];
  let from = options.after;
  let head = options.after;
  let live = false;
  let wakeUps: (() => void)[] = [];

  const wake = (): void => {
    const waiting = wakeUps;
    wakeUps = [];
    for (const wakeUp of waiting) wakeUp();
  };
  const nextWake = (): Promise<void> => new Promise((resolve) => wakeUps.push(resolve));

  const take = (batch: FeedBatch): void => {
    for (const stored of batch.events) ring.push({ stored, category: categoryOf(stored.streamName) });
    if (ring.length > ringEventsMax) {
      const dropped = ring[ring.length - ringEventsMax / 2 - 1];
      ring = ring.slice(-ringEventsMax / 2);
      if (dropped !== undefined) from = dropped.stored.position;
    }
    if (batch.position > head) head = batch.position;
    live = batch.caughtUp;
    wake();
  };

  const run = async (): Promise<void> => {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        for await (const batch of eventStore.subscribeToAll({ after: head, categories: options.categories, signal })) {
          take(batch);
          attempt = 0;
        }
      } catch (error) {
        log.warn({ err: error }, 'the feed broke off, subscribing again');
      }
      live = false;
      if (!signal.aborted) await timer.sleep(backoffMs(defaultBackoff, attempt, random), { signal });
    }
    wake();
  };
  void run();

  const fromRing = (after: Position, wanted: ReadonlySet<string>): FeedBatch => {
    const events: StoredEvent[] = [];
    let position = after;
    let index = firstAfter(ring, after);
    for (; index < ring.length && events.length < batchEventsMax; index++) {
      const entry = ring[index];
      if (entry === undefined) break;
      if (wanted.has(entry.category)) events.push(entry.stored);
      position = entry.stored.position;
    }
    const atHead = index >= ring.length;
    return { events, position: atHead && head > position ? head : position, caughtUp: atHead && live };
  };

  async function* catchUp(categories: readonly string[], after: Position, stop: AbortSignal): AsyncGenerator<FeedBatch, void, void> {
    for await (const batch of eventStore.subscribeToAll({ after, categories, signal: stop })) {
      yield { ...batch, caughtUp: false };
      if (batch.position >= from) return;
    }
  }

  async function* reader(categories: readonly string[], after: Position, stop: AbortSignal): AsyncGenerator<FeedBatch, void, void> {
    const wanted = new Set(categories);
    let position = after;
    let told = false;
    let idleTries = 0;
    stop.addEventListener('abort', wake, { once: true });
    while (!stop.aborted && !signal.aborted) {
      if (position < from) {
        const before = position;
        for await (const batch of catchUp(categories, position, stop)) {
          position = batch.position;
          yield batch;
        }
        // A store that is closed, or closing, ends a subscription at once and without an error.
        idleTries = position > before ? 0 : idleTries + 1;
        if (idleTries > 0) await timer.sleep(backoffMs(defaultBackoff, idleTries, random), { signal: stop });
        continue;
      }
      const batch = fromRing(position, wanted);
      const moved = batch.position > position;
      if (moved || (batch.caughtUp && !told)) {
        position = batch.position;
        told ||= batch.caughtUp;
        yield batch;
      } else {
        const woken = nextWake();
        await woken;
      }
    }
  }

  return { reader, head: () => head, eventsAfter: (position) => ring.length - firstAfter(ring, position) };
};
