import { describe, expect, test } from 'vitest';
import type { MessageBrokerCapabilities } from './message-broker-capabilities.ts';
import { type BrokerSetUp, testIf } from './message-broker-fixtures.ts';
import { messagesOf, Recorder } from './message-broker-recorder.ts';

/** Groups see everything, members of a group share it. */
export const describeGroups = (setUp: BrokerSetUp, { exclusiveHandover, latestIsStored }: MessageBrokerCapabilities): void => {
  describe('groups', () => {
    test('a new group from the earliest sees the history', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      await broker.publish(topic, messagesOf('Order-1', 0, 5));
      const [first, second] = [new Recorder(), new Recorder()];
      await subscribe(broker, first, { group: 'first' });
      await first.received(5);
      await subscribe(broker, second, { group: 'second' });
      await second.received(5);
      expect(second.sequencesOf('Order-1')).toEqual([0, 1, 2, 3, 4]);
    });

    test('a new group from the latest sees what is published from then on', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      await broker.publish(topic, messagesOf('Order-1', 0, 5));
      const recorder = new Recorder();
      const subscription = await subscribe(broker, recorder, { from: 'latest' });
      expect(await subscription.lag()).toBe(0);
      await broker.publish(topic, messagesOf('Order-1', 5, 2));
      await recorder.received(2);
      expect(recorder.sequencesOf('Order-1')).toEqual([5, 6]);
    });

    testIf(latestIsStored)('a group from the latest that acknowledged nothing loses nothing by a restart', async () => {
      const { topic, connect, subscribe } = await setUp();
      const before = await connect();
      await before.publish(topic, messagesOf('Order-1', 0, 5));
      await (await subscribe(before, new Recorder(), { from: 'latest' })).stop();
      await before.publish(topic, messagesOf('Order-1', 5, 2));
      await before.close();
      const recorder = new Recorder();
      await subscribe(await connect(), recorder, { from: 'latest' });
      await recorder.received(2);
      expect(recorder.sequencesOf('Order-1')).toEqual([5, 6]);
    });

    test('groups are independent: one that fails does not hold up another', async () => {
      const { topic, connect, subscribe } = await setUp();
      const broker = await connect();
      const failing = new Recorder(() => Promise.reject(new Error('this group always fails')));
      const working = new Recorder();
      await subscribe(broker, failing, { group: 'failing' });
      await subscribe(broker, working, { group: 'working' });
      await broker.publish(topic, messagesOf('Order-1', 0, 50));
      await working.received(50);
      await failing.received(1);
      expect(working.sequencesOf('Order-1')).toHaveLength(50);
    });

    test('members of a group share the messages: none is missing', async () => {
      const { topic, connect, subscribe } = await setUp();
      const [one, two] = [await connect(), await connect()];
      const [first, second] = [new Recorder(), new Recorder()];
      await subscribe(one, first);
      await subscribe(two, second);
      const subjects = Array.from({ length: 20 }, (_, n) => `Order-${n}`);
      await one.publish(
        topic,
        subjects.flatMap((subject) => messagesOf(subject, 0, 3)),
      );
      const all = (): readonly string[] => [...first.ids, ...second.ids];
      const isEnough = (): boolean => new Set(all()).size === 60;
      await Promise.race([first.until(isEnough), second.until(isEnough)]);
      if (exclusiveHandover) expect(all()).toHaveLength(60);
      for (const subject of subjects) {
        const inOrder = [first, second].map((member) => [...new Set(member.sequencesOf(subject))]);
        for (const sequences of inOrder) expect(sequences).toEqual([...sequences].sort());
      }
    });

    test('what a member had when it left goes to the other one', async () => {
      const { topic, connect, subscribe } = await setUp();
      const [one, two] = [await connect(), await connect()];
      const [leaving, staying] = [new Recorder(), new Recorder()];
      const subscription = await subscribe(one, leaving);
      await one.publish(topic, messagesOf('Order-1', 0, 5));
      await leaving.received(5);
      await subscribe(two, staying);
      await subscription.stop();
      await one.publish(topic, messagesOf('Order-1', 5, 5));
      await staying.until(() => staying.sequencesOf('Order-1').includes(9));
      if (exclusiveHandover) expect(staying.sequencesOf('Order-1')).toEqual([5, 6, 7, 8, 9]);
      expect(leaving.sequencesOf('Order-1').slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
    });

    testIf(exclusiveHandover)('a batch in hand is finished before its key goes to another member', async () => {
      const { topic, connect, subscribe } = await setUp();
      const [one, two] = [await connect(), await connect()];
      const inHand = Promise.withResolvers<void>();
      const log: string[] = [];
      const first = new Recorder(async () => {
        await inHand.promise;
        log.push('first finished');
      });
      const second = new Recorder(() => void log.push('second began'));
      const subscription = await subscribe(one, first);
      await one.publish(topic, messagesOf('Order-1', 0, 3));
      await first.received(1);
      await subscribe(two, second);
      const stopped = subscription.stop();
      await one.publish(topic, messagesOf('Order-1', 3, 3));
      // Another group has it all by then, so the second member had its time to begin too early.
      const witness = new Recorder();
      await subscribe(two, witness, { group: 'witness' });
      await witness.received(6);
      expect(log).toEqual([]);
      inHand.resolve();
      await stopped;
      await second.until(() => second.sequencesOf('Order-1').includes(5));
      expect(log[0]).toBe('first finished');
      expect([...first.sequencesOf('Order-1'), ...second.sequencesOf('Order-1')]).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });
};
