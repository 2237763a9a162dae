import type { Instant } from '@conference/kernel';
import type { InboundBatch, InboundMessage, OutgoingMessage, Timer } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import { memoryMessageBroker } from './message-broker.ts';
import { type BrokerDisk, createBrokerDisk } from './message-broker-disk.ts';
import { type BrokerFault, type BrokerFaults, faultyMessageBroker, InjectedFault } from './message-broker-faults.ts';

/** Remembers the pauses, and takes none. */
const timerOf = (): Timer & { readonly pauses: number[] } => {
  const pauses: number[] = [];
  return {
    pauses,
    now: () => '2027-05-02T09:00:00.000Z' as Instant,
    sleep: (milliseconds) => {
      pauses.push(milliseconds);
      return new Promise((resolve) => void setImmediate(resolve));
    },
  };
};
const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => void setImmediate(resolve));
};

const messageOf = (subject: string, sequence: number): OutgoingMessage => ({
  messageId: `${subject}/${sequence}`,
  sourceContext: 'spec',
  subject,
  sequence,
  key: subject,
  type: 'spec.SomethingHappened',
  schemaVersion: 1,
  data: {},
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: 'a', causationId: 'b' },
});
const [a0, a1, b0, b1] = [messageOf('a', 0), messageOf('a', 1), messageOf('b', 0), messageOf('b', 1)];
const idsOf = (messages: readonly InboundMessage[]): readonly string[] =>
  messages.map((message) => ('undecodable' in message ? message.at : message.messageId));

const consume = async (
  options: { readonly disk?: BrokerDisk; readonly faults?: BrokerFaults; readonly react?: () => Promise<void> } = {},
) => {
  const { disk = createBrokerDisk({ partitions: 1 }), faults = () => undefined, react = async () => {} } = options;
  const timer = timerOf();
  const memory = memoryMessageBroker({ disk, timer });
  const broker = faultyMessageBroker({ broker: memory, timer, faults });
  const batches: InboundBatch[] = [];
  const abort = new AbortController();
  const handle = async (batch: InboundBatch): Promise<void> => {
    batches.push(batch);
    await react();
  };
  const subscription = await broker.subscribe({ topics: ['t'], group: 'g', from: 'earliest', signal: abort.signal, handle });
  return { broker, memory, timer, subscription, abort, ids: () => batches.map(({ messages }) => idsOf(messages)) };
};

const first =
  (operation: 'publish' | 'deliver', fault: BrokerFault): BrokerFaults =>
  (called, n) =>
    called === operation && n === 1 ? fault : undefined;

describe('the in-memory broker', () => {
  test('order holds per key only: keys of one topic lie in several partitions, and a key always in the same', async () => {
    const consumer = await consume({ disk: createBrokerDisk({ partitions: 3 }) });
    const subjects = Array.from({ length: 30 }, (_, n) => `subject-${n}`);
    for (const sequence of [0, 1])
      await consumer.memory.publish(
        't',
        subjects.map((subject) => messageOf(subject, sequence)),
      );
    await quiet();
    const first = consumer.ids().slice(0, 3);
    expect(first.map((ids) => ids.length).every((length) => length > 0)).toBe(true);
    for (const subject of subjects) {
      const batches = consumer.ids().filter((ids) => ids.some((id) => id.startsWith(`${subject}/`)));
      expect(batches.flat().filter((id) => id.startsWith(`${subject}/`))).toEqual([`${subject}/0`, `${subject}/1`]);
    }
  });

  test('a crashed process acknowledges nothing, and another member of its group takes over', async () => {
    const disk = createBrokerDisk();
    const inHand = Promise.withResolvers<void>();
    const crashing = await consume({ disk, react: () => inHand.promise });
    await crashing.memory.publish('t', [a0, a1]);
    await quiet();
    expect(crashing.ids()).toEqual([['a/0', 'a/1']]);
    crashing.memory.crash();
    inHand.resolve();
    const successor = await consume({ disk });
    await quiet();
    expect(successor.ids()).toEqual([['a/0', 'a/1']]);
    await expect(crashing.memory.publish('t', [b0])).rejects.toThrow();
    expect(await successor.subscription.lag()).toBe(0);
  });

  test('the pauses before a batch is delivered again grow, up to a limit, and begin anew after a success', async () => {
    let failures = 8;
    const consumer = await consume({ react: () => (failures-- > 0 ? Promise.reject(new Error('not yet')) : Promise.resolve()) });
    await consumer.memory.publish('t', [a0]);
    await quiet();
    expect(consumer.timer.pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    failures = 1;
    await consumer.memory.publish('t', [a1]);
    await quiet();
    expect(consumer.timer.pauses.slice(8)).toEqual([100]);
  });

  test('two runs of the same steps are the same', async () => {
    const run = async (): Promise<readonly (readonly string[])[]> => {
      const consumer = await consume({
        disk: createBrokerDisk(),
        faults: (operation, n) => (operation === 'deliver' && n % 3 === 0 ? { fault: 'acknowledgement-lost' } : undefined),
      });
      for (let n = 0; n < 20; n++) await consumer.memory.publish('t', [messageOf(`s-${n % 7}`, n), messageOf(`s-${n % 5}`, n)]);
      await quiet();
      return consumer.ids();
    };
    expect(await run()).toEqual(await run());
  });
});

describe('faults of publishing', () => {
  const published = async (fault: BrokerFault) => {
    const consumer = await consume({ faults: first('publish', fault) });
    const outcome = await consumer.broker.publish('t', [a0, a1]).then(
      () => 'published',
      (error: unknown) => error,
    );
    await quiet();
    return { outcome, ids: consumer.ids().flat(), pauses: consumer.timer.pauses };
  };

  test('a lost acknowledgement: written, and it throws', async () => {
    const { outcome, ids } = await published({ fault: 'acknowledgement-lost' });
    expect(outcome).toBeInstanceOf(InjectedFault);
    expect(ids).toEqual(['a/0', 'a/1']);
  });

  test('not written: it throws, and nothing is there', async () => {
    const { outcome, ids } = await published({ fault: 'not-written' });
    expect(outcome).toBeInstanceOf(InjectedFault);
    expect(ids).toEqual([]);
  });

  test('partly written: it throws, and the first half is there', async () => {
    const { outcome, ids } = await published({ fault: 'partly-written' });
    expect(outcome).toBeInstanceOf(InjectedFault);
    expect(ids).toEqual(['a/0']);
  });

  test('duplicated: all of it twice', async () => {
    const { outcome, ids } = await published({ fault: 'duplicated' });
    expect(outcome).toBe('published');
    expect(ids).toEqual(['a/0', 'a/1', 'a/0', 'a/1']);
  });

  test('delayed: written after that time', async () => {
    const { outcome, ids, pauses } = await published({ fault: 'delayed', milliseconds: 7 });
    expect(outcome).toBe('published');
    expect(ids).toEqual(['a/0', 'a/1']);
    expect(pauses).toEqual([7]);
  });

  test('one that is for deliveries is refused, and only the chosen call has a fault', async () => {
    expect((await published({ fault: 'reordered' })).outcome).toBeInstanceOf(TypeError);
    const consumer = await consume({ faults: first('publish', { fault: 'not-written' }) });
    await expect(consumer.broker.publish('t', [a0])).rejects.toThrow(InjectedFault);
    await consumer.broker.publish('t', [a0]);
    await quiet();
    expect(consumer.ids()).toEqual([['a/0']]);
  });
});

describe('faults of delivery', () => {
  const delivered = async (fault: BrokerFault) => {
    const consumer = await consume({ faults: first('deliver', fault) });
    await consumer.broker.publish('t', [a0, b0, a1, b1]);
    await quiet();
    expect(await consumer.subscription.lag()).toBe(0);
    return { ids: consumer.ids(), pauses: consumer.timer.pauses };
  };
  const whole = ['a/0', 'b/0', 'a/1', 'b/1'];

  test('duplicated: handed over twice, then acknowledged', async () => {
    expect(await delivered({ fault: 'duplicated' })).toEqual({ ids: [whole, whole], pauses: [] });
  });

  test('a lost acknowledgement: handled, and delivered again by the engine', async () => {
    expect(await delivered({ fault: 'acknowledgement-lost' })).toEqual({ ids: [whole, whole], pauses: [100] });
  });

  test('not delivered: handed over by the next attempt', async () => {
    expect(await delivered({ fault: 'not-delivered' })).toEqual({ ids: [whole], pauses: [100] });
  });

  test('reordered: across keys, never within one', async () => {
    expect(await delivered({ fault: 'reordered' })).toEqual({ ids: [['b/0', 'b/1', 'a/0', 'a/1']], pauses: [] });
  });

  test('undecodable: something else comes before the batch', async () => {
    expect(await delivered({ fault: 'undecodable', text: 'garbage' })).toEqual({ ids: [['t/injected/1', ...whole]], pauses: [] });
  });

  test('delayed: handed over after that time', async () => {
    expect(await delivered({ fault: 'delayed', milliseconds: 7 })).toEqual({ ids: [whole], pauses: [7] });
  });

  test('one that is for publications does not reach the handler', async () => {
    expect((await delivered({ fault: 'not-written' })).ids).toEqual([whole]);
  });
});
