import { type DomainEvent, type JsonObject, origin, type Position, type Recorded, type StreamName } from '@conference/kernel';
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
  /** How far it has come, and what it cannot get over: an event that has no public form. */
  status(): { readonly position: Position; readonly problem: string | undefined };
  /** A subject's messages once more, with the same ids and sequences; receivers absorb what they have. False: no such subject. */
  republish(subject: string): Promise<boolean>;
  publishAgain(events: readonly StoredEvent[]): Promise<void>;
}

/** Two for each event of the last batch, so that little is late when little happens. */
const lingerMsAnEvent = 2;
const lingerMsMax = 100;
const lingerUnderPressureMs = 1_500;

/** A line in the log for each step of the backoff, and about one a minute when the wait is at its longest. */
const isToldOf = (attempt: number): boolean => attempt < 9 || attempt % 12 === 0;

/** An event that cannot be told in public. Nothing behind it is published before it is: a sequence has no holes. */
class NoPublicForm extends Error {
  override readonly name = 'NoPublicForm';
}

/**
 * The event store is the outbox: one batch in flight, in order, then the checkpoint. A crash in between publishes some
 * messages twice, with the same ids. An event without a public form is never passed: it is read from the store again and again
 * until it (or, after a restart, the code) is mended, and `status` says so meanwhile.
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
  let saved: Position = origin;
  let position: Position = origin;
  let problem: string | undefined;

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

  /** What goes to each topic, up to the first event that has no public form. */
  const messagesOf = (events: readonly StoredEvent[]) => {
    const byTopic = new Map<string, OutgoingMessage[]>();
    for (const [index, stored] of events.entries()) {
      const publication = publicationOf(stored.streamName);
      if (publication === undefined) continue;
      try {
        const message = toMessage(publication, stored);
        const messages = byTopic.get(publication.topic);
        if (messages === undefined) byTopic.set(publication.topic, [message]);
        else messages.push(message);
      } catch (error) {
        return { byTopic, stuckAt: { index, stored, error } };
      }
    }
    return { byTopic, stuckAt: undefined };
  };

  const send = async (byTopic: ReadonlyMap<string, readonly OutgoingMessage[]>): Promise<void> => {
    for (const [topic, messages] of byTopic) await broker.publish(topic, messages);
  };

  const noPublicForm = ({ streamName, streamVersion, type }: StoredEvent, cause: unknown): NoPublicForm =>
    new NoPublicForm(`${type} at ${streamName}@${streamVersion} has no public form`, { cause });

  const publishAll = async (events: readonly StoredEvent[]): Promise<void> => {
    const { byTopic, stuckAt } = messagesOf(events);
    if (stuckAt !== undefined) throw noPublicForm(stuckAt.stored, stuckAt.error);
    await send(byTopic);
  };

  /** As it is in the store now: somebody may have mended it. */
  const readAgain = async (stored: StoredEvent): Promise<StoredEvent> => {
    for await (const page of eventStore.readStream(stored.streamName, { from: stored.streamVersion, maxCount: 1 }))
      for (const found of page) return found;
    return stored;
  };

  /** Tells when all is sent. Of a batch with an event that has no public form, what stands before it is sent at once. */
  const sending = (events: readonly StoredEvent[]): (() => Promise<void>) => {
    let left = events;
    return async () => {
      const [first, ...others] = left;
      if (first !== undefined && problem !== undefined) left = [await readAgain(first), ...others];
      const { byTopic, stuckAt } = messagesOf(left);
      await send(byTopic);
      problem = undefined;
      if (stuckAt === undefined) return;
      position = left[stuckAt.index - 1]?.position ?? position;
      left = left.slice(stuckAt.index);
      const error = noPublicForm(stuckAt.stored, stuckAt.error);
      problem = error.message;
      throw error;
    };
  };

  return {
    name: 'publisher',
    categories: [...byCategory.keys()],
    checkpoint: async () => {
      saved = await checkpoint.load();
      position = saved;
      return saved;
    },
    handle: async (batch) => {
      if (batch.events.length > 0) {
        const onError = (error: unknown, attempt: number): void => {
          if (isToldOf(attempt)) log.warn({ err: error, attempt }, 'publishing failed, sending the same again');
        };
        await untilDone(sending(batch.events), { timer, random, signal, onError });
        await checkpoint.save(saved, batch.position);
        saved = batch.position;
      }
      position = batch.position;
    },
    // What happens meanwhile goes out together, with one sync of the broker's disk instead of many.
    linger: async ({ events, caughtUp }) => {
      if (events.length === 0) return;
      const restMs = caughtUp ? Math.min(lingerMsMax, events.length * lingerMsAnEvent) : 0; // with a backlog they have gathered
      await timer.sleep(pressure.isHigh() ? lingerUnderPressureMs : restMs, { signal });
    },
    status: () => ({ position, problem }),
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
