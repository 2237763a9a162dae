import {
  decodeMessage,
  encodeMessage,
  type InboundBatch,
  type MessageBroker,
  type OutgoingMessage,
  type Subscription,
  type Timer,
} from '@conference/ports';
import type { BrokerDisk, Member } from './message-broker-disk.ts';

export interface MemoryMessageBrokerOptions {
  readonly disk: BrokerDisk;
  /** Of the pauses before a batch is delivered again. Nothing else takes time. */
  readonly timer: Timer;
  /** Messages of a batch at most. Default 100. */
  readonly batchMax?: number;
}

export interface MemoryMessageBroker extends MessageBroker {
  /**
   * As if the process was killed: nothing is handed over or acknowledged from now on, `ended` never resolves, and the
   * other members of its groups take over. A handler that was called goes on, and its end means nothing.
   */
  crash(): void;
}

type SubscribeOptions = Parameters<MessageBroker['subscribe']>[0];

const retryDelayMsMin = 100;
const retryDelayMsMax = 5_000;

/**
 * Partitions by the hash of the key, so order holds per key only; members of a group share the partitions; a partition
 * goes to another member when the batch in hand is handled. Partitions are handled at the same time, batches of one
 * partition one after the other. After an error the batch may be longer than before, but it starts with the same
 * message. Deterministic: no chance, and no time but the timer's.
 */
export const memoryMessageBroker = (options: MemoryMessageBrokerOptions): MemoryMessageBroker => {
  const { disk } = options;
  const closing = new AbortController();
  const subscriptions = new Set<MemorySubscription>();
  const open = (): void => {
    if (closing.signal.aborted) throw new Error('the broker is closed');
  };
  return {
    async publish(topic: string, messages: readonly OutgoingMessage[]) {
      open();
      if (messages.length > 0)
        disk.write(
          topic,
          messages.map((message) => ({ key: message.key, text: encodeMessage(message) })),
        );
    },
    async subscribe(subscribe) {
      open();
      const subscription = new MemorySubscription(options, subscribe, AbortSignal.any([subscribe.signal, closing.signal]));
      subscriptions.add(subscription);
      void subscription.ended.then(() => subscriptions.delete(subscription));
      return subscription;
    },
    async close() {
      closing.abort();
      await Promise.all([...subscriptions].map(({ ended }) => ended));
    },
    crash() {
      for (const subscription of subscriptions) subscription.crash();
      subscriptions.clear();
      closing.abort();
    },
  };
};

class MemorySubscription implements Subscription {
  readonly ended: Promise<void>;
  readonly #disk: BrokerDisk;
  readonly #timer: Timer;
  readonly #batchMax: number;
  readonly #signal: AbortSignal;
  readonly #handle: (batch: InboundBatch) => Promise<void>;
  readonly #member: Member;
  #isPaused = false;
  #isDead = false;

  constructor({ disk, timer, batchMax = 100 }: MemoryMessageBrokerOptions, options: SubscribeOptions, signal: AbortSignal) {
    this.#disk = disk;
    this.#timer = timer;
    this.#batchMax = batchMax;
    this.#signal = signal;
    this.#handle = options.handle;
    this.#member = { group: options.group, topics: [...new Set(options.topics)] };
    if (options.from === 'latest') this.#startAtEnd();
    if (!signal.aborted) disk.join(this.#member);
    signal.addEventListener('abort', () => disk.leave(this.#member), { once: true });
    this.ended = this.#run();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#disk.notify();
  }

  async lag(): Promise<number> {
    const { group } = this.#member;
    return this.#partitions().reduce(
      (sum, [topic, partition]) => sum + this.#disk.end(topic, partition) - (this.#disk.offset(group, topic, partition) ?? 0),
      0,
    );
  }

  health(): 'consuming' | 'paused' {
    return this.#isPaused ? 'paused' : 'consuming';
  }

  crash(): void {
    this.#isDead = true;
    this.#disk.drop(this.#member);
  }

  #partitions(): readonly (readonly [topic: string, partition: number])[] {
    return this.#member.topics.flatMap((topic) =>
      Array.from({ length: this.#disk.partitions }, (_, partition) => [topic, partition] as const),
    );
  }

  /** Stored at once, so that a restart before the first acknowledgement loses nothing. */
  #startAtEnd(): void {
    const { group } = this.#member;
    for (const [topic, partition] of this.#partitions()) {
      if (this.#disk.offset(group, topic, partition) === undefined) {
        this.#disk.acknowledge(group, topic, partition, this.#disk.end(topic, partition));
      }
    }
  }

  async #run(): Promise<void> {
    await Promise.all(this.#partitions().map(([topic, partition]) => this.#consume(topic, partition)));
    if (this.#isDead) return new Promise(() => {});
  }

  #isLeaving(): boolean {
    return this.#isDead || this.#signal.aborted;
  }

  async #consume(topic: string, partition: number): Promise<void> {
    while (!this.#isLeaving()) {
      if (this.#disk.isAssigned(this.#member, topic, partition) && this.#disk.hold(this.#member, topic, partition)) {
        await this.#deliverWhileAssigned(topic, partition);
        this.#disk.release(this.#member, topic, partition);
      } else {
        await this.#disk.changed();
      }
    }
  }

  async #deliverWhileAssigned(topic: string, partition: number): Promise<void> {
    let failures = 0;
    while (!this.#isLeaving() && this.#disk.isAssigned(this.#member, topic, partition)) {
      const from = this.#disk.offset(this.#member.group, topic, partition) ?? 0;
      const texts = this.#isPaused ? [] : this.#disk.read(topic, partition, from, this.#batchMax);
      if (texts.length === 0) {
        await this.#disk.changed();
        continue;
      }
      const isHandled = await this.#isHandled(topic, partition, from, texts);
      if (this.#isDead) return;
      if (isHandled) {
        failures = 0;
        this.#disk.acknowledge(this.#member.group, topic, partition, from + texts.length);
      } else {
        const delay = Math.min(retryDelayMsMin * 2 ** failures, retryDelayMsMax);
        failures = Math.min(failures + 1, 10);
        await this.#timer.sleep(delay, { signal: this.#signal });
      }
    }
  }

  async #isHandled(topic: string, partition: number, from: number, texts: readonly string[]): Promise<boolean> {
    try {
      const messages = texts.map((text, index) => decodeMessage(text, `${topic}/${partition}/${from + index}`));
      await this.#handle({ topic, messages });
      return true;
    } catch {
      return false;
    }
  }
}
