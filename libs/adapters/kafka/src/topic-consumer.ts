import type { InboundBatch, Timer } from '@conference/ports';
import type { Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { messageOfRecord } from './envelope.ts';

export interface TopicConsumerOptions {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly timer: Timer;
  readonly topic: string;
  readonly group: string;
  readonly from: 'earliest' | 'latest';
  readonly heartbeatMs: number;
  readonly sessionMs: number;
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
  readonly handle: (batch: InboundBatch) => Promise<void>;
}

const batchMax = 100;
const retryPausesMs = [100, 400, 1_000, 2_000] as const;

/**
 * One group's consumer of one topic; a group's offsets of each topic are a Kafka group of their own, so that a topic that
 * does not exist yet holds up no other. An offset is committed only after `handle` resolved. A consumer that crashes, or
 * whose topic is not there yet, is made anew.
 */
export class TopicConsumer {
  readonly #options: TopicConsumerOptions;
  readonly #groupId: string;
  #consumer: Consumer | undefined;
  #state: 'waiting' | 'joined' | 'lost' = 'waiting';
  #isPaused = false;
  readonly #inHand = new Set<Promise<void>>();

  constructor(options: TopicConsumerOptions) {
    this.#options = options;
    this.#groupId = `${options.group}.${options.topic}`;
  }

  get isReading(): boolean {
    return this.#state !== 'lost';
  }

  pause(): void {
    this.#isPaused = true;
    this.#applyPause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#state === 'joined') this.#consumer?.resume([{ topic: this.#options.topic }]);
  }

  async lag(): Promise<number> {
    const { admin, topic } = this.#options;
    if (!(await this.#exists())) return 0;
    const committed = await this.#committed();
    const partitions = await admin.fetchTopicOffsets(topic);
    return partitions.reduce((sum, { partition, high, low }) => {
      const done = Math.max(Number(committed.get(partition) ?? -1), Number(low));
      return sum + Math.max(0, Number(high) - done);
    }, 0);
  }

  /** Stored at once, so that a restart before the first acknowledgement loses nothing. A topic that is not there is read whole. */
  async startAtEnd(): Promise<void> {
    const { admin, topic } = this.#options;
    if (this.#options.from === 'earliest' || !(await this.#exists())) return;
    const committed = await this.#committed();
    if ([...committed.values()].some((offset) => Number(offset) >= 0)) return;
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.setOffsets({ groupId: this.#groupId, topic, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })) });
  }

  async run(): Promise<void> {
    const { signal, timer } = this.#options;
    while (!signal.aborted) {
      const isOver = await this.#runUntilCrash().catch(() => false);
      if (isOver) return;
      await timer.sleep(200, { signal });
    }
  }

  async #runUntilCrash(): Promise<boolean> {
    const { kafka, topic, signal, heartbeatMs, sessionMs, maxWaitMs } = this.#options;
    if (!(await this.#exists())) return false;
    const consumer = kafka.consumer({
      groupId: this.#groupId,
      sessionTimeout: sessionMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: 60_000,
      maxWaitTimeInMs: maxWaitMs,
      maxBytesPerPartition: 1 << 20,
      allowAutoTopicCreation: false,
      // Crashes that kafkajs would mend and those that end it silently go one way: ours.
      retry: { retries: 10, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: async () => false },
    });
    const over = Promise.withResolvers<boolean>();
    consumer.on(consumer.events.CRASH, () => over.resolve(false));
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.#state = 'joined';
      this.#applyPause();
    });
    const stop = (): void => over.resolve(true);
    signal.addEventListener('abort', stop, { once: true });
    try {
      this.#consumer = consumer;
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 3,
        eachBatch: (payload) => this.#track(this.#eachBatch(consumer, payload)),
      });
      if (signal.aborted) stop();
      return await over.promise;
    } catch (error) {
      if (signal.aborted) return true;
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#state = 'lost';
      await Promise.allSettled([...this.#inHand]);
      await consumer.disconnect().catch(() => {});
    }
  }

  async #eachBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat } = payload;
    const { topic, partition } = batch;
    for (let from = 0; from < batch.messages.length; from += batchMax) {
      const records = batch.messages.slice(from, from + batchMax);
      const last = records.at(-1);
      if (last === undefined || !(await this.#handled(payload, records))) return;
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last.offset) + 1n) }]);
      resolveOffset(last.offset);
      await heartbeat();
    }
  }

  /** False when the batch is no longer ours, or not to be handled now: what is not resolved is fetched again. */
  async #handled(payload: EachBatchPayload, records: readonly KafkaMessage[]): Promise<boolean> {
    const { timer, signal, handle } = this.#options;
    const { topic, partition } = payload.batch;
    const messages = records.map((record) => messageOfRecord(record, `${topic}/${partition}/${record.offset}`));
    for (let failures = 0; ; failures++) {
      if (signal.aborted || this.#isPaused || !payload.isRunning() || payload.isStale()) return false;
      try {
        await this.#alive(payload, (async () => handle({ topic, messages }))());
        return true;
      } catch {
        await this.#alive(payload, timer.sleep(retryPausesMs[failures] ?? 2_000, { signal }));
      }
    }
  }

  /** Heartbeats while `work` goes on. One that fails is told by the commit after it. */
  async #alive(payload: EachBatchPayload, work: Promise<void>): Promise<void> {
    const { timer, heartbeatMs } = this.#options;
    const done = new AbortController();
    const beating = (async () => {
      for (;;) {
        await timer.sleep(heartbeatMs, { signal: done.signal });
        if (done.signal.aborted) return;
        await payload.heartbeat().catch(() => {});
      }
    })();
    try {
      await work;
    } finally {
      done.abort();
      await beating;
    }
  }

  #track(work: Promise<void>): Promise<void> {
    this.#inHand.add(work);
    const forget = (): void => void this.#inHand.delete(work);
    work.then(forget, forget);
    return work;
  }

  #applyPause(): void {
    if (this.#isPaused && this.#state === 'joined') this.#consumer?.pause([{ topic: this.#options.topic }]);
  }

  async #exists(): Promise<boolean> {
    return (await this.#options.admin.listTopics()).includes(this.#options.topic);
  }

  async #committed(): Promise<ReadonlyMap<number, string>> {
    const { admin, topic } = this.#options;
    const [offsets] = await admin.fetchOffsets({ groupId: this.#groupId, topics: [topic] });
    return new Map(offsets?.partitions.map(({ partition, offset }) => [partition, offset]));
  }
}
