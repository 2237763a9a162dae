import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { type Instant, type JsonObject, origin, type StreamName, streamName } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { type EventToAppend, type FeedBatch, type StoredEvent, StoreUnavailable } from '@conference/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { eventStoreOn, type SqliteEventStore, sqliteEventStore } from './event-store.ts';

const clock: Timer = { now: () => '2027-05-02T09:00:00.000Z' as Instant, sleep: (milliseconds) => setTimeout(milliseconds) };
const newStream = (): StreamName => streamName('Order', randomUUID());
const newEvent = (data: JsonObject = {}): EventToAppend => ({
  eventId: randomUUID(),
  type: 'OrderPlaced',
  schemaVersion: 1,
  data,
  metadata: { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'a', occurredAt: clock.now() },
});
const newEvents = (count: number): readonly EventToAppend[] => Array.from({ length: count }, () => newEvent());
const eventsOf = async (store: SqliteEventStore, stream: StreamName): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const page of store.readStream(stream)) events.push(...page);
  return events;
};
const untilCaughtUp = async (store: SqliteEventStore): Promise<readonly FeedBatch[]> => {
  const batches: FeedBatch[] = [];
  for await (const batch of store.subscribeToAll({ after: origin, signal: new AbortController().signal })) {
    batches.push(batch);
    if (batch.caughtUp) break;
  }
  return batches;
};

describe('the SQLite event store', () => {
  let folder = '';
  let path = '';
  let database: DatabaseSync;
  let store: SqliteEventStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    path = join(folder, 'events.db');
    database = openDatabase(path, { synchronous: 'FULL' });
    store = eventStoreOn(database, clock);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  describe('group commit', () => {
    it('commits all appends of one turn of the event loop in one transaction', async () => {
      await Promise.all(Array.from({ length: 100 }, () => store.append(newStream(), 'no-stream', newEvents(2))));
      expect(store.stats()).toMatchObject({ transactions: 1, events: 200, conflicts: 0 });
    });
    it('bounds a group in events, so that nobody waits long, and serves what is left in the next turns', async () => {
      const results = await Promise.all(Array.from({ length: 300 }, () => store.append(newStream(), 'no-stream', newEvents(5))));
      expect(results.every((result) => result.status === 'appended')).toBe(true);
      expect(store.stats()).toMatchObject({ transactions: 3, events: 1_500 });
    });
    it('bounds a group in bytes', async () => {
      const large = { text: 'x'.repeat(300 * 1024) };
      await Promise.all(Array.from({ length: 4 }, () => store.append(newStream(), 'no-stream', [newEvent(large)])));
      expect(store.stats()).toMatchObject({ transactions: 4, events: 4 });
    });
    it('treats two appends to one stream that wait together as if one came after the other', async () => {
      const stream = newStream();
      const batch = newEvents(2);
      const results = await Promise.all([
        store.append(stream, 'no-stream', batch),
        store.append(stream, 1, newEvents(1)),
        store.append(stream, 1, newEvents(1)),
        store.append(stream, 'no-stream', batch),
      ]);
      expect(results.map((result) => (result.status === 'appended' ? result.streamVersion : result.actual))).toEqual([1, 2, 2, 1]);
      expect(results.map((result) => result.status)).toEqual(['appended', 'appended', 'conflict', 'appended']);
      expect(store.stats()).toMatchObject({ transactions: 1, events: 3, conflicts: 1 });
    });
    it('gives all events of a group the time of their commit', async () => {
      const stream = newStream();
      await store.append(stream, 'no-stream', newEvents(2));
      expect((await eventsOf(store, stream)).map((event) => event.recordedAt)).toEqual([clock.now(), clock.now()]);
    });
  });

  describe('on a full disk', () => {
    const fill = (pagesLeft = 0): void => {
      const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
      database.exec(`PRAGMA max_page_count = ${pages + pagesLeft}`);
    };
    const makeRoom = (): void => {
      database.exec('PRAGMA max_page_count = 1000000');
    };
    const large = (): readonly EventToAppend[] => [newEvent({ text: 'x'.repeat(100_000) })];

    it('refuses appends, certain that nothing was written, and goes on when there is room again', async () => {
      const [known, fresh] = [newStream(), newStream()];
      await store.append(known, 'no-stream', newEvents(1));
      fill();
      const results = await Promise.allSettled([store.append(known, 0, large()), store.append(fresh, 'no-stream', large())]);
      expect(results.map((result) => result.status === 'rejected' && result.reason instanceof StoreUnavailable)).toEqual([true, true]);
      expect(await eventsOf(store, known)).toHaveLength(1);
      expect(await eventsOf(store, fresh)).toEqual([]);
      makeRoom();
      expect(await store.append(fresh, 'no-stream', large())).toMatchObject({
        status: 'appended',
        streamVersion: 0,
        position: '0000000000000002',
      });
      expect(await store.append(known, 0, large())).toMatchObject({ status: 'appended', streamVersion: 1, position: '0000000000000003' });
      expect(store.stats()).toMatchObject({ transactions: 3, failedTransactions: 1, events: 3 });
    });
    it('remembers no category, stream or version of a transaction that was rolled back', async () => {
      await store.append(newStream(), 'no-stream', newEvents(1));
      const stream = streamName('Payment', randomUUID());
      fill();
      await expect(store.append(stream, 'no-stream', large())).rejects.toThrow(StoreUnavailable);
      makeRoom();
      const other = streamName('Refund', randomUUID());
      await store.append(other, 'no-stream', newEvents(1));
      await store.append(stream, 'no-stream', newEvents(1));
      await store.close();
      database = openDatabase(path, { synchronous: 'FULL' });
      store = eventStoreOn(database, clock);
      const abort = new AbortController();
      for await (const { events } of store.subscribeToAll({ after: origin, categories: ['Payment'], signal: abort.signal })) {
        expect(events.map((event) => event.streamName)).toEqual([stream]);
        abort.abort();
      }
    });
    it('hands nothing of a transaction that was rolled back to a subscriber', async () => {
      const abort = new AbortController();
      const seen: FeedBatch[] = [];
      const reading = (async () => {
        for await (const batch of store.subscribeToAll({ after: origin, signal: abort.signal })) {
          seen.push(batch);
          if (batch.events.length > 0) abort.abort();
        }
      })();
      fill();
      await expect(store.append(newStream(), 'no-stream', large())).rejects.toThrow(StoreUnavailable);
      makeRoom();
      const stream = newStream();
      await store.append(stream, 'no-stream', newEvents(1));
      await reading;
      expect(seen.flatMap((batch) => batch.events)).toEqual(await eventsOf(store, stream));
    });
    it('gives back the room of a snapshot that did not fit, and keeps the one before', async () => {
      const stream = newStream();
      await store.saveSnapshot(stream, { foldVersion: 1, streamVersion: 1, state: 'small' });
      fill(400);
      const save = store.saveSnapshot(stream, { foldVersion: 1, streamVersion: 2, state: 'x'.repeat(3_000_000) });
      await expect(save).rejects.toThrow(StoreUnavailable);
      expect(await store.loadSnapshot(stream, 1)).toEqual({ foldVersion: 1, streamVersion: 1, state: 'small' });
      expect(database.prepare('SELECT count(*) AS count FROM snapshot_chunks').get()?.count).toBe(1);
    });
  });

  describe('subscriptions', () => {
    it('hand the very events that were committed to whoever keeps up, without reading them again', async () => {
      const abort = new AbortController();
      let seen = 0;
      const reading = (async () => {
        for await (const { events } of store.subscribeToAll({ after: origin, signal: abort.signal })) {
          seen += events.length;
          if (seen === 200) abort.abort();
        }
      })();
      for (let round = 0; round < 20; round += 1) await store.append(newStream(), 'no-stream', newEvents(10));
      await reading;
      expect(store.stats().feedPagesRead).toBe(0);
    });
    it('read what is further back from the file, in batches of at most 500', async () => {
      for (let round = 0; round < 20; round += 1) await store.append(newStream(), 'no-stream', newEvents(500));
      const batches = await untilCaughtUp(store);
      const positions = batches.flatMap((batch) => batch.events.map((event) => event.position));
      expect(positions).toEqual(Array.from({ length: 10_000 }, (_, index) => String(index + 1).padStart(16, '0')));
      expect(Math.max(...batches.map((batch) => batch.events.length))).toBe(500);
      const { feedPagesRead } = store.stats();
      expect(feedPagesRead).toBeGreaterThan(0);
      expect(feedPagesRead).toBeLessThan(20);
    });
    it('keep only some megabytes of recent events', async () => {
      const large = Array.from({ length: 4 }, () => newEvent({ text: 'x'.repeat(120_000) }));
      for (let round = 0; round < 50; round += 1) await store.append(newStream(), 'no-stream', large);
      const batches = await untilCaughtUp(store);
      expect(batches.flatMap((batch) => batch.events)).toHaveLength(200);
      expect(store.stats().feedPagesRead).toBe(1);
    });
    it('give the same event from memory and from the file', async () => {
      await store.append(newStream(), 'no-stream', [newEvent({ text: 'ü', list: [1, null] })]);
      const fromMemory = await untilCaughtUp(store);
      await store.close();
      store = sqliteEventStore({ path, clock });
      expect(await untilCaughtUp(store)).toEqual(fromMemory);
      expect(store.stats().feedPagesRead).toBe(1);
    });
    it('end when the store is closed', async () => {
      const reading = (async () => {
        for await (const _ of store.subscribeToAll({ after: origin, signal: new AbortController().signal }));
      })();
      await store.append(newStream(), 'no-stream', newEvents(1));
      await store.close();
      await expect(reading).resolves.toBeUndefined();
    });
    it('let the event loop turn between two pages', async () => {
      for (let round = 0; round < 6; round += 1) await store.append(newStream(), 'no-stream', newEvents(500));
      let turns = 0;
      const count = (): void => {
        turns += 1;
        immediate = setImmediate(count);
      };
      let immediate = setImmediate(count);
      await untilCaughtUp(store);
      clearImmediate(immediate);
      expect(turns).toBeGreaterThanOrEqual(5);
    });
  });

  describe('snapshots', () => {
    it('leave nothing of a crash in the middle of writing behind', async () => {
      const stream = newStream();
      await store.saveSnapshot(stream, { foldVersion: 1, streamVersion: 1, state: 'whole' });
      database.prepare('INSERT INTO snapshot_chunks VALUES (?, ?, ?)').run(2, 0, Buffer.from('"half'));
      await store.close();
      database = openDatabase(path, { synchronous: 'FULL' });
      store = eventStoreOn(database, clock);
      expect(await store.loadSnapshot(stream, 1)).toMatchObject({ state: 'whole' });
      expect(database.prepare('SELECT count(*) AS count FROM snapshot_chunks').get()?.count).toBe(1);
    });
    it('are pruned: one of a stream takes room', async () => {
      const stream = newStream();
      for (const streamVersion of [1, 2, 3])
        await store.saveSnapshot(stream, { foldVersion: 1, streamVersion, state: 'x'.repeat(2_500_000) });
      expect(database.prepare('SELECT count(*) AS count FROM snapshots').get()?.count).toBe(1);
      expect(database.prepare('SELECT count(*) AS count FROM snapshot_chunks').get()?.count).toBe(3);
    });
    it('let appends through while a large one is written', async () => {
      const order: string[] = [];
      const saved = store
        .saveSnapshot(newStream(), { foldVersion: 1, streamVersion: 1, state: 'x'.repeat(8_000_000) })
        .then(() => order.push('saved'));
      await store.append(newStream(), 'no-stream', newEvents(1)).then(() => order.push('appended'));
      await saved;
      expect(order).toEqual(['appended', 'saved']);
    });
  });

  it('freezes the events that it hands out', async () => {
    const stream = newStream();
    await store.append(stream, 'no-stream', newEvents(1));
    const [event] = await eventsOf(store, stream);
    const [batch] = await untilCaughtUp(store);
    expect(Object.isFrozen(event) && Object.isFrozen(batch?.events[0])).toBe(true);
  });
  it('answers a check while it is open', async () => {
    await expect(store.check()).resolves.toBeUndefined();
    await store.close();
    await expect(store.check()).rejects.toThrow(StoreUnavailable);
  });
  it('writes nothing at a place that a second writer of the file has taken, and then sees what is there', async () => {
    const stream = newStream();
    await store.append(stream, 'no-stream', newEvents(1));
    const other = new DatabaseSync(path);
    other.exec(
      `INSERT INTO events SELECT 50, stream, 1, category, event_id, type, schema_version, recorded_at, metadata, data FROM events`,
    );
    other.close();
    await expect(store.append(stream, 0, newEvents(1))).rejects.toThrow(StoreUnavailable);
    expect(await store.append(stream, 0, newEvents(1))).toEqual({ status: 'conflict', actual: 1 });
    expect(await store.append(stream, 1, newEvents(1))).toMatchObject({ streamVersion: 2, position: '0000000000000051' });
    expect((await untilCaughtUp(store)).flatMap(({ events }) => events.map((event) => event.streamVersion))).toEqual([0, 1, 2]);
  });
  it('refuses a version that is none', async () => {
    for (const version of [-1, 0.5, Number.NaN]) await expect(store.append(newStream(), version, newEvents(1))).rejects.toThrow(RangeError);
  });
  it('refuses a file that a later version of the program has written', async () => {
    await store.close();
    const other = new DatabaseSync(path);
    other.exec('PRAGMA user_version = 99');
    other.close();
    expect(() => sqliteEventStore({ path, clock })).toThrow('the event store has schema version 99; this program knows 1');
  });
  it('leaves one file behind when it is closed: the log is empty', async () => {
    await store.append(newStream(), 'no-stream', newEvents(1));
    await store.close();
    const other = new DatabaseSync(path, { readOnly: true });
    expect(other.prepare('SELECT count(*) AS count FROM events').get()?.count).toBe(1);
    other.close();
  });
});
