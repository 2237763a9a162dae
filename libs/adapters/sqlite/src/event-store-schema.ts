import type { DatabaseSync } from 'node:sqlite';
import type { Instant, JsonObject, MessageMetadata, Position, StreamName } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';

const schemaVersion = 1;

/**
 * Names of streams and categories are written once and referred to by number, so an index entry takes about ten bytes.
 * The index by category ends with the row's number, which is the position. Event ids need no index: a repeat is looked
 * for at the one place where it can be.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    version INTEGER NOT NULL,
    category INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    metadata TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, version);
  CREATE INDEX IF NOT EXISTS events_by_category ON events (category);
  CREATE TABLE IF NOT EXISTS snapshots (
    id INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    fold_version INTEGER NOT NULL,
    stream_version INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS snapshots_by_stream ON snapshots (stream);
  CREATE TABLE IF NOT EXISTS snapshot_chunks (
    snapshot INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (snapshot, chunk)
  ) STRICT;
`;

/** Creates what is missing. Throws when the file was written by a later version of this program. */
export const prepareEventStoreSchema = (database: DatabaseSync): void => {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found > schemaVersion) throw new Error(`the event store has schema version ${found}; this program knows ${schemaVersion}`);
  if (found === schemaVersion) return;
  database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
};

export const eventColumns =
  'e.position, s.name AS stream, e.version, e.event_id, e.type, e.schema_version, e.recorded_at, e.metadata, e.data';
export const eventTables = 'events e JOIN streams s ON s.id = e.stream';

/** In the order of {@link eventColumns}: rows are read as arrays, which is faster than as objects. */
export type EventRow = readonly [
  position: number,
  stream: string,
  version: number,
  eventId: string,
  type: string,
  schemaVersion: number,
  recordedAt: string,
  metadata: string,
  data: string,
];

export const storedEventOf = (row: EventRow): StoredEvent => {
  const [position, stream, version, eventId, type, schemaVersion, recordedAt, metadata, data] = row;
  return {
    eventId,
    type,
    schemaVersion,
    data: JSON.parse(data) as JsonObject,
    metadata: JSON.parse(metadata) as MessageMetadata,
    streamName: stream as StreamName,
    streamVersion: version,
    position: positionOf(position),
    recordedAt: recordedAt as Instant,
  };
};

const positionDigits = 16;

/** Sixteen digits hold every safe integer. */
export const positionOf = (value: number): Position => (value === 0 ? '' : String(value).padStart(positionDigits, '0')) as Position;

/** The origin is 0: rows begin at 1. */
export const numberOf = (position: Position): number => {
  const value = position === '' ? 0 : Number(position);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a position of this store: ${position}`);
  return value;
};
