import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { categoryOf, type Instant, type StreamName } from '@conference/kernel';
import type { AppendResult, StoredEvent } from '@conference/ports';
import { expectedVersionOf, type PreparedAppend } from './event-store-append.ts';
import { type EventRow, eventColumns, eventReader, type FeedRow, positionOf } from './event-store-schema.ts';
import { lastUsedCache } from './last-used-cache.ts';
import { inTransaction } from './transaction.ts';

export interface Committed {
  /** One for each append, in their order. */
  readonly results: readonly AppendResult[];
  /** What is new, in the order of the positions, which have no holes. */
  readonly events: readonly CommittedEvent[];
}
export interface CommittedEvent {
  readonly event: StoredEvent;
  readonly category: string;
  readonly bytes: number;
}

export interface ReadVersions {
  readonly from: number;
  readonly direction: 'forwards' | 'backwards';
  readonly count: number;
}

/** The tables of the events, one caller at a time: everything here is synchronous. */
export interface EventLog {
  /**
   * Writes each append on its own terms - one in conflict leaves the others alone - and commits once. Two appends to one
   * stream behave as if they had come one after the other. Throws `StoreUnavailable` or `UnknownOutcome`, for all.
   */
  commit(appends: readonly PreparedAppend[], recordedAt: Instant): Committed;
  /** One read of the file, made into events a few at a time: those that were looked at are garbage before the next are made. */
  readStream(stream: StreamName, versions: ReadVersions): Iterable<readonly StoredEvent[]>;
  /** At most `count` events after a position, in its order. `categories` narrows, when there. */
  readAll(after: number, categories: readonly string[] | undefined, count: number): readonly StoredEvent[];
  /** Position of the last event; 0 when there is none. */
  head(): number;
}

/** The last version of so many streams is known without asking; about 150 bytes each. */
const knownStreamsMax = 10_000;
/** A stream that is about to begin is looked for before its first append: what was not found need not be asked for again. */
const absentStreamsMax = 5_000;

/**
 * Of the events of one read so many are there at a time. What lives when the young generation is collected is copied, and
 * promoted: ten thousand events were loaded in a quarter less time than with the 500 of a read at once.
 */
const handedOutMax = 50;

interface StreamTail {
  readonly id: number;
  version: number;
}
/** What one transaction has made so far. */
interface Writing {
  readonly recordedAt: Instant;
  readonly events: CommittedEvent[];
  position: number;
}

export const openEventLog = (database: DatabaseSync): EventLog => {
  const statements = prepareStatements(database);
  const tails = lastUsedCache<StreamName, StreamTail>(knownStreamsMax);
  const absent = lastUsedCache<StreamName, true>(absentStreamsMax);
  const categories = new Map<string, number>();
  const feedStatements = new Map<number, StatementSync>();
  let head = 0;
  let isStale = true;

  /** After a failure nothing remembered is trusted: what is in the file counts. */
  const refresh = (): void => {
    tails.clear();
    absent.clear();
    categories.clear();
    for (const row of statements.categories.all()) categories.set(String(row.name), Number(row.id));
    head = Number(statements.head.get()?.position ?? 0);
    isStale = false;
  };

  const tailOf = (stream: StreamName): StreamTail | undefined => {
    const known = tails.get(stream);
    if (known !== undefined) return known;
    if (absent.get(stream) === true) return undefined;
    const row = statements.tail.get(stream);
    if (row === undefined) {
      absent.set(stream, true);
      return undefined;
    }
    const tail = { id: Number(row.id), version: Number(row.version) };
    tails.set(stream, tail);
    return tail;
  };

  const newTail = (stream: StreamName): StreamTail => {
    const tail = { id: Number(statements.insertStream.run(stream).lastInsertRowid), version: -1 };
    tails.set(stream, tail);
    absent.delete(stream);
    return tail;
  };

  const categoryId = (name: string): number => {
    const known = categories.get(name);
    if (known !== undefined) return known;
    const id = Number(statements.insertCategory.run(name).lastInsertRowid);
    categories.set(name, id);
    return id;
  };

  const write = (append: PreparedAppend, writing: Writing): AppendResult => {
    const found = tailOf(append.stream);
    const actual = found?.version ?? -1;
    if (actual === append.expected) return insert(append, found ?? newTail(append.stream), writing);
    const before = found !== undefined && append.expected < actual ? whatItWas(append, found.id) : undefined;
    return before ?? { status: 'conflict', actual: expectedVersionOf(actual) };
  };

  /** The result of then, when the very same batch is already at its place. */
  const whatItWas = (append: PreparedAppend, stream: number): AppendResult | undefined => {
    const last = append.expected + append.events.length;
    const there = statements.range.all(stream, append.expected + 1, last);
    const isSame =
      there.length === append.events.length && there.every((row, index) => row.event_id === append.events[index]?.event.eventId);
    if (!isSame) return undefined;
    return { status: 'appended', streamVersion: last, position: positionOf(Number(there.at(-1)?.position)) };
  };

  const insert = (append: PreparedAppend, tail: StreamTail, writing: Writing): AppendResult => {
    const category = categoryOf(append.stream);
    const categoryNumber = categoryId(category);
    const { recordedAt } = writing;
    for (const { event, data, metadata, bytes } of append.events) {
      writing.position += 1;
      tail.version += 1;
      const { eventId, type, schemaVersion } = event;
      statements.insertEvent.run(
        writing.position,
        tail.id,
        tail.version,
        categoryNumber,
        eventId,
        type,
        schemaVersion,
        recordedAt,
        metadata,
        data,
      );
      const stored: StoredEvent = {
        eventId,
        type,
        schemaVersion,
        data: event.data,
        metadata: event.metadata,
        streamName: append.stream,
        streamVersion: tail.version,
        position: positionOf(writing.position),
        recordedAt,
      };
      writing.events.push({ event: Object.freeze(stored), category, bytes });
    }
    return { status: 'appended', streamVersion: tail.version, position: positionOf(writing.position) };
  };

  const feedStatement = (arms: number): StatementSync => {
    const known = feedStatements.get(arms);
    if (known !== undefined) return known;
    const statement = arms === 0 ? prepareFeed(database) : prepareFeedOf(database, arms);
    feedStatements.set(arms, statement);
    return statement;
  };

  refresh();
  return {
    commit(appends, recordedAt) {
      const writing: Writing = { recordedAt, events: [], position: head };
      try {
        const results = inTransaction(database, () => {
          if (isStale) {
            refresh();
            writing.position = head;
          }
          return appends.map((append) => write(append, writing));
        });
        head = writing.position;
        return { results, events: writing.events };
      } catch (error) {
        isStale = true;
        tails.clear();
        absent.clear();
        throw error;
      }
    },
    *readStream(stream, { from, direction, count }) {
      const tail = tailOf(stream);
      if (tail === undefined || (direction === 'forwards' && from > tail.version)) return;
      const statement = direction === 'forwards' ? statements.forwards : statements.backwards;
      const rows = rowsOf<EventRow>(statement.all(tail.id, from, count));
      const read = eventReader();
      for (let at = 0; at < rows.length; at += handedOutMax) yield rows.slice(at, at + handedOutMax).map((row) => read(row, stream));
    },
    readAll(after, names, count) {
      if (names === undefined) return eventsOf(feedStatement(0).all(after, count));
      const ids = [...new Set(names)].flatMap((name) => categories.get(name) ?? []);
      if (ids.length === 0) return [];
      return eventsOf(feedStatement(ids.length).all(...ids.flatMap((id) => [id, after]), count));
    },
    head: () => head,
  };
};

/** The statement says what its rows are; to its type they are objects, whatever it was told to return. */
const rowsOf = <Row>(rows: readonly unknown[]): readonly Row[] => rows as readonly Row[];

const eventsOf = (rows: readonly unknown[]): readonly StoredEvent[] => {
  const read = eventReader();
  return rowsOf<FeedRow>(rows).map((row) => read(row, row[8]));
};

const prepareStatements = (database: DatabaseSync) => {
  const ofStream = `SELECT ${eventColumns} FROM events e WHERE e.stream = ?`;
  return {
    head: database.prepare('SELECT max(position) AS position FROM events'),
    categories: database.prepare('SELECT id, name FROM categories'),
    insertCategory: database.prepare('INSERT INTO categories (name) VALUES (?)'),
    tail: database.prepare('SELECT s.id, (SELECT max(version) FROM events WHERE stream = s.id) AS version FROM streams s WHERE s.name = ?'),
    insertStream: database.prepare('INSERT INTO streams (name) VALUES (?)'),
    range: database.prepare('SELECT event_id, position FROM events WHERE stream = ? AND version BETWEEN ? AND ? ORDER BY version'),
    insertEvent: database.prepare(
      `INSERT INTO events (position, stream, version, category, event_id, type, schema_version, recorded_at, metadata, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    forwards: asArrays(database.prepare(`${ofStream} AND e.version >= ? ORDER BY e.version LIMIT ?`)),
    backwards: asArrays(database.prepare(`${ofStream} AND e.version <= ? ORDER BY e.version DESC LIMIT ?`)),
  };
};

const prepareFeed = (database: DatabaseSync): StatementSync =>
  asArrays(
    database.prepare(
      `SELECT ${eventColumns}, s.name FROM events e JOIN streams s ON s.id = e.stream WHERE e.position > ? ORDER BY e.position LIMIT ?`,
    ),
  );

/** The positions of each category come sorted from the index and are merged, so that no more than a page is ever read. */
const prepareFeedOf = (database: DatabaseSync, arms: number): StatementSync => {
  const arm = 'SELECT position FROM events WHERE category = ? AND position > ?';
  const positions = `${Array.from({ length: arms }, () => arm).join(' UNION ALL ')} ORDER BY position LIMIT ?`;
  const tables = `(${positions}) p CROSS JOIN events e ON e.position = p.position CROSS JOIN streams s ON s.id = e.stream`;
  return asArrays(database.prepare(`SELECT ${eventColumns}, s.name FROM ${tables} ORDER BY p.position`));
};

const asArrays = (statement: StatementSync): StatementSync => {
  statement.setReturnArrays(true);
  return statement;
};
