import { EngineUnavailable, type OutgoingMessage, type Timer } from '@conference/ports';
import type { Producer } from 'kafkajs';
import type { KafkaClient } from './client.ts';
import { recordOf } from './envelope.ts';
import { oneLine, TimeUp, within } from './failure.ts';
import { chunksOf, type Verdict, verdictOf } from './publication.ts';

export interface PublisherOptions {
  readonly connect: () => KafkaClient;
  readonly timer: Timer;
  /** How long a batch is sent again before the publication throws. */
  readonly patienceMs: number;
  /** How long the broker may take for a batch. */
  readonly requestMs: number;
  readonly onTrouble: (message: string) => void;
}

type KafkaRecord = ReturnType<typeof recordOf>;

const pauseMs = 250;
/** For what is on its way when the publisher is closed. */
const closeMs = 2_000;

/**
 * One producer with one batch on its way: two that overlap lose an acknowledged message when one acknowledgement is lost.
 * A batch is sent again, the same on the same producer, until it is acknowledged by all replicas in sync. Once it is given
 * up the producer is too: its next batch would carry the sequence numbers of the lost one, and be taken for it.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #client: KafkaClient | undefined;
  #producer: Producer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const published = this.#last.then(() => this.#publish(topic, messages));
    this.#last = published.catch(() => undefined);
    return published;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await within(closeMs, this.#last).catch(() => undefined);
    if (this.#producer !== undefined) await within(closeMs, this.#producer.disconnect()).catch(() => undefined);
    this.#discard();
    await this.#last;
  }

  async #publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    for (const chunk of chunksOf(messages.map(recordOf))) await this.#sendUntilAcknowledged(topic, chunk);
  }

  async #sendUntilAcknowledged(topic: string, messages: readonly KafkaRecord[]): Promise<void> {
    const { timer, patienceMs, requestMs, onTrouble } = this.#options;
    const nowMs = (): number => Date.parse(timer.now());
    const until = nowMs() + patienceMs;
    const batch = { acks: -1, timeout: Math.ceil(requestMs * 0.8), topicMessages: [{ topic, messages: [...messages] }] };
    for (let tries = 1; ; tries++) {
      try {
        const producer = await this.#ready();
        await within(Math.max(1, until - nowMs()), producer.sendBatch(batch));
        return;
      } catch (error) {
        const verdict = verdictOf(error);
        const isGivenUp = verdict === 'refused' || this.#isClosed || nowMs() >= until;
        if (isGivenUp || verdict === 'producer is lost' || error instanceof TimeUp) this.#discard();
        if (isGivenUp) throw failureOf(topic, verdict, error);
        if (tries === 1) onTrouble(`${topic} is not published yet: ${oneLine(error)}`);
        await timer.sleep(pauseMs);
      }
    }
  }

  /** A producer whose `connect` failed would send without idempotence: it is never used. */
  async #ready(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    if (this.#isClosed) throw new Error('the broker is closed');
    const client = this.#options.connect();
    this.#client = client;
    const producer = client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // The fewest it allows: the loop that sends again is ours.
      retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    producer.on(producer.events.REQUEST_TIMEOUT, () => client.cut());
    try {
      await within(this.#options.requestMs * 2, producer.connect());
    } catch (error) {
      this.#discard();
      producer.disconnect().catch(() => undefined);
      throw error;
    }
    this.#producer = producer;
    return producer;
  }

  /** Nothing that was begun with it is sent any more. */
  #discard(): void {
    this.#client?.abandon();
    this.#producer?.disconnect().catch(() => undefined);
    this.#client = undefined;
    this.#producer = undefined;
  }
}

/** What a broker has refused it refuses again. Of the rest the reasons name hosts: they are in the cause, and were told as trouble. */
const failureOf = (topic: string, verdict: Verdict, error: unknown): Error =>
  verdict === 'refused'
    ? new Error(`${topic} was not published: ${oneLine(error)}`, { cause: error })
    : new EngineUnavailable('Kafka does not acknowledge what is published', { cause: error });
