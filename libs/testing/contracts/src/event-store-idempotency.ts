import { describe, expect, it } from 'vitest';
import type { EventStoreContext } from './event-store.ts';
import { eventsOf, idsOf, mustAppend, newEvent, newEvents, newStream } from './event-store-fixtures.ts';

export const describeIdempotency = (context: EventStoreContext): void => {
  describe('an append that is sent again', () => {
    it('is answered with the result of then, and written once', async () => {
      const stream = newStream();
      const batch = newEvents(3);
      const first = await mustAppend(context.store, stream, 'no-stream', batch);
      expect(await context.store.append(stream, 'no-stream', batch)).toEqual(first);
      expect(idsOf(await eventsOf(context.store, stream))).toEqual(idsOf(batch));
    });
    it('is answered with the result of then, whatever came after it', async () => {
      const stream = newStream();
      await mustAppend(context.store, stream, 'no-stream', newEvents(2));
      const batch = newEvents(2);
      const first = await mustAppend(context.store, stream, 1, batch);
      await mustAppend(context.store, stream, 3, newEvents(4));
      await mustAppend(context.store, newStream(), 'no-stream', newEvents(4));
      expect(await context.store.append(stream, 1, batch)).toEqual(first);
      expect(await eventsOf(context.store, stream)).toHaveLength(8);
    });
    it('is answered with the result of then after a restart', async () => {
      const stream = newStream();
      const batch = newEvents(2);
      const first = await mustAppend(context.store, stream, 'no-stream', batch);
      await mustAppend(context.store, stream, 1, newEvents(1));
      const reopened = await context.reopen();
      expect(await reopened.append(stream, 'no-stream', batch)).toEqual(first);
      expect(await eventsOf(reopened, stream)).toHaveLength(3);
    });
    it('is written once when it is sent several times at once', async () => {
      const stream = newStream();
      const batch = newEvents(2);
      const results = await Promise.all(Array.from({ length: 6 }, () => context.store.append(stream, 'no-stream', batch)));
      expect(results.map((result) => result.status)).toEqual(results.map(() => 'appended'));
      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
      expect(idsOf(await eventsOf(context.store, stream))).toEqual(idsOf(batch));
    });
    it('is recognised by its ids: other data under the same ids is not written', async () => {
      const stream = newStream();
      const event = newEvent({ answer: 'first' });
      await mustAppend(context.store, stream, 'no-stream', [event]);
      await mustAppend(context.store, stream, 'no-stream', [{ ...event, data: { answer: 'second' } }]);
      expect((await eventsOf(context.store, stream)).map((stored) => stored.data)).toEqual([{ answer: 'first' }]);
    });
    it('is a conflict when only its first events are there', async () => {
      const stream = newStream();
      const [first, second, third] = [newEvent(), newEvent(), newEvent()];
      await mustAppend(context.store, stream, 'no-stream', [first, second]);
      expect(await context.store.append(stream, 'no-stream', [first, second, third])).toEqual({ status: 'conflict', actual: 1 });
      await mustAppend(context.store, stream, 1, [newEvent()]);
      expect(await context.store.append(stream, 'no-stream', [first, second, third])).toEqual({ status: 'conflict', actual: 2 });
      expect(await eventsOf(context.store, stream)).toHaveLength(3);
    });
    it('is a conflict when its events are there in another order', async () => {
      const stream = newStream();
      const [first, second] = [newEvent(), newEvent()];
      await mustAppend(context.store, stream, 'no-stream', [first, second]);
      expect(await context.store.append(stream, 'no-stream', [second, first])).toEqual({ status: 'conflict', actual: 1 });
    });
    it('is a conflict when its events are there at another place', async () => {
      const stream = newStream();
      const batch = newEvents(1);
      await mustAppend(context.store, stream, 'no-stream', newEvents(1));
      await mustAppend(context.store, stream, 0, batch);
      expect(await context.store.append(stream, 'no-stream', batch)).toEqual({ status: 'conflict', actual: 1 });
    });
    it('is written a second time at another place of the stream: an id is compared only where it is expected', async () => {
      const stream = newStream();
      const batch = newEvents(1);
      await mustAppend(context.store, stream, 'no-stream', batch);
      expect((await mustAppend(context.store, stream, 0, batch)).streamVersion).toBe(1);
      expect(idsOf(await eventsOf(context.store, stream))).toEqual([...idsOf(batch), ...idsOf(batch)]);
    });
    it('is written in another stream too: an imported message keeps its id', async () => {
      const [one, other] = [newStream(), newStream()];
      const batch = newEvents(2);
      const first = await mustAppend(context.store, one, 'no-stream', batch);
      const second = await mustAppend(context.store, other, 'no-stream', batch);
      expect(second.position > first.position).toBe(true);
      expect(idsOf(await eventsOf(context.store, other))).toEqual(idsOf(batch));
    });
  });
};
