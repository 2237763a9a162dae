import type { Command, Decider, DomainEvent, Instant, JsonObject, PersistentMap, Projection } from '@conference/kernel';
import { collection, persistentMap, reject, unreachable } from '@conference/kernel';
import { type EventCodec, UndecodableEvent } from '../event-codec.ts';

/** What was parked: an event of the own store (by its place), a message from the broker, or bytes that are none. */
export type ParkedSubject =
  | { readonly kind: 'event'; readonly streamName: string; readonly streamVersion: number }
  | { readonly kind: 'message'; readonly topic: string; readonly message: JsonObject }
  | { readonly kind: 'undecodable'; readonly topic: string; readonly at: string };

export type ParkedMessage = {
  readonly id: string;
  /** Who could not handle it. */
  readonly consumer: string;
  /** The stream it belongs to: later ones of it wait behind. */
  readonly subject: string;
  readonly sequence: number;
  readonly type: string;
  readonly content: ParkedSubject;
  readonly error: string;
};

// STORAGE CONTRACT: names and shapes here are what lies in the event store.
export type ParkedMessagesEvent =
  | DomainEvent<'MessageParked', ParkedMessage & { readonly attempts: number; readonly parkedAt: Instant }>
  | DomainEvent<'MessageRetried', { readonly id: string }>
  | DomainEvent<'MessageSkipped', { readonly id: string; readonly reason: string }>;

export type ParkedMessagesCommand =
  | Command<'ParkMessage', ParkedMessage & { readonly now: Instant }>
  | Command<'RetryMessage', { readonly subject: string; readonly id: string }>
  | Command<'SkipMessage', { readonly subject: string; readonly id: string; readonly reason: string }>;
export type ParkedMessagesRefusal =
  | { readonly code: 'not-parked' }
  /** Of a skip: an earlier message of the subject has neither come nor been skipped, so that this one has no place yet. */
  | { readonly code: 'predecessor-missing' };

type Status = 'parked' | 'retried' | 'skipped';
export type ParkedEntry = { readonly message: ParkedMessage; readonly attempts: number; readonly status: Status };
export type ParkedMessages = PersistentMap<ParkedEntry>;

const withStatus = (state: ParkedMessages, id: string, status: Status): ParkedMessages => {
  const entry = state.get(id);
  return entry === undefined ? state : state.set(id, { ...entry, status });
};

/** One stream a subject. What an operator does is an event, so it survives the loss of every read model. */
export const parkedMessages: Decider<ParkedMessages, ParkedMessagesCommand, ParkedMessagesEvent, ParkedMessagesRefusal> = {
  initialState: persistentMap(),
  decide: (command, state) => {
    const entry = state.get(command.data.id);
    switch (command.type) {
      case 'ParkMessage': {
        if (entry?.status === 'parked' || entry?.status === 'skipped') return [];
        const { now, ...message } = command.data;
        return [{ type: 'MessageParked', data: { ...message, attempts: (entry?.attempts ?? 0) + 1, parkedAt: now } }];
      }
      case 'RetryMessage':
        if (entry?.status !== 'parked') return reject({ code: 'not-parked' });
        return [{ type: 'MessageRetried', data: { id: command.data.id } }];
      case 'SkipMessage':
        if (entry?.status !== 'parked') return reject({ code: 'not-parked' });
        return [{ type: 'MessageSkipped', data: { id: command.data.id, reason: command.data.reason } }];
      default:
        return unreachable(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'MessageParked': {
        const { attempts, parkedAt: _, ...message } = event.data;
        return state.set(message.id, { message, attempts, status: 'parked' });
      }
      case 'MessageRetried':
        return withStatus(state, event.data.id, 'retried');
      case 'MessageSkipped':
        return withStatus(state, event.data.id, 'skipped');
      default:
        return unreachable(event);
    }
  },
};

const required: { readonly [T in ParkedMessagesEvent['type']]: readonly string[] } = {
  MessageParked: ['id', 'consumer', 'subject', 'sequence', 'content', 'error', 'attempts', 'parkedAt'],
  MessageRetried: ['id'],
  MessageSkipped: ['id', 'reason'],
};
const isParkedType = (type: string): type is ParkedMessagesEvent['type'] => type in required;

export const parkedMessagesCodec: EventCodec<ParkedMessagesEvent> = {
  encode: ({ type, data }) => ({ type, schemaVersion: 1, data }),
  decode: ({ type, schemaVersion, data }) => {
    if (!isParkedType(type)) return undefined;
    if (schemaVersion !== 1 || required[type].some((field) => !(field in data))) throw new UndecodableEvent(`${type} is malformed`);
    return { type, data } as ParkedMessagesEvent;
  },
};

/** What the operator sees; no contents, they may hold personal data. */
export type ParkedMessageDocument = {
  readonly id: string;
  readonly consumer: string;
  readonly subject: string;
  readonly sequence: number;
  readonly type: string;
  readonly kind: ParkedSubject['kind'];
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: Instant;
};

export const parkedMessagesCollection = collection<ParkedMessageDocument>()({
  name: 'parked-messages',
  version: 1,
  indexes: { byTime: ['parkedAt'] },
});

export const parkedMessagesProjection = (category: string): Projection<ParkedMessageDocument, ParkedMessagesEvent> => ({
  collection: parkedMessagesCollection,
  categories: [category],
  idsOf: ({ event }) => [event.data.id],
  evolve: (_, { event }) => {
    if (event.type !== 'MessageParked') return undefined;
    const { content, ...shown } = event.data;
    return { ...shown, kind: content.kind };
  },
});
