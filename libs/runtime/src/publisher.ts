import type { DomainEvent, JsonObject, Recorded, StreamName } from '@conference/kernel';
import type { EventStore, MessageBroker, OutgoingMessage, Random, StoredEvent, Timer } from '@conference/ports';
import type { Checkpoint } from './checkpoints.ts';
import { type EventDecoder, recorded } from './event-codec.ts';
import type { FeedConsumer } from './feed.ts';
import type { Log } from './log.ts';
import { noPressure, type Pressure } from './pressure.ts';
import { untilDone } from './retry.ts';

/** The public form of an event: another type, another version, no secrets. */
export type PublicForm = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };

/** Where a published stream's events go, and in which form. */
export interface Publication<E extends DomainEvent> {
  readonly topic: string;
  readonly categories: readonly string[];
  /** For partitioning: messages of one key stay in order. */
  readonly keyOf: (recorded: Recorded<E>) => string;
  /** Every event yields exactly one message: its public form or the marker `NotPublished`. So `sequence` has no holes. */
  readonly publicForm: (recorded: Recorded<E>) => PublicForm;
}

export interface Publisher extends FeedConsumer {
  /** A subject's messages once more, with the same ids and sequences; receivers absorb what they have. False: no such subject. */
  republish(subject: string): Promise<boolean>;
  publishAgain(events: readonly StoredEvent[]): Promise<void>;
}

/** Two for each event of the last batch, so that little is late when little happens. */
const lingerMsAnEvent = 2;
const lingerMsMax = 100;
const lingerUnderPressureMs = 500;

/**
 * The event store is the outbox: one batch in flight, in order, then the checkpoint. A crash in between publishes some
 * messages twice, with the same ids.
 */
export const publisher = <E extends DomainEvent>(options: {
  readonly sourceContext: string;
  readonly publications: readonly Publication<E>[];
  readonly codec: EventDecoder<E>;
  readonly eventStore: EventStore;
  readonly broker: MessageBroker;
  readonly checkpoint: Checkpoint;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly pressure?: Pressure;
}): Publisher => {
  const { sourceContext, codec, eventStore, broker, checkpoint, timer, random, log, signal, pressure = noPressure } = options;
  const byCategory = new Map(
    options.publications.flatMap((publication) => publication.categories.map((category) => [category, publication] as const)),
  );
  let saved: Awaited<ReturnType<Checkpoint['load']>>;

  const publicationOf = (stream: string): Publication<E> | undefined => byCategory.get(stream.slice(0, stream.indexOf('-')));

  const toMessage = (publication: Publication<E>, stored: StoredEvent): OutgoingMessage => {
    const event = codec.decode(stored);
    if (event === undefined) throw new Error(`${stored.streamName} is published and holds ${stored.type}, which is not in the catalog`);
    const of = recorded(stored, event);
    const { correlationId, causationId, traceparent } = stored.metadata;
    return {
      messageId: stored.eventId,
      sourceContext,
      subject: stored.streamName,
      sequence: stored.streamVersion,
      key: publication.keyOf(of),
      ...publication.publicForm(of),
      occurredAt: stored.metadata.occurredAt,
      metadata: { correlationId, causationId, ...(traceparent === undefined ? {} : { traceparent }) },
    };
  };

  const publishAll = async (events: readonly StoredEvent[]): Promise<void> => {
    const byTopic = new Map<string, OutgoingMessage[]>();
    for (const stored of events) {
      const publication = publicationOf(stored.streamName);
      if (publication === undefined) continue;
      const messages = byTopic.get(publication.topic) ?? [];
      messages.push(toMessage(publication, stored));
      byTopic.set(publication.topic, messages);
    }
    for (const [topic, messages] of byTopic) await broker.publish(topic, messages);
  };

  return {
    name: 'publisher',
    categories: [...byCategory.keys()],
    checkpoint: async () => {
      saved = await checkpoint.load();
      return saved;
    },
    handle: async (batch) => {
      if (batch.events.length === 0) return;
      const onError = (error: unknown, attempt: number): void =>
        log.warn({ err: error, attempt }, 'publishing failed, sending the same again');
      await untilDone(() => publishAll(batch.events), { timer, random, signal, onError });
      await checkpoint.save(saved, batch.position);
      saved = batch.position;
    },
    // What happens meanwhile goes out together, with one sync of the broker's disk instead of many.
    linger: async ({ events }) => {
      if (events.length > 0)
        await timer.sleep(pressure.isHigh() ? lingerUnderPressureMs : Math.min(lingerMsMax, events.length * lingerMsAnEvent), { signal });
    },
    publishAgain: publishAll,
    republish: async (subject) => {
      if (publicationOf(subject) === undefined) return false;
      let found = false;
      for await (const page of eventStore.readStream(subject as StreamName)) {
        found = true;
        await publishAll(page);
      }
      return found;
    },
  };
};
