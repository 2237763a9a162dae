import type { Instant, Position } from '@conference/kernel';
import { origin, streamName } from '@conference/kernel';
import type { EventStore, IdGenerator, Random, StoredEvent, Timer } from '@conference/ports';
import { commandHandler } from '../command-handler.ts';
import type { CommandOutcome } from '../command-outcome.ts';
import { isTransient, type ParkingLot, Transient } from '../keyed-consumer.ts';
import type { Log } from '../log.ts';
import { uuidv5 } from '../uuid.ts';
import {
  type ParkedMessage,
  type ParkedMessages,
  type ParkedMessagesCommand,
  type ParkedMessagesRefusal,
  parkedMessages,
  parkedMessagesCodec,
} from './parked-messages.ts';

/** Tries what was parked once more. Throws when it still does not work. */
export interface Redriver {
  retry(message: ParkedMessage): Promise<void>;
  /** Whether it can be skipped now: a skip is for ever, and what waits behind must find its place. Default: always. */
  canSkip?(message: ParkedMessage): Promise<boolean>;
  /** Makes room for what waits behind. */
  skip(message: ParkedMessage): Promise<void>;
}

export type ParkingOutcome = CommandOutcome<ParkedMessages, ParkedMessagesRefusal>;

export interface Parking extends ParkingLot {
  /** The category of its streams. */
  readonly category: string;
  parkMessage(message: Omit<ParkedMessage, 'id' | 'error'> & { readonly messageId: string }, error: unknown): Promise<void>;
  /** By the operator. A skip is refused with `predecessor-missing` while its place in the stream is not the next one. */
  retry(subject: string, id: string, actor: string): Promise<ParkingOutcome>;
  skip(subject: string, id: string, reason: string, actor: string): Promise<ParkingOutcome>;
  register(consumer: string, redriver: Redriver): void;
  /**
   * Reads what is parked, for all consumers or for one: before they start, and again whenever a lease is won, since the
   * instance that had it may have parked more. A decision that `follow` has not carried out yet, as its checkpoint says,
   * still has its subject wait.
   */
  restore(followedUpTo: Position, consumer?: string): Promise<void>;
  /** Follows the own streams: carries out what was decided. */
  follow(stored: StoredEvent): Promise<void>;
}

/** More than a subject will ever have parked, retried and skipped. */
const parkedEventsMax = 1_000_000;

/** The message of an error, without the data that schemas like to quote. */
const reasonOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 300);

const messageFrom = (consumer: string, stored: StoredEvent, error: unknown): ParkedMessage => ({
  id: uuidv5(stored.eventId, consumer),
  consumer,
  subject: stored.streamName,
  sequence: stored.streamVersion,
  type: stored.type,
  content: { kind: 'event', streamName: stored.streamName, streamVersion: stored.streamVersion },
  error: reasonOf(error),
});

export const parking = (options: {
  /** In Pascal case: `Registration`. */
  readonly context: string;
  readonly eventStore: EventStore;
  readonly timer: Timer;
  readonly ids: IdGenerator;
  readonly random: Random;
  readonly log: Log;
}): Parking => {
  const { eventStore, timer, ids, random, log } = options;
  const category = `${options.context}Parked`;
  const redrivers = new Map<string, Redriver>();
  /** By consumer and subject: the parked ones by sequence. */
  const parked = new Map<string, Map<string, ParkedMessage>>();
  /** What stands in the log, up to where it was read: parked, and what was decided about it since. */
  const known = new Map<string, { readonly message: ParkedMessage; readonly decision?: StoredEvent }>();
  let readUpTo: Position = origin;
  let reading: Promise<void> = Promise.resolve();
  /** Decisions that were carried out by this instance: its checkpoint lags behind. */
  const carriedOut = new Set<string>();
  const keyOf = (consumer: string, subject: string): string => `${consumer} ${subject}`;

  const handle = commandHandler({
    decider: parkedMessages,
    codec: parkedMessagesCodec,
    streamOf: ({ data }) => streamName(category, data.subject),
    eventStore,
    timer,
    retry: { withinMs: 10_000, random },
    log,
    cacheBytes: 1024 * 1024,
  });
  const send = (command: ParkedMessagesCommand, actor: string): Promise<ParkingOutcome> => {
    const commandId = ids.next();
    return handle(command, { commandId, correlationId: commandId, causationId: commandId, actor });
  };

  const remember = (message: ParkedMessage): void => {
    const key = keyOf(message.consumer, message.subject);
    const held = parked.get(key) ?? new Map<string, ParkedMessage>();
    held.set(message.id, message);
    parked.set(key, held);
  };
  const forget = (id: string): ParkedMessage | undefined => {
    for (const [key, held] of parked) {
      const message = held.get(id);
      if (message === undefined) continue;
      held.delete(id);
      if (held.size === 0) parked.delete(key);
      return message;
    }
    return undefined;
  };

  const store = async (message: ParkedMessage): Promise<void> => {
    const now: Instant = timer.now();
    const outcome = await send({ type: 'ParkMessage', data: { ...message, now } }, `consumer:${message.consumer}`);
    if (outcome.status === 'busy') throw new Transient('parking is busy');
    // One that was skipped and comes again, after a crash, stays skipped and holds up nobody.
    if ('state' in outcome && outcome.state.get(message.id)?.status === 'parked') remember(message);
  };

  const nextOf = (message: ParkedMessage): ParkedMessage | undefined =>
    [...(parked.get(keyOf(message.consumer, message.subject))?.values() ?? [])].sort((a, b) => a.sequence - b.sequence)[0];

  /** Retried or skipped: what waits behind it is tried next, in order. */
  const goOn = async (message: ParkedMessage): Promise<void> => {
    const next = nextOf(message);
    if (next === undefined) return;
    const outcome = await send({ type: 'RetryMessage', data: { subject: next.subject, id: next.id } }, `consumer:${next.consumer}`);
    if (outcome.status === 'busy') throw new Transient('parking is busy');
  };

  const readTail = async (): Promise<void> => {
    const stop = new AbortController();
    for await (const batch of eventStore.subscribeToAll({ after: readUpTo, categories: [category], signal: stop.signal })) {
      for (const stored of batch.events) {
        const event = parkedMessagesCodec.decode(stored);
        if (event === undefined) continue;
        if (event.type === 'MessageParked') {
          const { attempts: _, parkedAt: __, ...message } = event.data;
          known.set(message.id, { message });
          continue;
        }
        const found = known.get(event.data.id);
        if (found !== undefined) known.set(event.data.id, { message: found.message, decision: stored });
      }
      readUpTo = batch.position;
      if (batch.caughtUp) stop.abort();
    }
  };
  /** One after the other: each goes on where the last one ended. */
  const readLog = (): Promise<void> => {
    reading = reading.catch(() => {}).then(readTail);
    return reading;
  };

  const restore: Parking['restore'] = async (followedUpTo, consumer) => {
    await readLog();
    for (const [id, { message, decision }] of known) {
      if (decision !== undefined && (decision.position <= followedUpTo || carriedOut.has(decision.eventId))) {
        forget(id);
        known.delete(id);
        carriedOut.delete(decision.eventId);
      } else if (consumer === undefined || message.consumer === consumer) remember(message);
    }
  };

  const skip: Parking['skip'] = async (subject, id, reason, actor) => {
    const entry = (await handle.stateAt(streamName(category, subject), parkedEventsMax)).get(id);
    const canSkip = entry?.status !== 'parked' || ((await redrivers.get(entry.message.consumer)?.canSkip?.(entry.message)) ?? true);
    if (!canSkip) return { status: 'rejected', reason: { code: 'predecessor-missing' } };
    return send({ type: 'SkipMessage', data: { subject, id, reason } }, actor);
  };

  return {
    category,
    isParked: (consumer, subject) => parked.has(keyOf(consumer, subject)),
    park: (consumer, stored, error) => store(messageFrom(consumer, stored, error)),
    parkBehind: async (consumer, stored) => {
      const message = messageFrom(consumer, stored, new Error('an earlier one of its subject is parked'));
      await store(message);
      // The earlier one may be through by now, and has seen nobody behind it.
      if (nextOf(message)?.id === message.id) await goOn(message);
    },
    parkMessage: ({ messageId, ...message }, error) =>
      store({ ...message, id: uuidv5(messageId, message.consumer), error: reasonOf(error) }),
    retry: (subject, id, actor) => send({ type: 'RetryMessage', data: { subject, id } }, actor),
    skip,
    register: (consumer, redriver) => void redrivers.set(consumer, redriver),
    restore,
    follow: async (stored) => {
      const event = parkedMessagesCodec.decode(stored);
      if (event === undefined || event.type === 'MessageParked') return;
      const message = await messageOf(eventStore, stored, event.data.id);
      const redriver = message && redrivers.get(message.consumer);
      if (message === undefined || redriver === undefined) return;
      try {
        if (event.type === 'MessageSkipped') await redriver.skip(message);
        else await redriver.retry(message);
      } catch (error) {
        if (isTransient(error)) throw error;
        await store({ ...message, error: reasonOf(error) });
        return;
      }
      carriedOut.add(stored.eventId);
      forget(message.id);
      await goOn(message);
    },
  };
};

/** The message as it was parked last, from the subject's own stream. */
const messageOf = async (eventStore: EventStore, stored: StoredEvent, id: string): Promise<ParkedMessage | undefined> => {
  let found: ParkedMessage | undefined;
  for await (const page of eventStore.readStream(stored.streamName, { maxCount: stored.streamVersion + 1 })) {
    for (const earlier of page) {
      const event = parkedMessagesCodec.decode(earlier);
      if (event?.type !== 'MessageParked' || event.data.id !== id) continue;
      const { attempts: _, parkedAt: __, ...message } = event.data;
      found = message;
    }
  }
  return found;
};
