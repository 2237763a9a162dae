import type { Instant, MessageMetadata } from '@conference/kernel';
import type { EventStore, ReadStreamOptions } from '@conference/ports';
import { memoryEventStore } from '@conference/testing-memory';
import { describe, expect, it } from 'vitest';
import { account, accountCodec, accountStream, idAt, noon } from './account.fixture.ts';
import { only, UndecodableEvent } from './event-codec.ts';
import { streamHistory } from './stream-history.ts';

const stream = accountStream('a1');
const minutesAfterNoon = (minutes: number): Instant => new Date(Date.parse(noon) + minutes * 60_000).toISOString() as Instant;

/** Deposits of 1, 2, 3 …, each at its minute after noon. */
const storeWith = async (...minutes: readonly number[]): Promise<EventStore> => {
  const eventStore = memoryEventStore({ clock: { now: () => noon } });
  for (const [version, minute] of minutes.entries()) {
    const metadata: MessageMetadata = {
      commandId: idAt(version),
      correlationId: idAt(version),
      causationId: idAt(version),
      actor: 'spec',
      occurredAt: minutesAfterNoon(minute),
    };
    const event = accountCodec.encode({ type: 'Deposited', data: { amount: version + 1 } });
    await eventStore.append(stream, version === 0 ? 'no-stream' : version - 1, [{ eventId: idAt(100 + version), ...event, metadata }]);
  }
  return eventStore;
};
const historyOf = (eventStore: EventStore) => streamHistory({ eventStore, decoder: accountCodec, decider: account });

describe('a stream as of a moment', () => {
  it.each([
    [-1, undefined],
    [0, { state: 1, version: 0 }],
    [4.9, { state: 1, version: 0 }],
    [5, { state: 6, version: 2 }],
    [7, { state: 10, version: 3 }],
    [1_000_000, { state: 10, version: 3 }],
  ])('is, %d minutes after noon, the fold of what had happened by then', async (minutes, expected) => {
    const found = await historyOf(await storeWith(0, 5, 5, 7)).asOf(stream, minutesAfterNoon(minutes));
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it('is nothing of a stream that there is not', async () => {
    expect(await historyOf(await storeWith()).asOf(stream, noon)).toBeUndefined();
  });

  it('reads no further than to the moment', async () => {
    const eventStore = await storeWith(0, 1, 2, 3);
    let pages = 0;
    const paged: EventStore = {
      ...eventStore,
      async *readStream(name, options?: ReadStreamOptions) {
        for await (const page of eventStore.readStream(name, options))
          for (const stored of page) {
            pages += 1;
            yield [stored];
          }
      },
    };
    expect(await historyOf(paged).asOf(stream, noon)).toMatchObject({ version: 0 });
    expect(pages).toBe(2);
  });
});

describe('the events of a stream', () => {
  it('are those from a version on, so many as are asked for', async () => {
    const history = historyOf(await storeWith(0, 1, 2, 3));
    const events = await history.events(stream, { from: 1, maxCount: 2 });
    expect(events.map(({ streamVersion, event }) => [streamVersion, event.data.amount])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(await history.events(stream, { from: 4, maxCount: 2 })).toEqual([]);
  });

  it('are no past at all when one of them cannot be read', async () => {
    const eventStore = await storeWith(0, 1);
    const history = streamHistory({ eventStore, decoder: only(accountCodec, 'Withdrawn'), decider: account });
    await expect(history.events(stream, { from: 0, maxCount: 9 })).rejects.toThrow(UndecodableEvent);
    await expect(history.asOf(stream, noon)).rejects.toThrow(UndecodableEvent);
  });
});
