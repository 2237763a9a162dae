import type { DomainEvent, StreamName } from '@conference/kernel';
import type {
  EventStore,
  EventToAppend,
  ExpectedVersion,
  InboundBatch,
  OutgoingMessage,
  StoredEvent,
  Timer,
  UndecodableMessage,
} from '@conference/ports';
import { StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { type EventDecoder, UndecodableEvent } from './event-codec.ts';
import { Transient } from './keyed-consumer.ts';
import type { ParkedMessage } from './parking/parked-messages.ts';
import type { Parking } from './parking/parking.ts';
import { uuidv5 } from './uuid.ts';

/** The consumer's name under which inbound messages are parked. */
export const importConsumer = 'import';
const gapWaitMs = 500;

const inboxStream = (context: string, subject: string): StreamName => `${context}Inbox${subject}` as StreamName;
const expectedBefore = (sequence: number): ExpectedVersion => (sequence === 0 ? 'no-stream' : sequence - 1);

const toInbox = (message: OutgoingMessage): EventToAppend => ({
  eventId: message.messageId,
  type: message.type,
  schemaVersion: message.schemaVersion,
  data: message.data,
  metadata: { ...message.metadata, commandId: message.messageId, actor: message.sourceContext, occurredAt: message.occurredAt },
});

/** A gap: an earlier message of the subject has not come. Waited for, then parked; never skipped. */
class Gap extends Error {
  override readonly name = 'Gap';
}
/** Another message has this one's place. */
class SequenceTaken extends Error {
  override readonly name = 'SequenceTaken';
}

const isUndecodable = (message: OutgoingMessage | UndecodableMessage): message is UndecodableMessage => 'undecodable' in message;

const bySubject = (messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] => {
  const groups = new Map<string, OutgoingMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.subject);
    if (group === undefined) groups.set(message.subject, [message]);
    else group.push(message);
  }
  return [...groups.values()];
};

/** Splits where the sequence does not go on: a run is one append. */
const runsOf = (messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] => {
  const runs: OutgoingMessage[][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && message.sequence === last.sequence + 1 && run.length < 100) run.push(message);
    else runs.push([message]);
  }
  return runs;
};

/**
 * The first thing done with an inbound message, and the only thing done from the broker: it becomes an event of our own
 * store, on `<Context>Inbox<Subject>-<id>`, with its id and at its sequence. The store absorbs a repeat and finds a gap;
 * everything else reads only the own store. Returns when the whole batch is in the store or parked.
 */
export const messageImport = <E extends DomainEvent>(options: {
  readonly context: string;
  readonly codec: EventDecoder<E>;
  readonly eventStore: EventStore;
  readonly parking: Parking;
  readonly timer: Timer;
}): { readonly handle: (batch: InboundBatch) => Promise<void> } => {
  const { context, codec, eventStore, parking, timer } = options;

  const readFrom = async (stream: StreamName, from: number, maxCount: number): Promise<readonly StoredEvent[]> => {
    const events: StoredEvent[] = [];
    for await (const page of eventStore.readStream(stream, { from, maxCount })) events.push(...page);
    return events;
  };

  /** After a conflict: what of the run is there already, by its ids. Throws when another message has its place. */
  const withoutKnown = async (stream: StreamName, run: readonly OutgoingMessage[]): Promise<readonly OutgoingMessage[]> => {
    const [first] = run;
    if (first === undefined) return run;
    const known = await readFrom(stream, first.sequence, run.length);
    known.forEach((stored, index) => {
      if (stored.eventId !== run[index]?.messageId) throw new SequenceTaken(`${stream} has another message at ${stored.streamVersion}`);
    });
    return run.slice(known.length);
  };

  const appendRun = async (run: readonly OutgoingMessage[]): Promise<void> => {
    const [first] = run;
    if (first === undefined) return;
    const stream = inboxStream(context, first.subject);
    const expected = expectedBefore(first.sequence);
    const result = await eventStore.append(stream, expected, run.map(toInbox)).catch((error: unknown) => {
      if (error instanceof UnknownOutcome || error instanceof StoreUnavailable)
        throw new Transient('the inbox cannot be written', { cause: error });
      throw error;
    });
    if (result.status === 'appended') return;
    const actual = result.actual === 'no-stream' ? -1 : result.actual;
    if (actual < first.sequence - 1) throw new Gap(`${stream} ends at ${actual}, message ${first.sequence} is too early`);
    await appendRun(await withoutKnown(stream, run));
  };

  const park = (topic: string, message: OutgoingMessage, error: unknown): Promise<void> => {
    const { messageId, subject, sequence, type } = message;
    const content = { kind: 'message', topic, message } as const;
    return parking.parkMessage({ messageId, consumer: importConsumer, subject, sequence, type, content }, error);
  };

  /** One by one, so that those before the trouble get in and those behind it are parked with it. */
  const importEach = async (topic: string, messages: readonly OutgoingMessage[]): Promise<void> => {
    for (const message of messages) {
      try {
        codec.decode(message);
        await appendRun([message]);
      } catch (error) {
        if (error instanceof Transient) throw error;
        await park(topic, message, error);
      }
    }
  };

  const importSubject = async (topic: string, messages: readonly OutgoingMessage[]): Promise<void> => {
    try {
      for (const message of messages) codec.decode(message);
      for (const run of runsOf(messages)) await appendRun(run);
    } catch (error) {
      if (error instanceof Transient) throw error;
      if (error instanceof Gap) await timer.sleep(gapWaitMs);
      await importEach(topic, messages);
    }
  };

  const parkUndecodable = (topic: string, { at, undecodable }: UndecodableMessage): Promise<void> =>
    parking.parkMessage(
      {
        messageId: uuidv5(at),
        consumer: importConsumer,
        // One each: they have no order, and none waits for another.
        subject: `Undecodable-${at}`,
        sequence: 0,
        type: 'undecodable',
        content: { kind: 'undecodable', topic, at },
      },
      // Not what it says: nobody knows whose data it holds.
      new UndecodableEvent(`${undecodable.length} characters that are no message`),
    );

  parking.register(importConsumer, {
    retry: async ({ content }: ParkedMessage) => {
      if (content.kind !== 'message') throw new UndecodableEvent('these bytes will not become a message');
      const message = content.message as OutgoingMessage;
      codec.decode(message);
      await appendRun([message]);
    },
    // The marker needs the place before it to be taken: by the message, or by a marker.
    canSkip: async ({ content }: ParkedMessage) => {
      if (content.kind !== 'message') return true;
      const { subject, sequence } = content.message as OutgoingMessage;
      return sequence === 0 || (await readFrom(inboxStream(context, subject), sequence - 1, 1)).length > 0;
    },
    // A marker in its place, so that what comes behind is no gap.
    skip: async ({ content }: ParkedMessage) => {
      if (content.kind !== 'message') return;
      await appendRun([{ ...(content.message as OutgoingMessage), type: 'Skipped', schemaVersion: 1, data: {} }]).catch(
        (error: unknown) => {
          if (!(error instanceof SequenceTaken)) throw error; // nothing waits behind one whose place is taken
        },
      );
    },
  });

  return {
    handle: async ({ topic, messages }) => {
      const decodable = messages.filter((message): message is OutgoingMessage => !isUndecodable(message));
      await Promise.all([
        ...bySubject(decodable).map((group) => importSubject(topic, group)),
        ...messages.filter(isUndecodable).map((message) => parkUndecodable(topic, message)),
      ]);
    },
  };
};
