import { StoreUnavailable } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import type { EventStoreContext } from './event-store.ts';
import { eventsOf, follow, idsOf, isCaughtUp, mustAppend, newCategory, newEvents, newStream, versionsOf } from './event-store-fixtures.ts';

export const describeClose = (context: EventStoreContext): void => {
  describe('closing and opening again', () => {
    it('waits for what was asked before', async () => {
      const streams = Array.from({ length: 20 }, () => newStream());
      const asked = streams.map((stream) => context.store.append(stream, 'no-stream', newEvents(2)));
      await context.store.close();
      expect((await Promise.all(asked)).map((result) => result.status)).toEqual(streams.map(() => 'appended'));
      const reopened = await context.reopen();
      for (const stream of streams) expect(versionsOf(await eventsOf(reopened, stream))).toEqual([0, 1]);
    });
    it('waits for a snapshot that is being saved', async () => {
      const stream = newStream();
      const snapshot = { foldVersion: 1, streamVersion: 3, state: 'x'.repeat(3_000_000) };
      const saved = context.store.saveSnapshot(stream, snapshot);
      await context.store.close();
      await saved;
      expect(await (await context.reopen()).loadSnapshot(stream, 1)).toEqual(snapshot);
    });
    it('refuses appends afterwards, certain that nothing was written', async () => {
      const stream = newStream();
      await context.store.close();
      await expect(context.store.append(stream, 'no-stream', newEvents(1))).rejects.toThrow(StoreUnavailable);
      expect(await eventsOf(await context.reopen(), stream)).toEqual([]);
    });
    it('may be closed twice', async () => {
      await context.store.close();
      await expect(context.store.close()).resolves.toBeUndefined();
    });
    it('has everything again, in the same order and at the same positions', async () => {
      const category = newCategory();
      const [one, other] = [newStream(category), newStream(category)];
      await mustAppend(context.store, one, 'no-stream', newEvents(2));
      await mustAppend(context.store, other, 'no-stream', newEvents(1));
      await mustAppend(context.store, one, 1, newEvents(1));
      const before = follow(context.store, [category]);
      await before.until(isCaughtUp);
      await before.stop();
      const reopened = await context.reopen();
      const after = follow(reopened, [category]);
      await after.until(isCaughtUp);
      await after.stop();
      expect(after.events()).toEqual(before.events());
    });
    it('goes on where it was: versions, conflicts and growing positions', async () => {
      const stream = newStream();
      const before = await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      const reopened = await context.reopen();
      expect(await reopened.append(stream, 'no-stream', newEvents(1))).toEqual({ status: 'conflict', actual: 1 });
      const events = newEvents(1);
      const after = await mustAppend(reopened, stream, 1, events);
      expect(after.streamVersion).toBe(2);
      expect(after.position > before.position).toBe(true);
      expect(idsOf(await eventsOf(reopened, stream, { from: 2 }))).toEqual(idsOf(events));
    });
  });
};
