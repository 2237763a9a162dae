import { origin, type Position } from '@conference/kernel';
import type { FeedBatch, StoredEvent } from '@conference/ports';
import type { CommittedEvent, EventLog } from './event-store-log.ts';
import { numberOf, positionOf } from './event-store-schema.ts';

export const feedBatchMax = 500;
const recentEventsMax = 4_096;
const recentBytesMax = 2 * 1024 * 1024;

export interface FeedOptions {
  readonly after: Position;
  readonly categories?: readonly string[];
  readonly signal: AbortSignal;
}
export interface EventFeed {
  /** To be called after each commit, with what is durable now. */
  publish(events: readonly CommittedEvent[]): void;
  subscribe(options: FeedOptions): AsyncGenerator<FeedBatch, void>;
  /** Ends every subscription. */
  close(): void;
  /** How many batches had to be read from the file, since their subscriber was too far behind. */
  pagesRead(): number;
}

export const eventFeed = (log: EventLog): EventFeed => {
  const recent = recentEvents();
  const waiting = new Set<() => void>();
  let durableHead = log.head();
  let isClosed = false;
  let pagesRead = 0;

  const wakeAll = (): void => {
    for (const wake of [...waiting]) wake();
  };
  const nextEvent = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  const read = (after: number, categories: ReadonlySet<string> | undefined): readonly StoredEvent[] => {
    if (recent.covers(after, durableHead)) return recent.read(after, categories);
    pagesRead += 1;
    const page = log.readAll(after, categories === undefined ? undefined : [...categories], feedBatchMax);
    // What is written and not synced yet is nobody's business: a loss of power may take it back.
    const isDurable = (event: StoredEvent): boolean => numberOf(event.position) <= durableHead;
    return page.every(isDurable) ? page : page.filter(isDurable);
  };

  return {
    publish(events) {
      const head = log.head();
      if (events.length > 0) recent.add(events, head);
      const moved = head !== durableHead;
      durableHead = head;
      if (moved) wakeAll();
    },
    async *subscribe({ after, categories, signal }) {
      const wanted = categories === undefined ? undefined : new Set(categories);
      let position = numberOf(after);
      let isFirst = true;
      while (!signal.aborted && !isClosed) {
        const head = durableHead;
        if (head <= position && !isFirst) {
          await nextEvent(signal);
          continue;
        }
        const events = head > position ? read(position, wanted) : [];
        position = events.length < feedBatchMax ? Math.max(position, head) : lastPositionOf(events);
        const caughtUp = position >= head;
        isFirst = false;
        yield { events, position: positionOf(position), caughtUp };
        if (!caughtUp) await turnOfTheLoop();
      }
    },
    close() {
      isClosed = true;
      wakeAll();
    },
    pagesRead: () => pagesRead,
  };
};

/** Of a full page. One that is not full has seen everything there is, whatever was filtered out of it. */
const lastPositionOf = (events: readonly StoredEvent[]): number => numberOf(events.at(-1)?.position ?? origin);

/** Whoever has a lot to catch up with lets requests through between two pages. */
export const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface RecentEvents {
  /** `events` end at position `head`. */
  add(events: readonly CommittedEvent[], head: number): void;
  /** Whether everything after a position and up to `head` is here. */
  covers(after: number, head: number): boolean;
  read(after: number, categories: ReadonlySet<string> | undefined): readonly StoredEvent[];
}

/** A ring of what was committed last: positions have no holes, so the place of an event follows from its position. */
const recentEvents = (): RecentEvents => {
  const slots = new Array<CommittedEvent | undefined>(recentEventsMax);
  let first = 1;
  let last = 0;
  let bytes = 0;

  const drop = (): void => {
    bytes -= slots[first % recentEventsMax]?.bytes ?? 0;
    slots[first % recentEventsMax] = undefined;
    first += 1;
  };
  const dropUntil = (fits: () => boolean): void => {
    while (first <= last && !fits()) drop();
  };
  const put = (committed: CommittedEvent, position: number): void => {
    dropUntil(() => last - first + 1 < recentEventsMax && bytes + committed.bytes <= recentBytesMax);
    if (first > last) first = position;
    last = position;
    bytes += committed.bytes;
    slots[position % recentEventsMax] = committed;
  };
  return {
    add(events, head) {
      const start = head - events.length + 1;
      // Something was committed that was not published: its outcome was unknown. What is here cannot be continued.
      if (start !== last + 1) dropUntil(() => false);
      for (const [index, committed] of events.entries()) put(committed, start + index);
    },
    covers: (after, head) => first <= last && last === head && after + 1 >= first,
    read(after, categories) {
      const events: StoredEvent[] = [];
      for (let position = after + 1; position <= last && events.length < feedBatchMax; position += 1) {
        const committed = slots[position % recentEventsMax];
        if (committed !== undefined && (categories === undefined || categories.has(committed.category))) events.push(committed.event);
      }
      return events;
    },
  };
};
