import type { Timer } from '@conference/ports';
import type { Admin } from 'kafkajs';
import type { KafkaClient } from './client.ts';
import { answersIn, TimeUp, within } from './failure.ts';

type Session = { readonly client: KafkaClient; readonly admin: Admin; readonly connected: Promise<void> };

const pauseMs = 100;

/** What brokers answer of a topic or a group while they are still making or moving it. */
const notYet: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_CONTROLLER',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);
const isNotYet = (error: unknown): boolean => answersIn(error).some((type) => notYet.has(type));

/** Asks the brokers about topics and offsets. Each question is answered or fails in bounded time; after a silence it is asked anew. */
export class Administration {
  readonly #connect: () => KafkaClient;
  readonly #timer: Timer;
  readonly #answerMs: number;
  #session: Session | undefined;
  #isClosed = false;

  constructor(connect: () => KafkaClient, timer: Timer, answerMs: number) {
    this.#connect = connect;
    this.#timer = timer;
    this.#answerMs = answerMs;
  }

  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const until = Date.parse(this.#timer.now()) + this.#answerMs;
    for (;;) {
      if (this.#isClosed) throw new Error('the broker is closed');
      try {
        return await this.#askOnce(question);
      } catch (error) {
        if (!isNotYet(error) || Date.parse(this.#timer.now()) >= until) throw error;
        await this.#timer.sleep(pauseMs);
      }
    }
  }

  async #askOnce<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.#session ??= this.#opened();
    const session = this.#session;
    try {
      return await within(
        this.#answerMs,
        session.connected.then(() => question(session.admin)),
      );
    } catch (error) {
      // An answer is no reason to connect anew, but what a client has once heard of topics it would go on to rely on.
      if (error instanceof TimeUp || answersIn(error).length === 0 || isNotYet(error)) this.#discard(session);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const session = this.#session;
    if (session === undefined) return;
    await within(this.#answerMs, session.admin.disconnect()).catch(() => undefined);
    this.#discard(session);
  }

  #opened(): Session {
    const client = this.#connect();
    const admin = client.kafka.admin();
    admin.on(admin.events.REQUEST_TIMEOUT, () => client.cut());
    const connected = admin.connect();
    connected.catch(() => undefined);
    return { client, admin, connected };
  }

  #discard(session: Session): void {
    if (this.#session === session) this.#session = undefined;
    session.client.abandon();
    session.admin.disconnect().catch(() => undefined);
  }
}

export type TopicEnds = readonly { readonly partition: number; readonly low: string; readonly high: string }[];

export const topicExists = async (admin: Admin, topic: string): Promise<boolean> => (await admin.listTopics()).includes(topic);

/** The next offset that the group reads of each partition; -1 where it has not committed any. */
export const committedOffsets = async (admin: Admin, groupId: string, topic: string): Promise<ReadonlyMap<number, number>> => {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(offsets?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
};

/** What lies in the topic after the group's offsets, by partition. */
export const messagesBehind = (ends: TopicEnds, committed: ReadonlyMap<number, number>): ReadonlyMap<number, number> =>
  new Map(
    ends.map(({ partition, low, high }) => {
      const next = Math.max(committed.get(partition) ?? -1, Number(low));
      return [partition, Math.max(0, Number(high) - next)];
    }),
  );
