import type { InboundBatch, MessageBroker, OutgoingMessage, Subscription, Timer } from '@conference/ports';
import kafkajs, { type Admin, type Kafka, type SASLOptions } from 'kafkajs';
import { quietIdleConnections } from './idle-connections.ts';
import { Publisher } from './publisher.ts';
import { TopicConsumer } from './topic-consumer.ts';
import { requireTopics } from './topics.ts';

export interface SaslLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaMessageBrokerOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Default: no TLS. With it, certificates are checked against those that Node trusts (`NODE_EXTRA_CA_CERTS`). */
  readonly ssl?: boolean;
  /** Default: no login. */
  readonly sasl?: SaslLogin;
  /** Shown in the brokers' logs: the service's name. */
  readonly clientId: string;
  /** The topics that this service, and no other, writes: made at start-up. */
  readonly publishes: readonly string[];
  readonly timer: Timer;
  /** Of each topic. Default 12; never changed once a topic is there. */
  readonly partitions?: number;
  /** How long a message is kept, whether it was read or not. Default 14 days. */
  readonly retentionMs?: number;
  /** How long a publication is sent again before it throws. Default 20 s. */
  readonly patienceMs?: number;
  /** Of a group's members. Default 3 s; a member that is gone without a word is missed after ten of them. */
  readonly heartbeatMs?: number;
  /** How long a fetch waits for messages. Default 250 ms. */
  readonly maxWaitMs?: number;
}

/** The driver has a type for each mechanism. */
const loginOf = ({ mechanism, username, password }: SaslLogin): SASLOptions => {
  const login = { username, password };
  if (mechanism === 'plain') return { mechanism, ...login };
  return mechanism === 'scram-sha-256' ? { mechanism, ...login } : { mechanism, ...login };
};

type SubscribeOptions = Parameters<MessageBroker['subscribe']>[0];

const dayMs = 86_400_000;
/** Brokers refuse less (`group.min.session.timeout.ms`). */
const sessionMsMin = 6_000;

/**
 * Kafka as the broker. Order holds per key; a publication may arrive in part when it throws. Rejects with one line when no
 * broker answers, and when a topic of `publishes` is there with other partitions or another retention. Nothing is left open then.
 */
export const openKafkaMessageBroker = async (options: KafkaMessageBrokerOptions): Promise<MessageBroker> => {
  quietIdleConnections();
  const { brokers, ssl = false, sasl, clientId, publishes, partitions = 12, retentionMs = 14 * dayMs } = options;
  const kafka = new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    ssl,
    ...(sasl === undefined ? {} : { sasl: loginOf(sasl) }),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 3 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect().catch((error: Error) => {
      throw new Error(`no Kafka broker answers at ${brokers.join(', ')}: ${error.message}`, { cause: error });
    });
    await requireTopics(admin, publishes, { partitions, retentionMs });
  } catch (error) {
    await admin.disconnect().catch(() => {});
    throw error;
  }
  return new KafkaMessageBroker(options, kafka, admin);
};

class KafkaMessageBroker implements MessageBroker {
  readonly #options: KafkaMessageBrokerOptions;
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #publisher: Publisher;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: KafkaMessageBrokerOptions, kafka: Kafka, admin: Admin) {
    const { timer, patienceMs = 20_000 } = options;
    this.#options = options;
    this.#kafka = kafka;
    this.#admin = admin;
    this.#publisher = new Publisher({ kafka, timer, patienceMs, signal: this.#closing.signal });
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error('the broker is closed');
    if (!this.#options.publishes.includes(topic)) throw new Error(`the topic ${topic} is not published here`);
    if (messages.length > 0) await this.#publisher.publish(topic, messages);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closing.signal.aborted) throw new Error('the broker is closed');
    const { timer, heartbeatMs = 3_000, maxWaitMs = 250 } = this.#options;
    const { group, from } = options;
    const handle = (batch: InboundBatch): Promise<void> => options.handle(batch);
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const shared = {
      kafka: this.#kafka,
      admin: this.#admin,
      timer,
      group,
      from,
      heartbeatMs,
      sessionMs: Math.max(sessionMsMin, heartbeatMs * 10),
      maxWaitMs,
      signal,
      handle,
    };
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
    await this.#admin.disconnect();
  }
}

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
    lag: async () => (await Promise.all(consumers.map((consumer) => consumer.lag()))).reduce((sum, lag) => sum + lag, 0),
    health() {
      if (consumers.some(({ isReading }) => !isReading)) return 'reconnecting';
      return paused ? 'paused' : 'consuming';
    },
    ended,
  };
};
