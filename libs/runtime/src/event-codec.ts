import type { DomainEvent, JsonObject, Recorded } from '@conference/kernel';
import type { EventToAppend, StoredEvent } from '@conference/ports';

/** Lifts the data of version n to version n + 1. Pure. */
export type Upcaster = (data: JsonObject) => JsonObject;

export interface EventSchema<Data extends JsonObject> {
  /** The one written today. */
  readonly version: number;
  /** By the version they lift from; a chain without holes up to `version`. */
  readonly upcasters?: { readonly [from: number]: Upcaster };
  readonly formerNames?: readonly string[];
  /** After the upcasters, and before writing. Throws: a poisoned event is parked, never guessed. */
  readonly parse: (data: JsonObject) => Data;
}
/** One per context: its own events and those it imports. */
export type EventCatalog<E extends DomainEvent> = {
  readonly [T in E['type']]: EventSchema<Extract<E, { readonly type: T }>['data']>;
};

type Encoded = Pick<EventToAppend, 'type' | 'schemaVersion' | 'data'>;

export interface EventDecoder<E extends DomainEvent> {
  /** `undefined`: not of this catalog. Throws for a newer version, and for data that is not what it should be. */
  readonly decode: (stored: Encoded) => E | undefined;
}
export interface EventCodec<E extends DomainEvent> extends EventDecoder<E> {
  /** Throws for data that its own schema refuses: what cannot be read later is not written. */
  readonly encode: (event: E) => Encoded;
}

/** A codec that knows the names of its events, so a reader of some is not held up by what the others hold. */
export interface CatalogCodec<E extends DomainEvent> extends EventCodec<E> {
  /** What an event that was stored under this name is called today. `undefined`: not of this catalog. */
  readonly typeOf: (storedType: string) => E['type'] | undefined;
}

/** For a reader of some of the events: the others are `undefined` to it, and are not looked into. */
export const only = <E extends DomainEvent, T extends E['type']>(
  codec: CatalogCodec<E>,
  ...types: readonly T[]
): EventDecoder<Extract<E, { readonly type: T }>> => {
  const wanted: ReadonlySet<string | undefined> = new Set(types);
  const isWanted = (event: E): event is Extract<E, { readonly type: T }> => wanted.has(event.type);
  return {
    decode: (stored) => {
      const event = wanted.has(codec.typeOf(stored.type)) ? codec.decode(stored) : undefined;
      return event !== undefined && isWanted(event) ? event : undefined;
    },
  };
};

/** An event that the store holds and no code of this release can read. */
export class UndecodableEvent extends Error {
  override readonly name = 'UndecodableEvent';
}

const lift = (name: string, schema: EventSchema<JsonObject>, from: number, data: JsonObject): JsonObject => {
  if (from > schema.version) throw new UndecodableEvent(`${name} has version ${from}, this release knows ${schema.version}`);
  let lifted = data;
  for (let version = from; version < schema.version; version++) {
    const upcaster = schema.upcasters?.[version];
    if (upcaster === undefined) throw new UndecodableEvent(`${name} has no upcaster from version ${version}`);
    lifted = upcaster(lifted);
  }
  return lifted;
};

const parsed = (name: string, schema: EventSchema<JsonObject>, data: JsonObject): JsonObject => {
  try {
    return schema.parse(data);
  } catch (error) {
    throw new UndecodableEvent(`${name} is malformed`, { cause: error });
  }
};

/**
 * The one translation between stored and current events; the same serves store, inbox and replay. Nothing is remembered
 * of what was read: by a compiled schema that takes longer than reading once more, and keeps memory from being freed.
 */
export const eventCodec = <E extends DomainEvent>(catalog: EventCatalog<E>): CatalogCodec<E> => {
  const schemas = new Map<string, readonly [string, EventSchema<JsonObject>]>();
  for (const [name, schema] of Object.entries<EventSchema<JsonObject>>(catalog))
    for (const known of [name, ...(schema.formerNames ?? [])]) schemas.set(known, [name, schema]);

  return {
    // The catalog's type ties each name to its data; a map of strings cannot say so.
    typeOf: (storedType) => schemas.get(storedType)?.[0] as E['type'] | undefined,
    encode: ({ type, data }) => {
      const found = schemas.get(type);
      if (found === undefined) throw new Error(`${type} is not in the catalog`);
      return { type, schemaVersion: found[1].version, data: parsed(type, found[1], data) };
    },
    decode: (stored) => {
      const found = schemas.get(stored.type);
      if (found === undefined) return undefined;
      const [type, schema] = found;
      const data = parsed(type, schema, lift(type, schema, stored.schemaVersion, stored.data));
      return { type, data } as DomainEvent as E;
    },
  };
};

export const recorded = <E extends DomainEvent>(stored: StoredEvent, event: E): Recorded<E> => ({
  event,
  eventId: stored.eventId,
  stream: stored.streamName,
  streamVersion: stored.streamVersion,
  position: stored.position,
  metadata: stored.metadata,
  recordedAt: stored.recordedAt,
});
