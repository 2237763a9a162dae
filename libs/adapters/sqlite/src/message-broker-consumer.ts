import { setImmediate } from 'node:timers/promises';
import { decodeMessage, type InboundBatch, type Timer } from '@conference/ports';
import { becomeActive } from './message-broker-membership.ts';
import type { GroupOffsets } from './message-broker-offsets.ts';
import type { TopicReader, TopicRecord } from './message-broker-topic.ts';

export interface ConsumerOptions {
  readonly topic: string;
  readonly group: string;
  readonly reader: TopicReader;
  readonly offsets: GroupOffsets;
  readonly timer: Timer;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly handle: (batch: InboundBatch) => Promise<void>;
}

export const batchMessagesMax = 200;
const retryDelayMsMin = 100;
const retryDelayMsMax = 5_000;
/** Polls without a message after which it is looked whether the file is still the same one. */
const idlePollsPerIdentityCheck = 50;

/** One topic of a subscription: reads, hands over, acknowledges, one batch after the other. */
export class TopicConsumer {
  readonly #options: ConsumerOptions;
  #resumed: PromiseWithResolvers<void> | undefined;
  #failures = 0;
  #idlePolls = 0;
  #isReading = true;
  #hasEnded = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#resumed?.resolve(), { once: true });
  }

  /** Whether the file could be read at the last attempt; one that is not there yet can. */
  get isReading(): boolean {
    return this.#isReading;
  }

  pause(): void {
    if (!this.#options.signal.aborted) this.#resumed ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  lag(): number {
    const { reader, offsets, group, topic } = this.#options;
    const bounds = reader.bounds();
    if (this.#hasEnded) reader.close();
    if (bounds === undefined) return 0;
    return Math.max(0, bounds.last - Math.max(offsets.acknowledged(group, topic, bounds.id), bounds.first - 1));
  }

  /** Until the signal, and then until the batch in hand is acknowledged. */
  async run(): Promise<void> {
    const { offsets, group, topic, signal, reader } = this.#options;
    const leave = await becomeActive(`${offsets.path}\n${group}\n${topic}`, signal);
    try {
      while (!signal.aborted) await this.#step();
    } finally {
      leave();
      this.#hasEnded = true;
      reader.close();
    }
  }

  async #step(): Promise<void> {
    const { signal, timer, pollMs } = this.#options;
    if (this.#resumed !== undefined) return this.#resumed.promise;
    const records = await this.#next();
    if (records === undefined || signal.aborted) return;
    if (records.length === 0) return timer.sleep(pollMs, { signal });
    await this.#deliver(records);
    // A backlog is worked off without a pause, but not without letting others have the thread.
    await setImmediate();
  }

  async #next(): Promise<readonly TopicRecord[] | undefined> {
    const { reader, offsets, group, topic } = this.#options;
    try {
      if (this.#idlePolls >= idlePollsPerIdentityCheck) {
        this.#idlePolls = 0;
        reader.closeIfReplaced();
      }
      const id = reader.id();
      const records = id === undefined ? [] : reader.next(offsets.acknowledged(group, topic, id), batchMessagesMax);
      this.#idlePolls = records.length === 0 ? this.#idlePolls + 1 : 0;
      if (!this.#isReading) this.#failures = 0;
      this.#isReading = true;
      return records;
    } catch {
      // The disk's trouble, or the publisher is just making or recovering the file: open it again.
      this.#isReading = false;
      reader.close();
      await this.#pauseBeforeRetry();
      return undefined;
    }
  }

  /** The same batch until it is handled and acknowledged; never skipped. */
  async #deliver(records: readonly TopicRecord[]): Promise<void> {
    const { topic, group, handle, offsets, reader, signal } = this.#options;
    const topicId = reader.id() ?? '';
    const offset = records.at(-1)?.offset ?? 0;
    const messages = records.map((record) => decodeMessage(record.text, `${topic}/0/${record.offset}`));
    do {
      try {
        await handle({ topic, messages });
        offsets.set(group, topic, { topicId, offset });
        this.#failures = 0;
        return;
      } catch {
        // Whatever went wrong is the handler's to report; here it only means: not acknowledged.
        await this.#pauseBeforeRetry();
        await this.#resumed?.promise;
      }
    } while (!signal.aborted);
  }

  async #pauseBeforeRetry(): Promise<void> {
    const { timer, signal } = this.#options;
    const delay = Math.min(retryDelayMsMin * 2 ** Math.min(this.#failures, 20), retryDelayMsMax);
    this.#failures += 1;
    await timer.sleep(delay, { signal });
  }
}
