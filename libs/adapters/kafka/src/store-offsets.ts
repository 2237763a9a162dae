import type { TopicEnds } from './administration.ts';
import type { KafkaClient } from './client.ts';
import { within } from './failure.ts';

export interface StoreOffsetsOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly offsets: TopicEnds;
  readonly heartbeatMs: number;
  readonly sessionMs: number;
}

const storeMs = 20_000;
const leaveMs = 3_000;

/** Commits the ends as a member of the group for a moment: kafkajs's own way, a member that reads nothing for as long as a fetch waits, takes five seconds. */
export const storeOffsets = async (client: KafkaClient, options: StoreOffsetsOptions): Promise<void> => {
  const { groupId, topic, offsets, heartbeatMs, sessionMs } = options;
  const consumer = client.kafka.consumer({
    groupId,
    heartbeatInterval: heartbeatMs,
    sessionTimeout: sessionMs,
    maxWaitTimeInMs: 10,
    allowAutoTopicCreation: false,
    retry: { retries: 2, restartOnFailure: async () => false },
  });
  consumer.on(consumer.events.REQUEST_TIMEOUT, () => client.cut());
  const storing = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
    await consumer.commitOffsets(offsets.map(({ partition, high }) => ({ topic, partition, offset: high })));
  };
  try {
    await within(storeMs, storing());
  } finally {
    await within(leaveMs, consumer.disconnect()).catch(() => undefined);
    client.abandon();
  }
};
