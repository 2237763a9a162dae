import type { Instant, JsonObject } from '@conference/kernel';
import type { InboundBatch, InboundMessage, OutgoingMessage } from '@conference/ports';

/** The n-th message of a subject; the key is the subject's unless another is given. */
export const messageOf = (subject: string, sequence: number, change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  messageId: `${subject}/${sequence}`,
  sourceContext: 'contract',
  subject,
  sequence,
  key: subject,
  type: 'contract.SomethingHappened',
  schemaVersion: 1,
  data: { sequence },
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: `correlation of ${subject}`, causationId: `command ${sequence}` },
  ...change,
});

export const messagesOf = (subject: string, from: number, count: number, data?: JsonObject): readonly OutgoingMessage[] =>
  Array.from({ length: count }, (_, n) => messageOf(subject, from + n, data === undefined ? {} : { data }));

/** A message's identity, whatever it is. */
export const idOf = (message: InboundMessage): string => ('undecodable' in message ? `undecodable at ${message.at}` : message.messageId);

/** A handler that remembers, and tells when enough has come. What it does with a batch can be changed. */
export class Recorder {
  readonly batches: InboundBatch[] = [];
  readonly messages: InboundMessage[] = [];
  readonly #waiting: { readonly isEnough: () => boolean; readonly resolve: () => void }[] = [];
  readonly #react: (batch: InboundBatch, n: number) => Promise<void> | void;

  /** `react` is called with the batch and its number from 1 after it was recorded; what it throws is thrown. */
  constructor(react: (batch: InboundBatch, n: number) => Promise<void> | void = () => {}) {
    this.#react = react;
  }

  readonly handle = async (batch: InboundBatch): Promise<void> => {
    this.batches.push(batch);
    this.messages.push(...batch.messages);
    for (const waiting of this.#waiting) if (waiting.isEnough()) waiting.resolve();
    await this.#react(batch, this.batches.length);
  };

  get ids(): readonly string[] {
    return this.messages.map(idOf);
  }

  /** Each message that came, once, sorted. */
  get distinct(): readonly string[] {
    return [...new Set(this.ids)].sort();
  }

  /** The sequences of a subject in the order in which they came. */
  sequencesOf(subject: string): readonly number[] {
    return this.messages.flatMap((message) => ('undecodable' in message || message.subject !== subject ? [] : [message.sequence]));
  }

  until(isEnough: () => boolean): Promise<void> {
    if (isEnough()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isEnough, resolve }));
  }

  /** At least so many different messages. */
  received(count: number): Promise<void> {
    return this.until(() => this.distinct.length >= count);
  }
}
