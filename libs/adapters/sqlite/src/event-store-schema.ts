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

export const eventColumns = 'e.position, e.version, e.event_id, e.type, e.schema_version, e.recorded_at, e.metadata, e.data';

/** In the order of {@link eventColumns}: rows are read as arrays, which is faster than as objects. */
export type EventRow = readonly [
  position: number,
  version: number,
  eventId: string,
  type: string,
  schemaVersion: number,
  recordedAt: string,
  metadata: string,
  data: string,
];
/** The name of the stream comes last, where it is not known anyway. */
export type FeedRow = readonly [...EventRow, stream: StreamName];

/**
 * One for each page. The events of a command stand together and were written with the same metadata: while the text stays
 * the same it is read once, and they share what it says, as they did when they were appended.
 */
export const eventReader = (): ((row: EventRow | FeedRow, streamName: StreamName) => StoredEvent) => {
  let text = '';
  let shared: MessageMetadata | undefined;
  return ([position, streamVersion, eventId, type, schemaVersion, recordedAt, metadata, data], streamName) => {
    if (shared === undefined || metadata !== text) {
      shared = JSON.parse(metadata) as MessageMetadata;
      text = metadata;
    }
    return Object.freeze({
      eventId,
      type,
      schemaVersion,
      data: JSON.parse(data) as JsonObject,
      metadata: shared,
      streamName,
      streamVersion,
      position: positionOf(position),
      recordedAt: recordedAt as Instant,
    });
  };
};

const positionDigits = 16;
/** What stands before so many digits. */
const leading = Array.from({ length: positionDigits + 1 }, (_, digits) => '0'.repeat(positionDigits - digits));

/** Sixteen digits hold every safe integer. */
export const positionOf = (value: number): Position => {
  if (value === 0) return '' as Position;
  const digits = String(value);
  return `${leading[digits.length] ?? ''}${digits}` as Position;
};

/** The origin is 0: rows begin at 1. */
export const numberOf = (position: Position): number => {
  const value = position === '' ? 0 : Number(position);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a position of this store: ${position}`);
  return value;
};
