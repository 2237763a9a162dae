import { categoryOf, type Json, origin, type StreamName } from '@conference/kernel';
import {
  type AppendResult,
  appendBytesMax,
  appendEventsMax,
  type Clock,
  type EventStore,
  type EventToAppend,
  type ExpectedVersion,
  type FeedBatch,
  type ReadStreamOptions,
  type StoredEvent,
  StoreUnavailable,
} from '@conference/ports';
import { countUpTo, createEventDisk, type EventDisk, positionAt, snapshotOnDisk, written } from './event-store-disk.ts';

export interface MemoryEventStoreOptions {
  /** For `recordedAt`. */
  readonly clock: Clock;
  /** What an earlier instance left behind; a fresh one when absent. */
  readonly disk?: EventDisk;
}

export interface MemoryEventStore extends EventStore {
  /**
   * What `kill -9` is to a process: appends that are not on the disk yet never get there, and nothing that was asked of
   * this instance is ever answered. A new instance on the same disk takes its place.
   */
  crash(): void;
}

const pageMax = 500;

/**
 * The event store without an engine, with the guarantees of one. It waits only for promises - no clock, no turn of the
 * event loop - so a run is repeated exactly. Events are kept as frozen copies of their JSON: a reader or a writer that
 * changes one fails.
 */
export const memoryEventStore = ({ clock, disk = createEventDisk() }: MemoryEventStoreOptions): MemoryEventStore => {
  let isClosed = false;
  let isDead = false;
  const wakes = new Set<() => void>();

  /** One turn of the promise queue: where a crash may come between a call and its effect, or its answer. */
  const turn = async (): Promise<void> => {
    await undefined;
    if (isDead) await never();
  };
  const assertOpen = (): void => {
    if (isClosed) throw new StoreUnavailable('the event store is closed');
  };
  const nextEvent = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted || isClosed) return resolve();
      const wake = (): void => {
        for (const set of [disk.waiting, wakes]) set.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      for (const set of [disk.waiting, wakes]) set.add(wake);
      signal.addEventListener('abort', wake);
    });

  async function* subscription({
    after,
    categories,
    signal,
  }: Parameters<EventStore['subscribeToAll']>[0]): AsyncGenerator<FeedBatch, void> {
    const wanted = categories === undefined ? undefined : new Set(categories);
    let count = countUpTo(after);
    let isFirst = true;
    while (!signal.aborted && !isClosed) {
      await turn();
      if (disk.events.length <= count && !isFirst) {
        await nextEvent(signal);
        continue;
      }
      if (signal.aborted) return;
      const page = feedPage(disk, count, wanted);
      count = page.count;
      isFirst = false;
      yield { events: page.events, position: positionAt(count), caughtUp: count >= disk.events.length };
    }
  }

  async function* pagesOfStream(stream: StreamName, options: ReadStreamOptions): AsyncGenerator<readonly StoredEvent[], void> {
    const wanted = selection(disk.streams.get(stream) ?? [], options);
    for (let start = 0; start < wanted.length; start += pageMax) {
      await turn();
      assertOpen();
      yield wanted.slice(start, start + pageMax);
    }
  }

  return {
    async append(stream, expected, events) {
      assertOpen();
      const batch = checked(stream, expected, events);
      await turn();
      const result = write(disk, stream, expected, batch, clock);
      await turn();
      return result;
    },
    readStream: (stream, options = {}) => pagesOfStream(stream, options),
    subscribeToAll: (options) => subscription(options),
    async loadSnapshot(stream, foldVersion) {
      assertOpen();
      await turn();
      const whole = disk.snapshots
        .get(stream)
        ?.findLast((found) => found.foldVersion === foldVersion && found.chunks.join('').length === found.length);
      if (whole === undefined) return undefined;
      return { foldVersion, streamVersion: whole.streamVersion, state: JSON.parse(whole.chunks.join('')) as Json };
    },
    async saveSnapshot(stream, snapshot) {
      assertOpen();
      const saved = snapshotOnDisk(snapshot);
      await turn();
      disk.snapshots.set(stream, [...(disk.snapshots.get(stream) ?? []).slice(-1), saved]);
      await turn();
    },
    async close() {
      isClosed = true;
      // What was asked before is two turns ahead.
      await turn();
      await turn();
      for (const wake of [...wakes]) wake();
    },
    crash() {
      isDead = true;
    },
  };
};

const never = (): Promise<never> => new Promise(() => undefined);

const checked = (stream: StreamName, expected: ExpectedVersion, events: readonly EventToAppend[]): readonly EventToAppend[] => {
  if (events.length === 0) throw new RangeError(`nothing to append to ${stream}`);
  if (events.length > appendEventsMax)
    throw new RangeError(`${events.length} events in one append to ${stream}: at most ${appendEventsMax}`);
  if (expected !== 'no-stream' && (!Number.isSafeInteger(expected) || expected < 0))
    throw new RangeError(`not a stream version: ${expected}`);
  const batch = events.map(written);
  const bytes = batch.reduce((sum, event) => sum + event.bytes, 0);
  if (bytes > appendBytesMax) throw new RangeError(`${bytes} bytes in one append to ${stream}: at most ${appendBytesMax}`);
  return batch.map(({ event }) => event);
};

const write = (
  disk: EventDisk,
  stream: StreamName,
  expected: ExpectedVersion,
  batch: readonly EventToAppend[],
  clock: Clock,
): AppendResult => {
  const stored = disk.streams.get(stream) ?? [];
  const next = expected === 'no-stream' ? 0 : expected + 1;
  if (next !== stored.length) {
    const last = resultOfThen(stored, next, batch);
    return last ?? { status: 'conflict', actual: stored.length === 0 ? 'no-stream' : stored.length - 1 };
  }
  const recordedAt = clock.now();
  for (const event of batch) {
    const position = positionAt(disk.events.length + 1);
    const added: StoredEvent = Object.freeze({ ...event, streamName: stream, streamVersion: stored.length, position, recordedAt });
    stored.push(added);
    disk.events.push(added);
  }
  disk.streams.set(stream, stored);
  for (const wake of [...disk.waiting]) wake();
  return appendedUpTo(stored.at(-1));
};

const resultOfThen = (stored: readonly StoredEvent[], next: number, batch: readonly EventToAppend[]): AppendResult | undefined => {
  const there = stored.slice(next, next + batch.length);
  const isSame = there.length === batch.length && there.every((event, index) => event.eventId === batch[index]?.eventId);
  return isSame ? appendedUpTo(there.at(-1)) : undefined;
};

const appendedUpTo = (last: StoredEvent | undefined): AppendResult => ({
  status: 'appended',
  streamVersion: last?.streamVersion ?? 0,
  position: last?.position ?? origin,
});

/** Up to a page of what is wanted, and how far the disk was looked through for it. */
const feedPage = (disk: EventDisk, start: number, wanted: ReadonlySet<string> | undefined) => {
  const events: StoredEvent[] = [];
  let count = start;
  while (count < disk.events.length && events.length < pageMax) {
    const event = disk.events[count];
    count += 1;
    if (event !== undefined && (wanted === undefined || wanted.has(categoryOf(event.streamName)))) events.push(event);
  }
  return { events, count };
};

const selection = (stored: readonly StoredEvent[], { direction = 'forwards', from, maxCount = stored.length }: ReadStreamOptions) =>
  direction === 'forwards'
    ? stored.slice(from ?? 0).slice(0, maxCount)
    : stored
        .slice(0, from === undefined ? stored.length : from + 1)
        .toReversed()
        .slice(0, maxCount);
