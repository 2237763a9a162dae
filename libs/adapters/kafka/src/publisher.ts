import type { OutgoingMessage, Timer } from '@conference/ports';
import type { Kafka, Producer } from 'kafkajs';
import { recordOf } from './envelope.ts';
import { chunksOf, verdictOf } from './publication.ts';

export interface PublisherOptions {
  readonly kafka: Kafka;
  readonly timer: Timer;
  readonly signal: AbortSignal;
  /** How long a batch is sent again before the publication throws. */
  readonly patienceMs: number;
}

const pauseMs = 250;

/**
 * One producer with one batch on its way: two that overlap lose an acknowledged message when one acknowledgement is lost.
 * A batch is sent again, the same on the same producer, until it is acknowledged by all replicas in sync. Once it is given
 * up the producer is too: its next batch would carry the sequence numbers of the lost one, and be taken for it.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #producer: Producer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const published = this.#last.then(() => this.#publish(topic, messages));
    this.#last = published.catch(() => {});
    return published;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#discard();
  }

  async #publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    for (const chunk of chunksOf(messages.map(recordOf))) await this.#sendUntilAcknowledged(topic, chunk);
  }

  async #sendUntilAcknowledged(topic: string, messages: readonly ReturnType<typeof recordOf>[]): Promise<void> {
    const { timer, signal, patienceMs } = this.#options;
    const until = Date.parse(timer.now()) + patienceMs;
    for (;;) {
      try {
        const producer = await this.#connected();
        await producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages: [{ topic, messages: [...messages] }] });
        return;
      } catch (error) {
        const verdict = verdictOf(error);
        const isGivenUp = verdict === 'refused' || signal.aborted || Date.parse(timer.now()) >= until;
        if (isGivenUp || verdict === 'producer is lost') await this.#discard();
        if (isGivenUp)
          throw new Error(`${topic} was not published: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        await timer.sleep(pauseMs, { signal });
      }
    }
  }

  /** A producer whose `connect` failed would send without idempotence: it is never used. */
  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const producer = this.#options.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw error;
    }
    this.#producer = producer;
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => {});
  }
}
