import { describe, expect, test, vi } from 'vitest';
import type { BrokerSetUp, Subscribed } from './message-broker-fixtures.ts';
import { messageOf, messagesOf, Recorder } from './message-broker-recorder.ts';

/** Pausing, lag, and the ends of a subscription. */
export const describeControl = (setUp: BrokerSetUp): void => {
  describe('control', () => {
    test('a paused subscription gets no batch, and after resuming all of them', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const [paused, witness] = [new Recorder(), new Recorder()];
      const subscription = await subscribe(broker, paused);
      await broker.publish(topic, [messageOf('Order-1', 0)]);
      await paused.received(1);
      await vi.waitFor(async () => expect(await subscription.lag()).toBe(0), { timeout: 5_000 });
      subscription.pause();
      expect(subscription.health()).toBe('paused');
      await subscribe(broker, witness, { group: 'witness' });
      await broker.publish(topic, messagesOf('Order-1', 1, 10));
      await witness.received(11);
      expect(paused.sequencesOf('Order-1')).toEqual([0]);
      expect(await subscription.lag()).toBe(10);
      subscription.resume();
      expect(subscription.health()).toBe('consuming');
      await paused.received(11);
      expect(paused.sequencesOf('Order-1')).toEqual(Array.from({ length: 11 }, (_, n) => n));
    });

    test('pausing in a handler holds the next batch, not the one in hand', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const recorder = new Recorder(() => subscription.pause());
      const subscription: Subscribed = await subscribe(broker, recorder);
      await broker.publish(topic, [messageOf('Order-1', 0)]);
      await recorder.received(1);
      await vi.waitFor(async () => expect(await subscription.lag()).toBe(0), { timeout: 5_000 });
      await broker.publish(topic, [messageOf('Order-1', 1)]);
      subscription.resume();
      await recorder.received(2);
      expect(recorder.sequencesOf('Order-1')).toEqual([0, 1]);
    });

    test('a paused subscription can be ended', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const recorder = new Recorder();
      const subscription = await subscribe(broker, recorder);
      subscription.pause();
      await broker.publish(topic, [messageOf('Order-1', 0)]);
      await subscription.stop();
      expect(recorder.ids).toEqual([]);
    });

    test('lag counts what is not acknowledged, a batch in hand included', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const inHand = Promise.withResolvers<void>();
      const recorder = new Recorder(() => inHand.promise);
      const subscription = await subscribe(broker, recorder);
      expect(await subscription.lag()).toBe(0);
      await broker.publish(topic, messagesOf('Order-1', 0, 7));
      await recorder.received(1);
      expect(await subscription.lag()).toBe(7);
      expect(subscription.health()).toBe('consuming');
      inHand.resolve();
      await vi.waitFor(async () => expect(await subscription.lag()).toBe(0), { timeout: 5_000 });
    });

    test('an abort lets the batch in hand finish and be acknowledged, and hands over no other', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const inHand = Promise.withResolvers<void>();
      const recorder = new Recorder(() => inHand.promise);
      const subscription = await subscribe(broker, recorder);
      await broker.publish(topic, messagesOf('Order-1', 0, 3));
      await recorder.received(1);
      let hasEnded = false;
      const stopped = subscription.stop().then(() => {
        hasEnded = true;
      });
      await broker.publish(topic, messagesOf('Order-1', 3, 3));
      const handedOver = recorder.ids.length;
      expect(hasEnded).toBe(false);
      inHand.resolve();
      await stopped;
      expect(recorder.ids).toHaveLength(handedOver);
      const next = new Recorder();
      await subscribe(broker, next);
      await next.until(() => next.sequencesOf('Order-1').includes(5));
      expect([...recorder.sequencesOf('Order-1'), ...next.sequencesOf('Order-1')]).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('an abort ends a subscription that waits, that retries, and that had not begun', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      await (await subscribe(broker, new Recorder(), { group: 'waiting' })).stop();
      await broker.publish(topic, messagesOf('Order-1', 0, 1));
      const failing = new Recorder(() => Promise.reject(new Error('always')));
      const retrying = await subscribe(broker, failing, { group: 'retrying' });
      await failing.until(() => failing.batches.length >= 2);
      await retrying.stop();
      const recorder = new Recorder();
      const aborted = await broker.subscribe({
        topics: [topic],
        group: `aborted-${topic}`,
        from: 'earliest',
        signal: AbortSignal.abort(),
        handle: recorder.handle,
      });
      await aborted.ended;
      expect(recorder.ids).toEqual([]);
    });

    test('closing ends what is subscribed, after the batch in hand, and closes once', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const recorder = new Recorder();
      const subscription = await subscribe(broker, recorder);
      await broker.publish(topic, messagesOf('Order-1', 0, 3));
      await recorder.received(3);
      await broker.close();
      await subscription.ended;
      await broker.close();
      await expect(broker.publish(topic, [messageOf('Order-1', 3)])).rejects.toThrow();
    });
  });
};
