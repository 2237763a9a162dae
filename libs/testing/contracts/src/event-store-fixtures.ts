import { randomUUID } from 'node:crypto';
import { type Instant, type JsonObject, origin, type Position, type StreamName, type StreamVersion, streamName } from '@conference/kernel';
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedVersion,
  FeedBatch,
  ReadStreamOptions,
  StoredEvent,
} from '@conference/ports';

/** A category that no other test and no other run has used. */
export const newCategory = (label = 'Contract'): string => `${label}${randomUUID().replaceAll('-', '')}`;
export const newStream = (category = newCategory()): StreamName => streamName(category, randomUUID());

export const newEvent = (data: JsonObject = {}): EventToAppend => ({
  eventId: randomUUID(),
  type: 'SomethingHappened',
  schemaVersion: 1,
  data,
  metadata: {
    commandId: randomUUID(),
    correlationId: randomUUID(),
    causationId: randomUUID(),
    actor: 'contract',
    occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  },
});
export const newEvents = (count: number): readonly EventToAppend[] => Array.from({ length: count }, (_, index) => newEvent({ index }));

export type Appended = Extract<AppendResult, { status: 'appended' }>;

/** Fails the test when the append does not succeed. */
export const mustAppend = async (
  store: EventStore,
  stream: StreamName,
  expected: ExpectedVersion,
  events: readonly EventToAppend[],
): Promise<Appended> => {
  const result = await store.append(stream, expected, events);
  if (result.status !== 'appended') throw new Error(`conflict on ${stream}: expected ${expected}, actual ${result.actual}`);
  return result;
};

/** In batches that every engine accepts. */
export const appendMany = async (store: EventStore, stream: StreamName, events: readonly EventToAppend[]): Promise<void> => {
  let expected: ExpectedVersion = 'no-stream';
  for (let start = 0; start < events.length; start += 100) {
    const result: Appended = await mustAppend(store, stream, expected, events.slice(start, start + 100));
    expected = result.streamVersion;
  }
};

export const pagesOf = async (store: EventStore, stream: StreamName, options?: ReadStreamOptions): Promise<(readonly StoredEvent[])[]> => {
  const pages: (readonly StoredEvent[])[] = [];
  for await (const page of store.readStream(stream, options)) pages.push(page);
  return pages;
};
export const eventsOf = async (store: EventStore, stream: StreamName, options?: ReadStreamOptions): Promise<readonly StoredEvent[]> =>
  (await pagesOf(store, stream, options)).flat();
export const versionsOf = (events: readonly StoredEvent[]): readonly StreamVersion[] => events.map((event) => event.streamVersion);
export const idsOf = (events: readonly Pick<EventToAppend, 'eventId'>[]): readonly string[] => events.map((event) => event.eventId);

export interface Follower {
  readonly batches: readonly FeedBatch[];
  events(): readonly StoredEvent[];
  /** Resolves as soon as what has come fulfils the condition; rejects when the subscription ends before. */
  until(condition: (follower: Follower) => boolean): Promise<void>;
  /** Aborts, and resolves when the iteration has ended; rejects when it ended with an error. */
  stop(): Promise<void>;
}

/** Subscribes and keeps everything that comes. */
export const follow = (store: EventStore, categories: readonly string[] | undefined, after: Position = origin): Follower => {
  const abort = new AbortController();
  const batches: FeedBatch[] = [];
  const checks = new Set<() => void>();
  let hasEnded = false;
  const checkAll = (): void => {
    for (const check of [...checks]) check();
  };
  const iteration = (async () => {
    try {
      const options = { after, signal: abort.signal, ...(categories === undefined ? {} : { categories }) };
      for await (const batch of store.subscribeToAll(options)) {
        batches.push(batch);
        checkAll();
      }
    } finally {
      hasEnded = true;
      checkAll();
    }
  })();
  // Whoever stops or waits sees the error; it must not end the process before.
  iteration.catch(() => undefined);

  const follower: Follower = {
    batches,
    events: () => batches.flatMap((batch) => batch.events),
    until: (condition) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const isFulfilled = condition(follower);
          if (!isFulfilled && !hasEnded) return;
          checks.delete(check);
          if (isFulfilled) resolve();
          else iteration.then(() => reject(new Error('the subscription ended before')), reject);
        };
        checks.add(check);
        check();
      }),
    async stop() {
      abort.abort();
      await iteration;
    },
  };
  return follower;
};

export const isCaughtUp = ({ batches }: Follower): boolean => batches.some((batch) => batch.caughtUp);
export const hasSeen =
  (count: number) =>
  (follower: Follower): boolean =>
    follower.events().length >= count;
export const positionsOf = (events: readonly StoredEvent[]): readonly Position[] => events.map((event) => event.position);
export const lastPosition = ({ batches }: Follower): Position | undefined => batches.at(-1)?.position;
