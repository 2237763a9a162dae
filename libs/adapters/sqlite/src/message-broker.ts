import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { InboundBatch, MessageBroker, OutgoingMessage, Subscription, Timer } from '@conference/ports';
import type { Checkpointer } from './checkpointer.ts';
import { TopicConsumer } from './message-broker-consumer.ts';
import { topicFileName } from './message-broker-message.ts';
import { GroupOffsets } from './message-broker-offsets.ts';
import { TopicReader, TopicWriter } from './message-broker-topic.ts';

export interface SqliteMessageBrokerOptions {
  /** Where the topics lie, one file each; shared by all services. */
  readonly folder: string;
  /** How far our groups got: this service's own file. */
  readonly offsetsPath: string;
  /** The topics that this service, and no other process, writes. */
  readonly publishes: readonly string[];
  readonly timer: Timer;
  /** How often a topic is looked at, since another process cannot signal. Default 20 ms. */
  readonly pollMs?: number;
  /** How long a message is kept, whether it was read or not. Default 14 days. */
  readonly retentionMs?: number;
  /** Without one SQLite moves its logs within commits. */
  readonly checkpointer?: Checkpointer;
}

type SubscribeOptions = Parameters<MessageBroker['subscribe']>[0];

const dayMs = 86_400_000;
const retentionIntervalMs = 3_600_000;

/**
 * A broker of files. Each topic has one partition, so all its messages are in order. A publication is one transaction and
 * one sync: all of it or nothing. A group has one active member per topic; the others wait for its end. Topics of one
 * subscription are handled at the same time, batches of one topic one after the other. A topic's file that was deleted
 * and made anew is read from its beginning.
 *
 * Throws when a topic of `publishes` or the offsets cannot be opened, and when a topic outside `publishes` is published.
 */
export const sqliteMessageBroker = (options: SqliteMessageBrokerOptions): MessageBroker => new SqliteMessageBroker(options);

class SqliteMessageBroker implements MessageBroker {
  readonly #options: SqliteMessageBrokerOptions;
  readonly #offsets: GroupOffsets;
  readonly #writers = new Map<string, TopicWriter>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: SqliteMessageBrokerOptions) {
    this.#options = options;
    this.#offsets = new GroupOffsets(options.offsetsPath);
    try {
      for (const topic of options.publishes) this.#writers.set(topic, new TopicWriter(this.#pathOf(topic), options.checkpointer));
    } catch (error) {
      void this.#closeFiles();
      throw error;
    }
    for (const writer of this.#writers.values()) this.#track(writer.open());
    if (this.#writers.size > 0) this.#track(this.#retain());
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error('the broker is closed');
    const writer = this.#writers.get(topic);
    if (writer === undefined) throw new Error(`the topic ${topic} is not published here: its file has one writer`);
    if (messages.length > 0) await writer.append(messages, Date.parse(this.#options.timer.now()));
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closing.signal.aborted) throw new Error('the broker is closed');
    const { timer, pollMs = 20 } = this.#options;
    const { group, signal: callerSignal } = options;
    const handle = (batch: InboundBatch): Promise<void> => options.handle(batch);
    const signal = AbortSignal.any([callerSignal, this.#closing.signal]);
    const consumers = [...new Set(options.topics)].map((topic) => {
      const reader = new TopicReader(this.#pathOf(topic));
      if (options.from === 'latest') this.#startAtEnd(group, topic, reader);
      return new TopicConsumer({ topic, group, reader, offsets: this.#offsets, timer, pollMs, signal, handle });
    });
    const ended = Promise.all(consumers.map((consumer) => consumer.run())).then(() => {});
    this.#track(ended);
    return subscriptionOf(consumers, ended);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#running]);
    await this.#closeFiles();
  }

  /** Stored at once, so that a restart before the first acknowledgement loses nothing. */
  #startAtEnd(group: string, topic: string, reader: TopicReader): void {
    if (this.#offsets.get(group, topic) !== undefined) return;
    const end = reader.bounds();
    this.#offsets.set(group, topic, { topicId: end?.id ?? '', offset: end?.last ?? 0 });
  }

  async #retain(): Promise<void> {
    const { timer, retentionMs = 14 * dayMs } = this.#options;
    const signal = this.#closing.signal;
    while (!signal.aborted) {
      await this.#deleteOld(Date.parse(timer.now()) - retentionMs);
      await timer.sleep(retentionIntervalMs, { signal });
    }
  }

  async #deleteOld(publishedBefore: number): Promise<void> {
    for (const writer of this.#writers.values()) {
      let more = true;
      while (more && !this.#closing.signal.aborted) {
        await setImmediate();
        more = !this.#closing.signal.aborted && deletedStep(writer, publishedBefore);
      }
    }
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    const forget = (): void => void this.#running.delete(work);
    work.then(forget, forget);
  }

  #pathOf(topic: string): string {
    return join(this.#options.folder, topicFileName(topic));
  }

  async #closeFiles(): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.close()));
    this.#offsets.close();
  }
}

/** A disk that cannot delete now is asked again an hour later; publishing tells the operator about it. */
const deletedStep = (writer: TopicWriter, publishedBefore: number): boolean => {
  try {
    return writer.deleteOldest(publishedBefore);
  } catch {
    return false;
  }
};

const subscriptionOf = (consumers: readonly TopicConsumer[], ended: Promise<void>): Subscription => {
  let paused = false;
  return {
    pause() {
      paused = true;
      for (const consumer of consumers) consumer.pause();
    },
    resume() {
      paused = false;
      for (const consumer of consumers) consumer.resume();
    },
    lag: async () => consumers.reduce((sum, consumer) => sum + consumer.lag(), 0),
    health() {
      if (consumers.some(({ isReading }) => !isReading)) return 'reconnecting';
      return paused ? 'paused' : 'consuming';
    },
    ended,
  };
};
