// A publisher in a process of its own, for the specs. Each line on its input publishes so many batches (`all` never
// stops); each line on its output is the number of messages acknowledged so far.
import { createInterface } from 'node:readline';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Instant } from '@conference/kernel';
import type { OutgoingMessage } from '@conference/ports';
import { sqliteMessageBroker } from './message-broker.ts';

const [, , folder = '', topic = '', subject = ''] = process.argv;
const batchSize = 10;
const now = (): Instant => new Date().toISOString() as Instant;

const broker = sqliteMessageBroker({
  folder,
  offsetsPath: `${folder}/publisher-offsets.sqlite`,
  publishes: [topic],
  timer: { now, sleep: (milliseconds, options) => setTimeout(milliseconds, undefined, options).catch(() => {}) },
});

const messageOf = (sequence: number): OutgoingMessage => ({
  messageId: `${subject}/${sequence}`,
  sourceContext: 'spec',
  subject,
  sequence,
  key: subject,
  type: 'spec.SomethingHappened',
  schemaVersion: 1,
  data: { padding: 'x'.repeat(500) },
  occurredAt: now(),
  metadata: { correlationId: subject, causationId: subject },
});

let acknowledged = 0;
const publishBatch = async (): Promise<void> => {
  await broker.publish(
    topic,
    Array.from({ length: batchSize }, (_, n) => messageOf(acknowledged + n)),
  );
  acknowledged += batchSize;
  process.stdout.write(`${acknowledged}\n`);
  await setImmediate();
};

for await (const line of createInterface({ input: process.stdin })) {
  for (let n = 0; line === 'all' || n < Number(line); n++) await publishBatch();
}
await broker.close();
