declare const brand: unique symbol;
export type Brand<T, B extends string> = T & { readonly [brand]: B };

/** ISO 8601 UTC with milliseconds (`2027-05-02T09:00:00.000Z`): the order of the strings is the order in time. */
export type Instant = Brand<string, 'Instant'>;

/** `<Category>-<id>`. A category has no dash, so the first dash separates the two. */
export type StreamName = Brand<string, 'StreamName'>;

/** The place of an event in its stream: 0 is the first, and there are no holes. */
export type StreamVersion = number;

/**
 * A place in one store's global order. Opaque outside its adapter, which pads it to a fixed width: `<` on the strings is
 * the order of the positions, in TypeScript, SQL and MongoDB alike. It may have holes.
 */
export type Position = Brand<string, 'Position'>;

/** Before the first event; sorts before every position. */
export const origin = '' as Position;

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/**
 * Payloads are `type` aliases all the way down: an `interface` may be extended later, has therefore no implicit index
 * signature and is not assignable to `JsonObject`. So no bigint, Date, Map or undefined gets into an event by accident.
 */
export type Message<Type extends string = string, Data extends JsonObject = JsonObject> = {
  readonly type: Type;
  readonly data: Data;
};

/** A fact, named in the past tense. */
export type DomainEvent<T extends string = string, D extends JsonObject = JsonObject> = Message<T, D>;

/** An intention, named in the imperative. The ids and the time that a rule needs arrive in it. */
export type Command<T extends string = string, D extends JsonObject = JsonObject> = Message<T, D>;

/** In the data of a command whose rule depends on time; put there by the edge, never read by a rule. */
export type AtTime = { readonly now: Instant };

/** In the data of a timer's command: one that fires early is refused, a late one is harmless. */
export type ByTimer = { readonly dueAt: Instant; readonly firedAt: Instant };

/** Who, why, and in which conversation. Stored with every event, beside its data. */
export type MessageMetadata = {
  /** How a repeated command is recognised, and how ours is found after a conflict. */
  readonly commandId: string;
  /** Of the request's body: the same id with another body is a misuse, not a repeat. */
  readonly requestHash?: string;
  /** The whole conversation. */
  readonly correlationId: string;
  /** What made the command be sent: a request, or the event that a process reacted to. */
  readonly causationId: string;
  readonly actor: string;
  readonly reason?: string;
  /** Never decreases within a stream, whatever the clock does. */
  readonly occurredAt: Instant;
  readonly traceparent?: string;
};

/** A decoded event together with where, when and why it was stored. */
export interface Recorded<E extends DomainEvent> {
  readonly event: E;
  readonly eventId: string;
  readonly stream: StreamName;
  readonly streamVersion: StreamVersion;
  readonly position: Position;
  readonly metadata: MessageMetadata;
  readonly recordedAt: Instant;
}

export const streamName = (category: string, id: string): StreamName => `${category}-${id}` as StreamName;
export const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'));
/** What follows the category: an order's id for `Order-<id>`. */
export const idOf = (stream: StreamName): string => stream.slice(stream.indexOf('-') + 1);

/** The default of an exhaustive switch: does not compile while a case is missing. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
