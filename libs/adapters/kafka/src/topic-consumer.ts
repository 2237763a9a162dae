import type { InboundBatch, Subscription, Timer } from '@conference/ports';
import { type Administration, committedOffsets, messagesBehind, topicExists } from './administration.ts';
import type { KafkaClient } from './client.ts';
import { isRefusal, oneLine } from './failure.ts';
import { Membership } from './membership.ts';
import { storeOffsets } from './store-offsets.ts';

export interface TopicConsumerOptions {
  readonly connect: () => KafkaClient;
  readonly administration: Administration;
  readonly timer: Timer;
  readonly topic: string;
  readonly group: string;
  readonly from: 'earliest' | 'latest';
  readonly heartbeatMs: number;
  readonly sessionMs: number;
  readonly maxWaitMs: number;
  /** How long it may stand still with messages before it. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly handle: (batch: InboundBatch) => Promise<void>;
  readonly onTrouble: (message: string) => void;
}

const pausesMs = { first: 100, longest: 5_000 };
const topicPollMs = 500;

/**
 * One group's consumer of one topic; a group's offsets of each topic are a Kafka group of their own, so that a topic that
 * does not exist yet holds up no other. An offset is committed only after `handle` resolved. A consumer that crashes, or
 * stands still with messages before it, is made anew, and a topic that is not there yet is waited for.
 */
export class TopicConsumer {
  readonly #options: TopicConsumerOptions;
  readonly #groupId: string;
  #membership: Membership | undefined;
  #state: 'joining' | 'no topic' | 'member' | 'refused' = 'joining';
  #isPaused = false;

  constructor(options: TopicConsumerOptions) {
    this.#options = options;
    this.#groupId = `${options.group}.${options.topic}`;
  }

  health(): ReturnType<Subscription['health']> {
    if (this.#state === 'refused') return 'failed';
    // Nothing is missed of a topic that is not there.
    if (this.#state !== 'no topic' && this.#membership?.isReading !== true) return 'reconnecting';
    return this.#isPaused ? 'paused' : 'consuming';
  }

  pause(): void {
    this.#isPaused = true;
    this.#membership?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#membership?.resume();
  }

  async lag(): Promise<number> {
    const { behind } = await this.#offsets();
    return [...behind.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Stored at once, so that a restart before the first acknowledgement loses nothing. A topic that is not there is read whole. */
  async startAtEnd(): Promise<void> {
    const { administration, connect, topic, from, heartbeatMs, sessionMs } = this.#options;
    if (from === 'earliest' || !(await administration.ask((admin) => topicExists(admin, topic)))) return;
    const { committed, ends } = await this.#offsets();
    if ([...committed.values()].some((offset) => offset >= 0)) return;
    await storeOffsets(connect(), { groupId: this.#groupId, topic, offsets: ends, heartbeatMs, sessionMs });
  }

  async run(): Promise<void> {
    const { signal, timer, topic, onTrouble } = this.#options;
    let pauseMs = pausesMs.first;
    while (!signal.aborted) {
      try {
        await this.#runOnce();
      } catch (error) {
        if (signal.aborted) return;
        if (this.#membership?.hasJoined === true) pauseMs = pausesMs.first;
        this.#state = isRefusal(error) ? 'refused' : 'joining';
        onTrouble(`the consumer of ${topic} is made again in ${pauseMs} ms: ${oneLine(error)}`);
        await timer.sleep(pauseMs, { signal });
        pauseMs = Math.min(pauseMs * 2, pausesMs.longest);
      }
    }
  }

  async #runOnce(): Promise<void> {
    const { administration, timer, topic, signal } = this.#options;
    this.#membership = undefined;
    if (!(await administration.ask((admin) => topicExists(admin, topic)))) {
      this.#state = 'no topic';
      await timer.sleep(topicPollMs, { signal });
      return;
    }
    this.#state = 'member';
    const membership = new Membership({
      ...this.#options,
      client: this.#options.connect(),
      groupId: this.#groupId,
      isPaused: () => this.#isPaused,
    });
    this.#membership = membership;
    const over = new AbortController();
    const watching = this.#watch(membership, over.signal);
    try {
      await membership.run();
    } finally {
      over.abort();
      await watching;
    }
  }

  /** Fails a member that handles nothing, and has committed nothing since it was looked at last, with messages before it. */
  async #watch(membership: Membership, over: AbortSignal): Promise<void> {
    const { timer, silenceMs, topic } = this.#options;
    let before: string | undefined;
    for (;;) {
      await timer.sleep(silenceMs, { signal: over });
      if (over.aborted) return;
      // Without an answer the brokers are away, which the member notices by itself.
      const offsets = await this.#offsets().catch(() => undefined);
      const isAway = offsets === undefined || this.#isPaused || membership.isBusy;
      const own = isAway ? [] : (membership.partitions ?? [...offsets.behind.keys()]);
      const count = own.reduce((sum, partition) => sum + (offsets?.behind.get(partition) ?? 0), 0);
      const now = count === 0 ? undefined : JSON.stringify(own.map((partition) => [partition, offsets?.committed.get(partition)]));
      if (now !== undefined && now === before) membership.fail(new Error(`it stands still with ${count} messages of ${topic} before it`));
      before = now;
    }
  }

  /** Nothing of a topic that is not there. */
  async #offsets() {
    const { administration, topic } = this.#options;
    return administration.ask(async (admin) => {
      const ends = (await topicExists(admin, topic)) ? await admin.fetchTopicOffsets(topic) : [];
      const committed = ends.length > 0 ? await committedOffsets(admin, this.#groupId, topic) : new Map<number, number>();
      return { ends, committed, behind: messagesBehind(ends, committed) };
    });
  }
}
