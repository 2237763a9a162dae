import type { InboundBatch, MessageBroker, OutgoingMessage, Subscription, Timer } from '@conference/ports';
import { Administration } from './administration.ts';
import { type ClientOptions, defaultRequestMs, type KafkaClient, kafkaClient } from './client.ts';
import { BrokerUnusable, isRefusal, oneLine } from './failure.ts';
import { quietIdleConnections } from './idle-connections.ts';
import { Publisher } from './publisher.ts';
import { TopicConsumer } from './topic-consumer.ts';
import { requireTopics } from './topics.ts';

export interface KafkaMessageBrokerOptions extends ClientOptions {
  /** The topics that this service, and no other, writes: made at start-up. */
  readonly publishes: readonly string[];
  readonly timer: Timer;
  /** Of each topic. Default 12; never changed once a topic is there. */
  readonly partitions?: number;
  /** How long a message is kept, whether it was read or not. Default 14 days. */
  readonly retentionMs?: number;
  /** How long brokers that do not answer, or do not know the topics yet, are asked again at start-up. Default 10 s. */
  readonly startMs?: number;
  /** How long a publication is sent again before it throws. Default 20 s. */
  readonly patienceMs?: number;
  /** Of a group's members. Default 1 s; a member that is gone without a word is missed after ten of them, and six seconds. */
  readonly heartbeatMs?: number;
  /** How long a fetch waits for messages. Default 250 ms. */
  readonly maxWaitMs?: number;
  /** How long a consumer may stand still with messages before it. Default 30 s. */
  readonly silenceMs?: number;
  /** A publication is not acknowledged yet, or a consumer is made again; it says why. */
  readonly onTrouble?: (message: string) => void;
}

type SubscribeOptions = Parameters<MessageBroker['subscribe']>[0];
type Parts = { readonly connect: () => KafkaClient; readonly administration: Administration };

const dayMs = 86_400_000;
const startPauseMs = 200;
/** Brokers refuse less (`group.min.session.timeout.ms`). */
const sessionMsMin = 6_000;

/**
 * Kafka as the broker. Order holds per key; a publication may arrive in part when it throws. Rejects with {@link BrokerUnusable},
 * in one line, when no broker can be used within `startMs`, when they refuse the login, and when a topic of `publishes` is
 * there with other partitions or another retention. Nothing is left open then.
 */
export const openKafkaMessageBroker = async (options: KafkaMessageBrokerOptions): Promise<MessageBroker> => {
  quietIdleConnections();
  const { requestMs = defaultRequestMs } = options;
  const connect = (): KafkaClient => kafkaClient(options);
  const administration = new Administration(connect, options.timer, requestMs * 2);
  try {
    await usable(administration, options);
  } catch (error) {
    await administration.close();
    throw error;
  }
  return new KafkaMessageBroker(options, { connect, administration });
};

const usable = async (administration: Administration, options: KafkaMessageBrokerOptions): Promise<void> => {
  const { brokers, publishes, timer, sasl, partitions = 12, retentionMs = 14 * dayMs, startMs = 10_000 } = options;
  const until = Date.parse(timer.now()) + startMs;
  const where = brokers.join(', ');
  for (;;) {
    try {
      await administration.ask((admin) => requireTopics(admin, publishes, { partitions, retentionMs }));
      return;
    } catch (error) {
      if (error instanceof BrokerUnusable) throw error;
      if (isRefusal(error))
        throw new BrokerUnusable(`Kafka at ${where} refuses ${sasl?.username ?? 'who has no login'}: ${oneLine(error)}`);
      if (Date.parse(timer.now()) >= until) throw new BrokerUnusable(`no Kafka broker can be used at ${where}: ${oneLine(error)}`);
      await timer.sleep(startPauseMs);
    }
  }
};

class KafkaMessageBroker implements MessageBroker {
  readonly #options: KafkaMessageBrokerOptions;
  readonly #parts: Parts;
  readonly #publisher: Publisher;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: KafkaMessageBrokerOptions, parts: Parts) {
    const { timer, patienceMs = 20_000, requestMs = defaultRequestMs } = options;
    this.#options = options;
    this.#parts = parts;
    this.#publisher = new Publisher({ connect: parts.connect, timer, patienceMs, requestMs, onTrouble: this.#tell });
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error('the broker is closed');
    if (!this.#options.publishes.includes(topic)) throw new Error(`the topic ${topic} is not published here`);
    if (messages.length > 0) await this.#publisher.publish(topic, messages);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closing.signal.aborted) throw new Error('the broker is closed');
    const { timer, heartbeatMs = 1_000, maxWaitMs = 250, silenceMs = 30_000 } = this.#options;
    const { group, from } = options;
    const handle = (batch: InboundBatch): Promise<void> => options.handle(batch);
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const sessionMs = Math.max(sessionMsMin, heartbeatMs * 10);
    const times = { heartbeatMs, sessionMs, maxWaitMs, silenceMs };
    const shared = { ...this.#parts, ...times, timer, group, from, signal, handle, onTrouble: this.#tell };
    const consumers = [...new Set(options.topics)].map((topic) => new TopicConsumer({ ...shared, topic }));
    if (!signal.aborted) await Promise.all(consumers.map((consumer) => consumer.startAtEnd()));
    const ended = Promise.all(consumers.map((consumer) => consumer.run())).then(() => {});
    this.#running.add(ended);
    const forget = (): void => void this.#running.delete(ended);
    ended.then(forget, forget);
    return subscriptionOf(consumers, ended);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#running]);
    await this.#publisher.close();
    await this.#parts.administration.close();
  }

  readonly #tell = (message: string): void => {
    if (!this.#closing.signal.aborted) this.#options.onTrouble?.(message);
  };
}

/** From what is worst to what is best. */
const healths = ['failed', 'reconnecting', 'paused', 'consuming'] as const;

const subscriptionOf = (consumers: readonly TopicConsumer[], ended: Promise<void>): Subscription => ({
  pause() {
    for (const consumer of consumers) consumer.pause();
  },
  resume() {
    for (const consumer of consumers) consumer.resume();
  },
  lag: async () => (await Promise.all(consumers.map((consumer) => consumer.lag()))).reduce((sum, lag) => sum + lag, 0),
  health: () => healths.find((health) => consumers.some((consumer) => consumer.health() === health)) ?? 'consuming',
  ended,
});
