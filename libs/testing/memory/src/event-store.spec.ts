import { type Instant, origin, streamName } from '@conference/kernel';
import type { EventToAppend, StoredEvent } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import { type MemoryEventStore, memoryEventStore } from './event-store.ts';
import { createEventDisk } from './event-store-disk.ts';

const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };
const stream = streamName('Order', '1');
const event = (eventId: string): EventToAppend => ({
  eventId,
  type: 'OrderPlaced',
  schemaVersion: 1,
  data: { lines: [{ quantity: 1 }] },
  metadata: { commandId: eventId, correlationId: 'c', causationId: 'c', actor: 'a', occurredAt: clock.now() },
});
const eventsOf = async (store: MemoryEventStore): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const page of store.readStream(stream)) events.push(...page);
  return events;
};
/** As many turns of the promise queue as any operation here takes, and more. */
const turns = async (): Promise<void> => {
  for (let count = 0; count < 50; count += 1) await undefined;
};

describe('the in-memory event store', () => {
  it('finds what an earlier instance left on the disk', async () => {
    const disk = createEventDisk();
    await memoryEventStore({ clock, disk }).append(stream, 'no-stream', [event('e1')]);
    expect(await memoryEventStore({ clock, disk }).append(stream, 'no-stream', [event('e2')])).toEqual({ status: 'conflict', actual: 0 });
  });
  it('shows two instances on one disk what the other appends, while they wait', async () => {
    const disk = createEventDisk();
    const [one, other] = [memoryEventStore({ clock, disk }), memoryEventStore({ clock, disk })];
    const abort = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { events } of one.subscribeToAll({ after: origin, signal: abort.signal })) {
        seen.push(...events.map(({ eventId }) => eventId));
        if (seen.length === 1) abort.abort();
      }
    })();
    await turns();
    await other.append(stream, 'no-stream', [event('e1')]);
    await reading;
    expect(seen).toEqual(['e1']);
    expect(disk.waiting.size).toBe(0);
  });
  it('loses an append that is not on the disk when it crashes, and never answers it', async () => {
    const disk = createEventDisk();
    const store = memoryEventStore({ clock, disk });
    let isAnswered = false;
    void store.append(stream, 'no-stream', [event('e1')]).finally(() => {
      isAnswered = true;
    });
    store.crash();
    await turns();
    expect(isAnswered).toBe(false);
    expect(await eventsOf(memoryEventStore({ clock, disk }))).toEqual([]);
  });
  it('keeps an append that is on the disk when it crashes, and never answers it', async () => {
    const disk = createEventDisk();
    const store = memoryEventStore({ clock, disk });
    let isAnswered = false;
    void store.append(stream, 'no-stream', [event('e1')]).finally(() => {
      isAnswered = true;
    });
    while (disk.events.length === 0) await undefined;
    store.crash();
    await turns();
    expect(isAnswered).toBe(false);
    const next = memoryEventStore({ clock, disk });
    expect(await next.append(stream, 'no-stream', [event('e1')])).toMatchObject({ status: 'appended', streamVersion: 0 });
    expect(await eventsOf(next)).toHaveLength(1);
  });
  it('gives a crashed instance no more events', async () => {
    const disk = createEventDisk();
    const store = memoryEventStore({ clock, disk });
    const seen: string[] = [];
    void (async () => {
      for await (const { events } of store.subscribeToAll({ after: origin, signal: new AbortController().signal })) {
        seen.push(...events.map(({ eventId }) => eventId));
      }
    })();
    await turns();
    store.crash();
    await memoryEventStore({ clock, disk }).append(stream, 'no-stream', [event('e1')]);
    await turns();
    expect(seen).toEqual([]);
  });
  it('keeps events as text keeps them: later changes do not reach it, and readers cannot change it', async () => {
    const store = memoryEventStore({ clock });
    const lines = [{ quantity: 1 }];
    const given: EventToAppend = { ...event('e1'), data: { lines, ignored: Number.NaN } };
    await store.append(stream, 'no-stream', [given]);
    lines.push({ quantity: 99 });
    const [stored] = await eventsOf(store);
    expect(stored?.data).toEqual({ lines: [{ quantity: 1 }], ignored: null });
    expect(Object.isFrozen(stored) && Object.isFrozen(stored?.data.lines) && Object.isFrozen(stored?.metadata)).toBe(true);
  });
  it('treats two appends to one stream that wait together as if one came after the other', async () => {
    const store = memoryEventStore({ clock });
    const results = await Promise.all([store.append(stream, 'no-stream', [event('e1')]), store.append(stream, 0, [event('e2')])]);
    expect(results.map(({ status }) => status)).toEqual(['appended', 'appended']);
  });
  it('takes the same number of turns each time, whatever the machine does', async () => {
    const count = async (): Promise<number> => {
      let isDone = false;
      void memoryEventStore({ clock })
        .append(stream, 'no-stream', [event('e1')])
        .then(() => {
          isDone = true;
        });
      let turnsTaken = 0;
      for (; !isDone; turnsTaken += 1) await undefined;
      return turnsTaken;
    };
    const first = await count();
    expect(await count()).toBe(first);
    expect(first).toBeLessThan(20);
  });
});
