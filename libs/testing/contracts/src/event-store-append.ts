import { appendBytesMax, appendEventsMax, type EventToAppend } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import type { EventStoreContext } from './event-store.ts';
import {
  eventsOf,
  follow,
  idsOf,
  isCaughtUp,
  mustAppend,
  newCategory,
  newEvent,
  newEvents,
  newStream,
  versionsOf,
} from './event-store-fixtures.ts';

/** Of the data alone: an engine may count names, ids and metadata too. */
const nearLimitBytes = appendBytesMax - 16 * 1024;

export const describeAppend = (context: EventStoreContext): void => {
  describe('append', () => {
    it('begins a stream with version 0 and answers with the version and the position of the last event', async () => {
      const stream = newStream();
      const result = await mustAppend(context.store, stream, 'no-stream', newEvents(3));
      const stored = await eventsOf(context.store, stream);
      expect(versionsOf(stored)).toEqual([0, 1, 2]);
      expect(result).toEqual({ status: 'appended', streamVersion: 2, position: stored[2]?.position });
    });
    it('continues a stream at the exact version', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      const result = await mustAppend(context.store, stream, 1, newEvents(2));
      expect(result.streamVersion).toBe(3);
    });
    it('is a conflict with the actual version when a new stream was expected and there is one', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      expect(await context.store.append(stream, 'no-stream', newEvents(1))).toEqual({ status: 'conflict', actual: 1 });
    });
    it('is a conflict when the stream has gone on', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(3));
      expect(await context.store.append(stream, 1, newEvents(1))).toEqual({ status: 'conflict', actual: 2 });
    });
    it('is a conflict when a version is expected of a stream that does not exist', async () => {
      expect(await context.store.append(newStream(), 0, newEvents(1))).toEqual({ status: 'conflict', actual: 'no-stream' });
    });
    it('is a conflict when a version is expected that the stream has not reached', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      expect(await context.store.append(stream, 2, newEvents(1))).toEqual({ status: 'conflict', actual: 1 });
    });
    it('leaves nothing behind after a conflict, neither in the stream nor in the feed', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const kept = newEvents(1);
      await mustAppend(context.store, stream, 'no-stream', kept);
      await context.store.append(stream, 'no-stream', newEvents(3));
      await context.store.append(stream, 5, newEvents(3));
      expect(idsOf(await eventsOf(context.store, stream))).toEqual(idsOf(kept));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(idsOf(follower.events())).toEqual(idsOf(kept));
    });
    it('goes on after a conflict with the actual version that it was told', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      const conflict = await context.store.append(stream, 0, newEvents(1));
      const actual = conflict.status === 'conflict' ? conflict.actual : 'no-stream';
      expect((await mustAppend(context.store, stream, actual, newEvents(1))).streamVersion).toBe(2);
    });
    it('keeps every field of an event as it was given', async () => {
      const stream = newStream();
      const event: EventToAppend = {
        ...newEvent({
          text: 'Zoë 🎟️ 東京 "quoted" \\ \u0000 \u2028 line\nbreak',
          empty: '',
          none: null,
          yes: true,
          zero: 0,
          price: 12345678901,
          fraction: 0.1,
          nested: { list: [1, 'two', { three: 3 }, []], object: {} },
        }),
        type: 'TicketOrdered',
        schemaVersion: 7,
      };
      const metadata = { ...event.metadata, requestHash: 'h', reason: 'weil – später', traceparent: '00-1-2-01' };
      await mustAppend(context.store, stream, 'no-stream', [{ ...event, metadata }]);
      const [stored] = await eventsOf(context.store, stream);
      expect(stored).toMatchObject({
        eventId: event.eventId,
        type: 'TicketOrdered',
        schemaVersion: 7,
        streamName: stream,
        streamVersion: 0,
      });
      expect(stored?.data).toEqual(event.data);
      expect(stored?.metadata).toEqual(metadata);
      expect(stored?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });
    it('gives positions whose order as strings is the order of the commits', async () => {
      const positions: string[] = [];
      for (let index = 0; index < 120; index += 1)
        positions.push((await mustAppend(context.store, newStream(), 'no-stream', newEvents(1))).position);
      expect(positions).toEqual([...new Set(positions)].sort());
    });
    it('accepts as many events as an append may have', async () => {
      const stream = newStream();
      const result = await mustAppend(context.store, stream, 'no-stream', newEvents(appendEventsMax));
      expect(result.streamVersion).toBe(appendEventsMax - 1);
    });
    it('accepts a payload near the limit of an append, in one event or in many', async () => {
      const [one, many] = [newStream(), newStream()];
      await mustAppend(context.store, one, 'no-stream', [newEvent({ text: 'a'.repeat(nearLimitBytes) })]);
      await mustAppend(
        context.store,
        many,
        'no-stream',
        Array.from({ length: 8 }, () => newEvent({ text: 'b'.repeat(nearLimitBytes / 8 - 1024) })),
      );
      const [stored] = await eventsOf(context.store, one);
      expect(String(stored?.data.text)).toHaveLength(nearLimitBytes);
      expect(await eventsOf(context.store, many)).toHaveLength(8);
    });
    it.each([
      ['nothing', () => []],
      ['too many events', () => newEvents(appendEventsMax + 1)],
      ['too many bytes', () => [newEvent({ text: 'a'.repeat(appendBytesMax + 1) })]],
      ['too many bytes in characters of several', () => [newEvent({ text: 'é'.repeat(appendBytesMax / 2 + 1) })]],
    ])('throws for %s and writes nothing', async (_, events) => {
      const stream = newStream();
      await expect(context.store.append(stream, 'no-stream', events())).rejects.toThrow(RangeError);
      expect(await eventsOf(context.store, stream)).toEqual([]);
    });
    it('lets exactly one of many writers of a stream win each version', async () => {
      const stream = newStream();
      const writers = Array.from({ length: 8 }, async () => {
        let won = 0;
        for (let version = -1; version < 9; version += 1) {
          const result = await context.store.append(stream, version < 0 ? 'no-stream' : version, newEvents(1));
          if (result.status === 'appended') won += 1;
        }
        return won;
      });
      const wins = await Promise.all(writers);
      const stored = await eventsOf(context.store, stream);
      expect(versionsOf(stored)).toEqual(stored.map((_, version) => version));
      expect(wins.reduce((sum, won) => sum + won, 0)).toBe(stored.length);
      expect(stored).toHaveLength(10);
    });
    it('lets all writers of different streams succeed at once', async () => {
      const streams = Array.from({ length: 40 }, () => newStream());
      const results = await Promise.all(streams.map((stream) => context.store.append(stream, 'no-stream', newEvents(3))));
      expect(results.map((result) => result.status)).toEqual(streams.map(() => 'appended'));
      for (const stream of streams) expect(versionsOf(await eventsOf(context.store, stream))).toEqual([0, 1, 2]);
    });
    it('refuses an append in conflict alone, whatever else is written at the same time', async () => {
      const [taken, free] = [newStream(), newStream()];
      await mustAppend(context.store, taken, 'no-stream', newEvents(1));
      const results = await Promise.all([
        context.store.append(taken, 'no-stream', newEvents(2)),
        context.store.append(free, 'no-stream', newEvents(2)),
        context.store.append(taken, 7, newEvents(2)),
      ]);
      expect(results.map((result) => result.status)).toEqual(['conflict', 'appended', 'conflict']);
      expect(await eventsOf(context.store, taken)).toHaveLength(1);
      expect(await eventsOf(context.store, free)).toHaveLength(2);
    });
    it('keeps the events of one append together in the global order', async () => {
      const category = newCategory();
      const streams = Array.from({ length: 10 }, () => newStream(category));
      await Promise.all(streams.map((stream) => mustAppend(context.store, stream, 'no-stream', newEvents(4))));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      const order = follower.events().map((event) => event.streamName);
      for (const stream of streams) expect(order.lastIndexOf(stream) - order.indexOf(stream)).toBe(3);
    });
  });
};
