/** Facts published and consumed without a pause, and what became of them: for the tests of faults. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openKafkaMessageBroker } from '@conference/adapter-kafka';
import type { Instant } from '@conference/kernel';
import { systemTimer } from '@conference/platform';
import type { InboundBatch, MessageBroker, OutgoingMessage, Subscription } from '@conference/ports';

const subjects = Array.from({ length: 24 }, (_, n) => `Order-${n}`);

export const factOf = (subject: string, sequence: number): OutgoingMessage => ({
  messageId: `${subject}/${sequence}`,
  sourceContext: 'load',
  subject,
  sequence,
  key: subject,
  type: 'load.SomethingHappened',
  schemaVersion: 1,
  data: { sequence, text: 'x'.repeat(200) },
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: subject, causationId: `${sequence}` },
});

/** As a context imports: what was seen is dropped, the next of a subject takes effect, and a hole is noted. */
export const imported = () => {
  const last = new Map<string, number>();
  const holes: string[] = [];
  let applied = 0;
  let repeated = 0;
  const apply = ({ messages }: InboundBatch): void => {
    for (const message of messages) {
      if ('undecodable' in message) throw new Error(`${message.at} cannot be read`);
      const before = last.get(message.subject) ?? -1;
      if (message.sequence > before + 1) holes.push(`${message.subject}: ${message.sequence} after ${before}`);
      if (message.sequence <= before) repeated += 1;
      else {
        last.set(message.subject, message.sequence);
        applied += 1;
      }
    }
  };
  return { apply, last, holes, applied: () => applied, repeated: () => repeated };
};

export type Imported = ReturnType<typeof imported>;

/** Short times, so that a test sees their ends. */
export const openBroker = (brokers: string, topic: string, troubles: string[] = []): Promise<MessageBroker> =>
  openKafkaMessageBroker({
    brokers: [brokers],
    clientId: 'load',
    publishes: [topic],
    timer: systemTimer,
    partitions: 6,
    requestMs: 2_000,
    patienceMs: 6_000,
    heartbeatMs: 300,
    maxWaitMs: 100,
    silenceMs: 10_000,
    onTrouble: (message) => troubles.push(message),
  });

export interface Member {
  readonly subscription: Subscription;
  leave(): Promise<void>;
}

export const joined = (broker: MessageBroker, topic: string, into: Imported): Promise<Member> =>
  joinAs(broker, topic, async (batch) => into.apply(batch));

export const joinAs = async (broker: MessageBroker, topic: string, handle: (batch: InboundBatch) => Promise<void>): Promise<Member> => {
  const stop = new AbortController();
  const subscription = await broker.subscribe({ topics: [topic], group: 'load', from: 'earliest', signal: stop.signal, handle });
  return {
    subscription,
    leave: async () => {
      stop.abort();
      await subscription.ended;
    },
  };
};

/** A member that is a process of its own; what it is handed takes effect here before it is acknowledged there. */
export const memberProcess = async (brokers: string, topic: string, into: Imported) => {
  const child = fork(join(import.meta.dirname, 'broker-member-process.ts'), [brokers, topic]);
  let handed = 0;
  child.on('message', (batch: InboundBatch) => {
    into.apply(batch);
    handed += batch.messages.length;
    if (child.connected) child.send('acknowledged');
  });
  return {
    handed: () => handed,
    /** Without a word. */
    kill: async (): Promise<void> => {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
};

/** Publishes one batch after the other until it is stopped; what was not acknowledged is sent again, as it was. */
export const publishing = (broker: MessageBroker, topic: string) => {
  const acknowledged = new Map<string, number>();
  let sequence = 0;
  let failures = 0;
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const batch = subjects.map((subject) => factOf(subject, sequence));
      for (;;) {
        try {
          await broker.publish(topic, batch);
          break;
        } catch {
          failures += 1;
          if (isStopped) return;
          await systemTimer.sleep(5);
        }
      }
      for (const { subject } of batch) acknowledged.set(subject, sequence);
      sequence += 1;
      await systemTimer.sleep(5);
    }
  };
  const done = run();
  return {
    acknowledged,
    count: () => acknowledged.size * sequence,
    failures: () => failures,
    stop: async (): Promise<void> => {
      isStopped = true;
      await done;
    },
  };
};
