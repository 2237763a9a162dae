import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import { expect, test, vi } from 'vitest';
import { openKafkaMessageBroker } from './message-broker.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const ConsumerGroup = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup');

test('a consumer that stands still with messages before it is made anew, says so, and skips nothing', async () => {
  const topic = `stalled.facts-${crypto.randomUUID()}.v1`;
  const troubles: string[] = [];
  const broker = await openKafkaMessageBroker({
    brokers,
    clientId: 'stalled',
    publishes: [topic],
    timer: {
      now: () => new Date().toISOString() as Instant,
      sleep: (milliseconds, options) => setTimeout(milliseconds, undefined, options).catch(() => {}),
    },
    partitions: 2,
    heartbeatMs: 300,
    maxWaitMs: 100,
    silenceMs: 300,
    onTrouble: (message) => troubles.push(message),
  });
  const fetch = vi.spyOn(ConsumerGroup.prototype, 'fetch').mockImplementation(async () => {
    await setTimeout(100);
    return [];
  });
  const sequences: number[] = [];
  await broker.subscribe({
    topics: [topic],
    group: 'stalled',
    from: 'earliest',
    signal: new AbortController().signal,
    handle: async ({ messages }) => {
      for (const message of messages) if ('sequence' in message) sequences.push(message.sequence);
    },
  });
  const messages = [0, 1, 2].map((sequence) => ({
    messageId: `m-${sequence}`,
    sourceContext: 'stalled',
    subject: 'Order-1',
    sequence,
    key: 'Order-1',
    type: 'stalled.SomethingHappened',
    schemaVersion: 1,
    data: {},
    occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
    metadata: { correlationId: 'correlation', causationId: 'causation' },
  }));
  await broker.publish(topic, messages);
  await vi.waitFor(() => expect(troubles.join()).toContain('it stands still with 3 messages'), { timeout: 10_000 });
  expect(sequences).toEqual([]);
  fetch.mockRestore();
  await vi.waitFor(() => expect(sequences).toEqual([0, 1, 2]), { timeout: 10_000 });
  await broker.close();
}, 30_000);
