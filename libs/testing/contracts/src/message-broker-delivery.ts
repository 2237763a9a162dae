import { describe, expect, test } from 'vitest';
import type { MessageBrokerCapabilities } from './message-broker-capabilities.ts';
import { type BrokerSetUp, testIf } from './message-broker-fixtures.ts';
import { messageOf, messagesOf, Recorder } from './message-broker-recorder.ts';

/** What was published arrives: whole, in order, after a restart. */
export const describeDelivery = (setUp: BrokerSetUp, { partitioned }: MessageBrokerCapabilities): void => {
  describe('publishing and delivery', () => {
    test('a message arrives as it was published, with its metadata', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const rich = messageOf('Order-1', 0, {
        key: 'naïve – 東京 😀',
        schemaVersion: 3,
        data: { text: 'ü "quoted" \\ \n', none: null, list: [1, { deep: true }], fraction: 0.1, empty: {} },
        metadata: {
          correlationId: 'conversation',
          causationId: 'cause',
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        },
      });
      const plain = messageOf('Order-2', 7, { data: {} });
      await broker.publish(topic, [rich, plain]);
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      await recorder.received(2);
      expect(recorder.messages).toHaveLength(2);
      expect(recorder.messages).toEqual(expect.arrayContaining([rich, plain]));
      expect(recorder.batches[0]?.topic).toBe(topic);
    });

    test('what was published is there after a restart', async () => {
      const { topic, connect, subscribe } = await setUp();
      const before = await connect();
      await before.publish(topic, messagesOf('Order-1', 0, 10));
      await before.close();
      const recorder = new Recorder();
      await subscribe(await connect(), recorder);
      await recorder.received(10);
      expect(recorder.sequencesOf('Order-1')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test('messages of one key arrive in order, within a publication and across', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      const subjects = ['Order-1', 'Order-2', 'Order-3', 'Order-4', 'Order-5'];
      for (let n = 0; n < 40; n += 2) {
        await broker.publish(topic, [
          ...subjects.map((subject) => messageOf(subject, n)),
          ...subjects.map((subject) => messageOf(subject, n + 1)),
        ]);
      }
      await recorder.received(200);
      const expected = Array.from({ length: 40 }, (_, n) => n);
      for (const subject of subjects) expect(recorder.sequencesOf(subject)).toEqual(expected);
    });

    test('subjects that share a key keep their order among each other', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const published = Array.from({ length: 30 }, (_, n) =>
        messageOf(n % 3 === 0 ? 'SeatAssignments-1' : 'Order-1', n, { key: 'order 1' }),
      );
      await broker.publish(topic, published);
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      await recorder.received(30);
      expect(recorder.ids).toEqual(published.map(({ messageId }) => messageId));
    });

    test('a backlog is worked off while more is published, without a loss or a repeat', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      for (let n = 0; n < 1_000; n += 250) await broker.publish(topic, messagesOf('Order-1', n, 250));
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      for (let n = 1_000; n < 1_200; n += 20) await broker.publish(topic, messagesOf('Order-1', n, 20));
      await recorder.received(1_200);
      expect(recorder.sequencesOf('Order-1')).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
    });

    test('batches of one key are handled one after the other', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      let inHand = 0;
      let inHandMax = 0;
      const recorder = new Recorder(async () => {
        inHand += 1;
        inHandMax = Math.max(inHandMax, inHand);
        await broker.publish(topic, []);
        inHand -= 1;
      });
      await subscribe(broker, recorder);
      for (let n = 0; n < 300; n += 10) await broker.publish(topic, messagesOf('Order-1', n, 10));
      await recorder.received(300);
      expect(inHandMax).toBe(1);
    });

    test('a publication of nothing is nothing', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      await broker.publish(topic, []);
      await broker.publish(topic, [messageOf('Order-1', 0)]);
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      await recorder.received(1);
      expect(recorder.ids).toEqual(['Order-1/0']);
    });

    test("a message published again is delivered again: recognising it is the receiver's", async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      await broker.publish(topic, messagesOf('Order-1', 0, 2));
      await broker.publish(topic, messagesOf('Order-1', 0, 3));
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      await recorder.received(3);
      expect(recorder.sequencesOf('Order-1')).toEqual([0, 1, 0, 1, 2]);
    });

    test('a message of 256 KiB arrives whole', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const large = messageOf('Order-1', 0, { data: { text: 'x'.repeat(256 * 1024) } });
      await broker.publish(topic, [large]);
      const recorder = new Recorder();
      await subscribe(broker, recorder);
      await recorder.received(1);
      expect(recorder.messages).toEqual([large]);
    });

    test('a topic that does not exist yet is waited for', async () => {
      const { topic, connect, subscribe } = await setUp();
      const recorder = new Recorder();
      const subscription = await subscribe(await connect({ publishes: [] }), recorder);
      expect(await subscription.lag()).toBe(0);
      const publisher = await connect();
      await publisher.publish(topic, messagesOf('Order-1', 0, 3));
      await recorder.received(3);
      expect(recorder.sequencesOf('Order-1')).toEqual([0, 1, 2]);
    });

    test('one subscription may follow several topics, and each batch tells its own', async () => {
      const { topic, otherTopic, connect, subscribe } = await setUp();
      const broker = await connect();
      const recorder = new Recorder();
      await subscribe(broker, recorder, { topics: [topic, otherTopic] });
      await broker.publish(topic, messagesOf('Order-1', 0, 5));
      await broker.publish(otherTopic, messagesOf('Payment-1', 0, 5));
      await recorder.received(10);
      for (const batch of recorder.batches) {
        const subject = batch.topic === topic ? 'Order-1' : 'Payment-1';
        expect(batch.messages.every((message) => !('undecodable' in message) && message.subject === subject)).toBe(true);
      }
      expect(recorder.sequencesOf('Payment-1')).toEqual([0, 1, 2, 3, 4]);
    });
  });

  testIf(!partitioned)('all messages of a topic arrive in order, whatever their keys', async () => {
    const { topic, connect, subscribe } = await setUp();
    const broker = await connect();
    const published = Array.from({ length: 60 }, (_, n) => messageOf(`Order-${n % 7}`, n));
    await broker.publish(topic, published);
    const recorder = new Recorder();
    await subscribe(broker, recorder);
    await recorder.received(60);
    expect(recorder.ids).toEqual(published.map(({ messageId }) => messageId));
  });
};
