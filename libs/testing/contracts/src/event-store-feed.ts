import { origin, type Position } from '@conference/kernel';
import type { EventStore } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import type { EventStoreContext } from './event-store.ts';
import type { EventStoreCapabilities } from './event-store-capabilities.ts';
import {
  appendMany,
  eventsOf,
  follow,
  hasSeen,
  idsOf,
  isCaughtUp,
  lastPosition,
  mustAppend,
  newCategory,
  newEvents,
  newStream,
  positionsOf,
} from './event-store-fixtures.ts';

const manyEvents = 1_300;

/** Where the store's end is now, as a subscription reports it. */
const endOf = async (store: EventStore, category: string): Promise<Position> => {
  const follower = follow(store, [category]);
  await follower.until(isCaughtUp);
  await follower.stop();
  return lastPosition(follower) ?? origin;
};

export const describeFeed = (context: EventStoreContext, capabilities: EventStoreCapabilities): void => {
  describe('the feed', () => {
    it('gives the events of a category in the order of their commits, as a stream gives them', async () => {
      const category = newCategory();
      const [one, other] = [newStream(category), newStream(category)];
      await mustAppend(context.store, one, 'no-stream', newEvents(2));
      await mustAppend(context.store, other, 'no-stream', newEvents(2));
      await mustAppend(context.store, one, 1, newEvents(1));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      const [first, second] = [await eventsOf(context.store, one), await eventsOf(context.store, other)];
      expect(follower.events()).toEqual([...first.slice(0, 2), ...second, ...first.slice(2)]);
      expect(positionsOf(follower.events())).toEqual([...positionsOf(follower.events())].sort());
    });
    it('begins after the position it is given', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const { position } = await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      const rest = newEvents(2);
      await mustAppend(context.store, stream, 1, rest);
      const follower = follow(context.store, [category], position);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(idsOf(follower.events())).toEqual(idsOf(rest));
    });
    it('leaves out other categories, also one whose name begins alike', async () => {
      const category = newCategory();
      const wanted = newEvents(2);
      await mustAppend(context.store, newStream(`${category}Other`), 'no-stream', newEvents(1));
      await mustAppend(context.store, newStream(category), 'no-stream', wanted);
      await mustAppend(context.store, newStream(newCategory()), 'no-stream', newEvents(1));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(idsOf(follower.events())).toEqual(idsOf(wanted));
    });
    it('merges several categories into one order', async () => {
      const categories = [newCategory(), newCategory(), newCategory()];
      const all: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        for (const category of categories) {
          const events = newEvents(1);
          await mustAppend(context.store, newStream(category), 'no-stream', events);
          all.push(...idsOf(events));
        }
      }
      const follower = follow(context.store, [...categories, newCategory()]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(idsOf(follower.events())).toEqual(all);
    });
    it('gives every category when none is named', async () => {
      const start = await endOf(context.store, newCategory());
      const categories = [newCategory(), newCategory()];
      for (const category of categories) await mustAppend(context.store, newStream(category), 'no-stream', newEvents(1));
      const isOurs = (name: string): boolean => categories.some((category) => name.startsWith(category));
      const follower = follow(context.store, undefined, start);
      await follower.until(({ events }) => events().filter((event) => isOurs(event.streamName)).length === 2);
      await follower.stop();
      if (capabilities.exclusive) expect(follower.events()).toHaveLength(2);
    });
    it('gives a long history in several batches, and then says that it has caught up', async () => {
      const category = newCategory();
      const events = newEvents(manyEvents);
      await appendMany(context.store, newStream(category), events);
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(idsOf(follower.events())).toEqual(idsOf(events));
      expect(follower.batches.findIndex((batch) => batch.caughtUp)).toBeGreaterThan(0);
    });
    it('says that it has caught up when there is exactly one full batch', async () => {
      const category = newCategory();
      await appendMany(context.store, newStream(category), newEvents(500));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(follower.events()).toHaveLength(500);
    });
    it('says that it has caught up when there is nothing', async () => {
      const follower = follow(context.store, [newCategory()]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect(follower.events()).toEqual([]);
      if (capabilities.exclusive) expect(follower.batches).toEqual([{ events: [], position: origin, caughtUp: true }]);
    });
    it('gives what is committed after it has caught up', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      const events = newEvents(3);
      const { position } = await mustAppend(context.store, stream, 'no-stream', events);
      await follower.until(hasSeen(3));
      await follower.stop();
      expect(follower.events()).toEqual(await eventsOf(context.store, stream));
      expect((lastPosition(follower) ?? origin) >= position).toBe(true);
    });
    it('loses nothing and repeats nothing while it goes from the history to what comes', async () => {
      const category = newCategory();
      await appendMany(context.store, newStream(category), newEvents(manyEvents));
      const follower = follow(context.store, [category]);
      const streams = Array.from({ length: 30 }, () => newStream(category));
      for (const stream of streams) await mustAppend(context.store, stream, 'no-stream', newEvents(10));
      await follower.until(hasSeen(manyEvents + 300));
      await follower.until(isCaughtUp);
      await follower.stop();
      const positions = positionsOf(follower.events());
      expect(positions).toHaveLength(manyEvents + 300);
      expect(positions).toEqual([...new Set(positions)].sort());
    });
    it('reports a position that never goes back and covers the events of its batch', async () => {
      const category = newCategory();
      await appendMany(context.store, newStream(category), newEvents(manyEvents));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await mustAppend(context.store, newStream(category), 'no-stream', newEvents(2));
      await follower.until(hasSeen(manyEvents + 2));
      await follower.stop();
      let before: Position = origin;
      for (const { events, position } of follower.batches) {
        for (const event of events) expect(event.position > before && event.position <= position).toBe(true);
        expect(position >= before).toBe(true);
        before = position;
      }
    });
    it('advances over what was filtered out', async () => {
      const category = newCategory();
      await mustAppend(context.store, newStream(category), 'no-stream', newEvents(1));
      const { position } = await mustAppend(context.store, newStream(newCategory()), 'no-stream', newEvents(5));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      expect((lastPosition(follower) ?? origin) >= position).toBe(true);
      expect(follower.events()).toHaveLength(1);
    });
    if (capabilities.reportsFilteredLive) {
      it('advances over what is filtered out while it waits', async () => {
        const follower = follow(context.store, [newCategory()]);
        await follower.until(isCaughtUp);
        const { position } = await mustAppend(context.store, newStream(), 'no-stream', newEvents(5));
        await follower.until((seen) => (lastPosition(seen) ?? origin) >= position);
        await follower.stop();
        expect(follower.events()).toEqual([]);
      });
    }
    it(`gives positions that are ${capabilities.densePositions ? 'consecutive numbers' : 'opaque'}`, async () => {
      const category = newCategory();
      await mustAppend(context.store, newStream(category), 'no-stream', newEvents(3));
      const follower = follow(context.store, [category]);
      await follower.until(isCaughtUp);
      await follower.stop();
      const numbers = positionsOf(follower.events()).map(Number);
      const isConsecutive = numbers.every((number, index) => number === (numbers[0] ?? 0) + index);
      expect(isConsecutive).toBe(capabilities.densePositions);
    });
    it('goes on from a checkpoint after a restart', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await appendMany(context.store, stream, newEvents(700));
      const before = follow(context.store, [category]);
      await before.until(({ batches }) => batches.length > 0);
      await before.stop();
      const checkpoint = before.batches[0];
      const reopened = await context.reopen();
      await mustAppend(reopened, stream, 699, newEvents(5));
      const after = follow(reopened, [category], checkpoint?.position);
      await after.until(hasSeen(705 - (checkpoint?.events.length ?? 0)));
      await after.stop();
      expect([...(checkpoint?.events ?? []), ...after.events()]).toEqual(await eventsOf(reopened, stream));
    });
    it('serves many subscribers, each at its own pace', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await appendMany(context.store, stream, newEvents(600));
      const followers = Array.from({ length: 10 }, () => follow(context.store, [category]));
      await mustAppend(context.store, stream, 599, newEvents(10));
      await Promise.all(followers.map((follower) => follower.until(hasSeen(610))));
      await Promise.all(followers.map((follower) => follower.stop()));
      const expected = await eventsOf(context.store, stream);
      for (const follower of followers) expect(follower.events()).toEqual(expected);
    });
    it('does not hold up writers when a subscriber does not come back for more', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await appendMany(context.store, stream, newEvents(600));
      const abort = new AbortController();
      const iterator = context.store
        .subscribeToAll({ after: origin, categories: [category], signal: abort.signal })
        [Symbol.asyncIterator]();
      const first = await iterator.next();
      await mustAppend(context.store, stream, 599, newEvents(100));
      abort.abort();
      expect(first.done).toBe(false);
      await iterator.return?.();
    });
    it('ends without an error when it is aborted while it waits', async () => {
      const follower = follow(context.store, [newCategory()]);
      await follower.until(isCaughtUp);
      await expect(follower.stop()).resolves.toBeUndefined();
    });
    it('ends without an error when it is aborted in the middle of a history', async () => {
      const category = newCategory();
      await appendMany(context.store, newStream(category), newEvents(manyEvents));
      const abort = new AbortController();
      let seen = 0;
      for await (const batch of context.store.subscribeToAll({ after: origin, categories: [category], signal: abort.signal })) {
        seen += batch.events.length;
        abort.abort();
      }
      expect(seen).toBeLessThan(manyEvents);
    });
    it('gives nothing when it is aborted before it begins', async () => {
      const category = newCategory();
      await mustAppend(context.store, newStream(category), 'no-stream', newEvents(1));
      const batches: unknown[] = [];
      for await (const batch of context.store.subscribeToAll({ after: origin, categories: [category], signal: AbortSignal.abort() }))
        batches.push(batch);
      expect(batches).toEqual([]);
    });
    it('may be left without an abort', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await mustAppend(context.store, stream, 'no-stream', newEvents(1));
      for await (const batch of context.store.subscribeToAll({
        after: origin,
        categories: [category],
        signal: new AbortController().signal,
      })) {
        if (batch.events.length > 0) break;
      }
      expect((await mustAppend(context.store, stream, 0, newEvents(1))).streamVersion).toBe(1);
    });
  });
};
