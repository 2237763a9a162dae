import { describe, expect, test, vi } from 'vitest';
import type { BrokerSetUp } from './message-broker-fixtures.ts';
import { idOf, messageOf, messagesOf, Recorder } from './message-broker-recorder.ts';

const sorted = (ids: readonly string[]): readonly string[] => [...ids].sort();

/** Nothing is skipped, and what was acknowledged does not come again. */
export const describeAcknowledgement = (setUp: BrokerSetUp): void => {
  describe('acknowledgement', () => {
    test('a batch whose handler throws is delivered again, from the same message on, and nothing is skipped', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      await broker.publish(topic, messagesOf('Order-1', 0, 10));
      const recorder = new Recorder((_, n) => {
        if (n <= 2) throw new Error('not yet');
      });
      const subscription = await subscribe(broker, recorder);
      await recorder.until(() => recorder.batches.length >= 3);
      const firsts = recorder.batches.slice(0, 3).map(({ messages }) => messages[0]);
      expect(firsts).toEqual([messageOf('Order-1', 0), messageOf('Order-1', 0), messageOf('Order-1', 0)]);
      await recorder.received(10);
      await vi.waitFor(async () => expect(await subscription.lag()).toBe(0), { timeout: 5_000 });
      const handled = recorder.batches.slice(2).flatMap(({ messages }) => messages.map(idOf));
      expect(handled).toEqual(messagesOf('Order-1', 0, 10).map(({ messageId }) => messageId));
    });

    test('a handler that throws at once is treated like one that rejects', async () => {
      const { topic, connect } = await setUp();
      const broker = await connect();
      await broker.publish(topic, [messageOf('Order-1', 0)]);
      const abort = new AbortController();
      const recorder = new Recorder();
      let calls = 0;
      const subscription = await broker.subscribe({
        topics: [topic],
        group: `throwing-${topic}`,
        from: 'earliest',
        signal: abort.signal,
        handle: (batch) => {
          calls += 1;
          if (calls === 1) throw new Error('before any promise');
          return recorder.handle(batch);
        },
      });
      await recorder.received(1);
      abort.abort();
      await subscription.ended;
      expect(calls).toBe(2);
    });

    test('a group goes on after its last acknowledged batch when it comes back', async () => {
      const { topic, connect, subscribe } = await setUp();
      const before = await connect();
      await before.publish(topic, messagesOf('Order-1', 0, 5));
      const first = new Recorder();
      const subscription = await subscribe(before, first);
      await first.received(5);
      await subscription.stop();
      await before.publish(topic, messagesOf('Order-1', 5, 5));
      await before.close();
      const second = new Recorder();
      await subscribe(await connect(), second);
      await second.received(5);
      expect(second.sequencesOf('Order-1')).toEqual([5, 6, 7, 8, 9]);
    });

    test('what was not acknowledged before a shutdown is delivered after it', async () => {
      const { topic, connect, subscribe } = await setUp();
      const before = await connect();
      await before.publish(topic, messagesOf('Order-1', 0, 5));
      const failing = new Recorder(() => Promise.reject(new Error('shutting down')));
      const subscription = await subscribe(before, failing);
      await failing.received(1);
      await subscription.stop();
      await before.close();
      const second = new Recorder();
      await subscribe(await connect(), second);
      await second.received(5);
      expect(second.sequencesOf('Order-1')).toEqual([0, 1, 2, 3, 4]);
    });

    test('what cannot be read as a message is handed over in its place, and what follows too', async () => {
      const { topic, connect, subscribe, writeRaw } = await setUp();
      const broker = await connect();
      const { messageId: _, ...incomplete } = messageOf('Order-1', 9);
      await broker.publish(topic, messagesOf('Order-1', 0, 2));
      for (const text of ['not JSON {', 'null', '[]', JSON.stringify(incomplete)]) await writeRaw(text);
      await broker.publish(topic, messagesOf('Order-1', 2, 2));
      const isUndecodable = (recorder: Recorder) => recorder.messages.filter((message) => 'undecodable' in message);
      const [first, second] = [new Recorder(), new Recorder()];
      for (const [group, recorder] of [
        ['first', first],
        ['second', second],
      ] as const) {
        await subscribe(broker, recorder, { group });
        await recorder.received(8);
        expect(recorder.sequencesOf('Order-1')).toEqual([0, 1, 2, 3]);
      }
      expect(sorted(isUndecodable(first).map(({ undecodable }) => undecodable))).toEqual(
        sorted(['not JSON {', 'null', '[]', JSON.stringify(incomplete)]),
      );
      const places = isUndecodable(first).map(({ at }) => at);
      expect(new Set(places).size).toBe(4);
      for (const place of places) {
        expect(place.startsWith(`${topic}/`)).toBe(true);
        expect(place.slice(topic.length)).toMatch(/^\/\d+\/\d+$/);
      }
      expect(sorted(isUndecodable(second).map(({ at }) => at))).toEqual(sorted(places));
    });
  });
};
