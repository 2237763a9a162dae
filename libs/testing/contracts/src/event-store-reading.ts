import { streamName } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import type { EventStoreContext } from './event-store.ts';
import { appendMany, eventsOf, idsOf, mustAppend, newCategory, newEvents, newStream, pagesOf, versionsOf } from './event-store-fixtures.ts';

const manyEvents = 1_100;

export const describeReading = (context: EventStoreContext): void => {
  describe('reading a stream', () => {
    it('gives no page for a stream that does not exist', async () => {
      expect(await pagesOf(context.store, newStream())).toEqual([]);
      expect(await pagesOf(context.store, newStream(), { direction: 'backwards' })).toEqual([]);
    });
    it('gives the events in their order, without a hole, whatever the number of pages', async () => {
      const stream = newStream();
      const events = newEvents(manyEvents);
      await appendMany(context.store, stream, events);
      const stored = await eventsOf(context.store, stream);
      expect(idsOf(stored)).toEqual(idsOf(events));
      expect(versionsOf(stored)).toEqual(events.map((_, version) => version));
    });
    it('gives them backwards from the last one', async () => {
      const stream = newStream();
      const events = newEvents(manyEvents);
      await appendMany(context.store, stream, events);
      expect(idsOf(await eventsOf(context.store, stream, { direction: 'backwards' }))).toEqual(idsOf(events).toReversed());
    });
    it('begins with the version it is asked for, in both directions', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(6));
      expect(versionsOf(await eventsOf(context.store, stream, { from: 4 }))).toEqual([4, 5]);
      expect(versionsOf(await eventsOf(context.store, stream, { from: 2, direction: 'backwards' }))).toEqual([2, 1, 0]);
      expect(versionsOf(await eventsOf(context.store, stream, { from: 0, direction: 'backwards' }))).toEqual([0]);
    });
    it('gives nothing after the end', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      expect(await pagesOf(context.store, stream, { from: 2 })).toEqual([]);
    });
    it('stops after the number of events it is asked for, also in the middle of a page', async () => {
      const stream = newStream();
      await appendMany(context.store, stream, newEvents(manyEvents));
      expect(versionsOf(await eventsOf(context.store, stream, { maxCount: 3 }))).toEqual([0, 1, 2]);
      expect(versionsOf(await eventsOf(context.store, stream, { maxCount: 2, direction: 'backwards' }))).toEqual([
        manyEvents - 1,
        manyEvents - 2,
      ]);
      expect(versionsOf(await eventsOf(context.store, stream, { from: 10, maxCount: 2 }))).toEqual([10, 11]);
      expect(await eventsOf(context.store, stream, { maxCount: 1_001 })).toHaveLength(1_001);
      expect(await eventsOf(context.store, stream, { maxCount: 0 })).toEqual([]);
    });
    it('does not mix streams whose names begin alike', async () => {
      const category = newCategory();
      const names = ['1', '12', '1-2', '1_'].map((id) => streamName(category, id));
      for (const [index, name] of names.entries()) await mustAppend(context.store, name, 'no-stream', newEvents(index + 1));
      for (const [index, name] of names.entries()) {
        const stored = await eventsOf(context.store, name);
        expect(stored.map((event) => event.streamName)).toEqual(Array.from({ length: index + 1 }, () => name));
      }
    });
    it('may be left before its end', async () => {
      const stream = newStream();
      await appendMany(context.store, stream, newEvents(manyEvents));
      for await (const page of context.store.readStream(stream)) {
        expect(page[0]?.streamVersion).toBe(0);
        break;
      }
      expect((await mustAppend(context.store, stream, manyEvents - 1, newEvents(1))).streamVersion).toBe(manyEvents);
    });
    it('sees what was answered before, at once', async () => {
      const stream = newStream();
      for (let version = 0; version < 20; version += 1) {
        await mustAppend(context.store, stream, version === 0 ? 'no-stream' : version - 1, newEvents(1));
        expect(versionsOf(await eventsOf(context.store, stream, { direction: 'backwards', maxCount: 1 }))).toEqual([version]);
      }
    });
  });
};
