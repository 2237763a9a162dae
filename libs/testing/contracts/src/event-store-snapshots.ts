import type { Json, StreamName } from '@conference/kernel';
import { appendBytesMax, type Snapshot } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import type { EventStoreContext } from './event-store.ts';
import { eventsOf, follow, isCaughtUp, mustAppend, newCategory, newEvents, newStream } from './event-store-fixtures.ts';

const snapshot = (streamVersion: number, state: Json = { version: streamVersion }, foldVersion = 1): Snapshot => ({
  foldVersion,
  streamVersion,
  state,
});

/** Several times what one append may hold, with characters of several bytes at every possible boundary. */
const largeState = (): Json => ({
  reservations: Array.from({ length: 20_000 }, (_, index) => ({ id: `${index}-${'€🎟️é'.repeat(1 + (index % 3))}`, seats: index % 7 })),
  padding: 'x'.repeat(3 * appendBytesMax),
});

export const describeSnapshots = (context: EventStoreContext): void => {
  describe('snapshots', () => {
    it('has none of a stream that none was saved of', async () => {
      expect(await context.store.loadSnapshot(newStream(), 1)).toBeUndefined();
    });
    it('gives back what was saved', async () => {
      const stream = newStream();
      const saved = snapshot(41, { quotas: [{ seatType: 'ä', remaining: 3 }], none: null });
      await context.store.saveSnapshot(stream, saved);
      expect(await context.store.loadSnapshot(stream, 1)).toEqual(saved);
    });
    it('gives back the newest', async () => {
      const stream = newStream();
      for (const version of [10, 20, 30]) await context.store.saveSnapshot(stream, snapshot(version));
      expect(await context.store.loadSnapshot(stream, 1)).toEqual(snapshot(30));
    });
    it('ignores one of another fold version', async () => {
      const stream = newStream();
      await context.store.saveSnapshot(stream, snapshot(10, {}, 1));
      expect(await context.store.loadSnapshot(stream, 2)).toBeUndefined();
      await context.store.saveSnapshot(stream, snapshot(11, {}, 2));
      expect(await context.store.loadSnapshot(stream, 2)).toEqual(snapshot(11, {}, 2));
    });
    it('keeps one that is larger than an append may be, whole', async () => {
      const stream = newStream();
      const saved = snapshot(99_999, largeState());
      await context.store.saveSnapshot(stream, snapshot(5));
      await context.store.saveSnapshot(stream, saved);
      expect(await context.store.loadSnapshot(stream, 1)).toEqual(saved);
    });
    it('keeps the streams apart', async () => {
      const category = newCategory();
      const [one, other] = [`${category}-1` as StreamName, `${category}-12` as StreamName];
      await context.store.saveSnapshot(other, snapshot(12));
      expect(await context.store.loadSnapshot(one, 1)).toBeUndefined();
      await context.store.saveSnapshot(one, snapshot(1));
      expect(await context.store.loadSnapshot(other, 1)).toEqual(snapshot(12));
    });
    it('gives back a whole one when two are saved at once', async () => {
      const stream = newStream();
      const [one, other] = [snapshot(1, largeState()), snapshot(2, largeState())];
      await Promise.all([context.store.saveSnapshot(stream, one), context.store.saveSnapshot(stream, other)]);
      const loaded = await context.store.loadSnapshot(stream, 1);
      expect([one.streamVersion, other.streamVersion]).toContain(loaded?.streamVersion);
      expect(loaded?.state).toEqual(one.state);
    });
    it('never gives back a torn one', async () => {
      const stream = newStream();
      const before = snapshot(10);
      await context.store.saveSnapshot(stream, before);
      await context.store.saveSnapshot(stream, snapshot(20, largeState()));
      await context.tearSnapshot(stream);
      expect([undefined, 10]).toContain((await context.store.loadSnapshot(stream, 1))?.streamVersion);
      await context.store.saveSnapshot(stream, snapshot(30));
      expect(await context.store.loadSnapshot(stream, 1)).toEqual(snapshot(30));
    });
    it('is there after a restart', async () => {
      const stream = newStream();
      const saved = snapshot(7, largeState());
      await context.store.saveSnapshot(stream, saved);
      const reopened = await context.reopen();
      expect(await reopened.loadSnapshot(stream, 1)).toEqual(saved);
      await reopened.saveSnapshot(stream, snapshot(8));
      expect(await reopened.loadSnapshot(stream, 1)).toEqual(snapshot(8));
    });
    it('appears neither in the stream nor in the feed of its category', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await mustAppend(context.store, stream, 'no-stream', newEvents(1));
      await context.store.saveSnapshot(stream, snapshot(0, largeState()));
      expect((await mustAppend(context.store, stream, 0, newEvents(1))).streamVersion).toBe(1);
      expect(await eventsOf(context.store, stream)).toHaveLength(2);
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(follower.events()).toHaveLength(2);
    });
  });
};
