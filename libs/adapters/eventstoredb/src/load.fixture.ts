import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Instant, origin, type StreamName, streamName } from '@conference/kernel';
import {
  type EventStore,
  type EventToAppend,
  type ExpectedVersion,
  type FeedBatch,
  StoreUnavailable,
  UnknownOutcome,
} from '@conference/ports';

export const newEvent = (text = ''): EventToAppend => ({
  eventId: randomUUID(),
  type: 'SomethingHappened',
  schemaVersion: 1,
  data: { text },
  metadata: {
    commandId: randomUUID(),
    correlationId: 'c',
    causationId: 'c',
    actor: 'load',
    occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  },
});

/** As the runtime does it: the same batch again until it is known what became of it. */
export const appendUntilKnown = async (
  store: EventStore,
  stream: StreamName,
  expected: ExpectedVersion,
  events: readonly EventToAppend[],
): Promise<void> => {
  for (;;) {
    try {
      const result = await store.append(stream, expected, events);
      if (result.status !== 'appended') throw new Error(`conflict on ${stream}: expected ${expected}, actual ${result.actual}`);
      return;
    } catch (error) {
      if (!(error instanceof UnknownOutcome || error instanceof StoreUnavailable)) throw error;
      await setTimeout(10);
    }
  }
};

/** The ids that were acknowledged, stream by stream, in their order. Each stream has one writer; all write at once. */
export const writeStreams = async (
  store: EventStore,
  category: string,
  { streams, appends, text = '' }: { readonly streams: number; readonly appends: number; readonly text?: string },
): Promise<ReadonlyMap<StreamName, readonly string[]>> => {
  const acknowledged = new Map<StreamName, string[]>();
  const write = async (stream: StreamName): Promise<void> => {
    const ids: string[] = [];
    acknowledged.set(stream, ids);
    for (let index = 0; index < appends; index += 1) {
      const batch = [newEvent(text), newEvent(text)];
      await appendUntilKnown(store, stream, ids.length === 0 ? 'no-stream' : ids.length - 1, batch);
      ids.push(...batch.map(({ eventId }) => eventId));
    }
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => write(streamName(category, `${index}`))));
  return acknowledged;
};

/** Every batch of a category until so many events have come. */
export const followUntil = async (
  store: EventStore,
  category: string,
  count: number,
  pause: (batch: number) => Promise<void> = async () => undefined,
): Promise<readonly FeedBatch[]> => {
  const abort = new AbortController();
  const batches: FeedBatch[] = [];
  let seen = 0;
  for await (const batch of store.subscribeToAll({ after: origin, categories: [category], signal: abort.signal })) {
    batches.push(batch);
    seen += batch.events.length;
    await pause(batches.length);
    if (seen >= count) abort.abort();
  }
  return batches;
};
