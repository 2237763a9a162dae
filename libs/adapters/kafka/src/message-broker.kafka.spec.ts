import { setTimeout } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { messageBrokerContract } from '@conference/testing-contracts';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { openKafkaMessageBroker } from './message-broker.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const timer: Timer = {
  now: () => new Date().toISOString() as Instant,
  sleep: (milliseconds, options) => setTimeout(milliseconds, undefined, options).catch(() => {}),
};
const open = (publishes: readonly string[], change: { readonly partitions?: number; readonly retentionMs?: number } = {}) =>
  openKafkaMessageBroker({ brokers, clientId: 'contract', publishes, timer, partitions: 3, heartbeatMs: 300, maxWaitMs: 100, ...change });

const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });

messageBrokerContract({
  name: 'Kafka',
  create: async ({ topics }) => ({
    connect: ({ publishes = topics } = {}) => open(publishes),
    writeRaw: async (topic, text) => {
      const producer = kafka.producer();
      await producer.connect();
      await producer.send({ topic, messages: [{ key: 'Order-1', value: text }] });
      await producer.disconnect();
    },
    cleanUp: async () => {
      const admin = kafka.admin();
      await admin.connect();
      const existing = await admin.listTopics();
      await admin.deleteTopics({ topics: topics.filter((topic) => existing.includes(topic)) });
      await admin.disconnect();
    },
  }),
  // A handler that outlasts the time for a rebalance is not waited for.
  capabilities: { exclusiveHandover: false },
  timeoutMs: 30_000,
});

test('a topic that is there with other partitions or another retention is refused in one line', async () => {
  const topic = `contract.settings-${crypto.randomUUID()}.v1`;
  await (await open([topic])).close();
  await expect(open([topic], { partitions: 4 })).rejects.toThrow(`the topic ${topic} has 3 partitions, not 4`);
  await expect(open([topic], { retentionMs: 60_000 })).rejects.toThrow(`the topic ${topic} has retention.ms=1209600000, not 60000`);
}, 30_000);
