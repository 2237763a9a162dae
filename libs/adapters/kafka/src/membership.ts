import type { Timer } from '@conference/ports';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { type BatchDelivery, deliver } from './batch-delivery.ts';
import type { KafkaClient } from './client.ts';
import { within } from './failure.ts';

export interface MembershipOptions extends Omit<BatchDelivery, 'track'> {
  readonly client: KafkaClient;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionMs: number;
  readonly maxWaitMs: number;
  readonly timer: Timer;
}

/** For what a member has still to say when it leaves. */
const leaveMs = 3_000;
/** Beyond the time that a fetch waits; then the brokers are away. */
const answerMs = 2_000;
const rebalanceMs = 20_000;

/** One consumer of kafkajs, to its end. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #consumer: Consumer;
  readonly #ended = Promise.withResolvers<void>();
  readonly #calls = new Set<Promise<void>>();
  readonly #deliveries = new Set<Promise<void>>();
  #partitions: readonly number[] | undefined;
  #isJoined = false;
  #heardAt = 0;

  constructor(options: MembershipOptions) {
    const { client, groupId, sessionMs, heartbeatMs, maxWaitMs } = options;
    this.#options = options;
    this.#consumer = client.kafka.consumer({
      groupId,
      sessionTimeout: sessionMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: rebalanceMs,
      maxWaitTimeInMs: maxWaitMs,
      maxBytesPerPartition: 1 << 20,
      allowAutoTopicCreation: false,
      // Crashes that kafkajs would mend and those that end it silently go one way: ours.
      retry: { retries: 10, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: async () => false },
    });
  }

  /** The partitions of which it is told that they are its own. */
  get partitions(): readonly number[] | undefined {
    return this.#partitions;
  }

  get hasJoined(): boolean {
    return this.#partitions !== undefined;
  }

  /** It has its partitions, and the brokers answer. */
  get isReading(): boolean {
    return this.#isJoined && (this.isBusy || Date.now() - this.#heardAt < this.#options.maxWaitMs + answerMs);
  }

  /** A batch is being handled, however long that takes. */
  get isBusy(): boolean {
    return this.#calls.size > 0;
  }

  /** Resolves when the signal told it to, and rejects with the reason when it crashed or was failed; in both cases after the batches in hand. */
  async run(): Promise<void> {
    const { client, signal } = this.#options;
    const stop = (): void => this.#ended.resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else this.#start().catch(this.#ended.reject);
    try {
      await this.#ended.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#isJoined = false;
      await Promise.allSettled([...this.#calls]);
      await within(leaveMs, Promise.allSettled([...this.#deliveries])).catch(() => undefined);
      await within(leaveMs, this.#consumer.disconnect()).catch(() => undefined);
      client.abandon();
    }
  }

  fail(reason: Error): void {
    this.#ended.reject(reason);
  }

  pause(): void {
    // A consumer that is not running yet, or not any more, has nothing to pause.
    if (this.#isJoined) ignoringWhetherItRuns(() => this.#consumer.pause([{ topic: this.#options.topic }]));
  }

  resume(): void {
    if (this.#isJoined) ignoringWhetherItRuns(() => this.#consumer.resume([{ topic: this.#options.topic }]));
  }

  async #start(): Promise<void> {
    const { client, topic } = this.#options;
    const consumer = this.#consumer;
    const { CRASH, GROUP_JOIN, REBALANCING, FETCH, REQUEST_TIMEOUT } = consumer.events;
    consumer.on(CRASH, ({ payload }) => this.#ended.reject(payload.error));
    consumer.on(REQUEST_TIMEOUT, () => client.cut());
    consumer.on(FETCH, () => {
      this.#heardAt = Date.now();
    });
    consumer.on(REBALANCING, () => {
      this.#isJoined = false;
    });
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#isJoined = true;
      this.#heardAt = Date.now();
      this.#partitions = payload.memberAssignment[topic] ?? [];
      // What was said while it had no partitions, it has not heard.
      if (this.#options.isPaused()) this.pause();
      else this.resume();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
      eachBatch: (payload) => tracked(this.#deliveries, this.#deliver(payload)),
    });
  }

  #deliver(payload: EachBatchPayload): Promise<void> {
    return deliver(this.#consumer, payload, { ...this.#options, track: (work) => tracked(this.#calls, work) });
  }
}

const tracked = (running: Set<Promise<void>>, work: Promise<void>): Promise<void> => {
  running.add(work);
  const forget = (): void => void running.delete(work);
  work.then(forget, forget);
  return work;
};

const ignoringWhetherItRuns = (call: () => void): void => {
  try {
    call();
  } catch {
    // It says that there is no consumer.
  }
};
