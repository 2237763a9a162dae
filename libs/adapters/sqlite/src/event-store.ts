import type { DatabaseSync } from 'node:sqlite';
import type { Position, StreamName } from '@conference/kernel';
import { type EventStore, type ReadStreamOptions, type StoredEvent, StoreUnavailable, type Timer, UnknownOutcome } from '@conference/ports';
import type { Checkpointer, WatchedLog } from './checkpointer.ts';
import { openDatabase } from './database.ts';
import { type PreparedAppend, prepareAppend } from './event-store-append.ts';
import { eventFeed, turnOfTheLoop } from './event-store-feed.ts';
import { type CommittedGroup, groupCommit } from './event-store-group-commit.ts';
import { type EventLog, openEventLog } from './event-store-log.ts';
import { positionOf, prepareEventStoreSchema } from './event-store-schema.ts';
import { openSnapshotTable } from './event-store-snapshots.ts';
import { type LogSync, logSync } from './log-sync.ts';

export interface SqliteEventStoreOptions {
  /** The file; its folder is made when missing. This process has to be the only one that writes it. */
  readonly path: string;
  /** For `recordedAt`: one reading for all that is committed together; and to let groups grow while it is busy. */
  readonly clock: Timer;
  /** Without one SQLite moves its log within commits. */
  readonly checkpointer?: Checkpointer;
}

export interface SqliteEventStore extends EventStore {
  /** Proves that the store answers; throws otherwise. */
  check(): Promise<void>;
  stats(): SqliteEventStoreStats;
}

/** Counted since the store was opened. */
export interface SqliteEventStoreStats {
  /** Each is one sync of the disk. `events / transactions` is the size of a group. */
  readonly transactions: number;
  readonly failedTransactions: number;
  readonly events: number;
  readonly conflicts: number;
  /** Batches that a subscription read from the file, being too far behind to be handed what was just committed. */
  readonly feedPagesRead: number;
  /** Of the last event; `origin` when there is none. */
  readonly head: Position;
}

/**
 * The event store in one SQLite file: appends that wait at the same time are committed together, each on its own terms
 * and durable (as with `synchronous=FULL`, synced off the event loop) when answered; positions have no holes.
 *
 * Events are handed to subscribers as the very objects that were appended. They are frozen, their `data` and `metadata`
 * are not: whoever appends or reads an event never changes it.
 *
 * A failed write rejects the appends of its group, and the next group is tried again: a service goes on when there is
 * room on the disk again.
 */
export const sqliteEventStore = ({ path, clock, checkpointer }: SqliteEventStoreOptions): SqliteEventStore => {
  const database = openDatabase(path, { synchronous: 'NORMAL', cacheKibibytes: 4 * 1024 });
  return eventStoreOn(database, clock, logSync(path), checkpointer?.watch(database, path, logPagesMax));
};

/** Rows of one read of the file; then others have their turn. */
const readRowsMax = 500;
/** 16 MB. */
const logPagesMax = 4_000;

/** A database that syncs by itself within each commit (`FULL`), or that is in memory. */
const syncsByItself: LogSync = { sync: async () => {}, close: () => {} };

/** On a database that is open already, and is closed with the store. */
export const eventStoreOn = (
  database: DatabaseSync,
  clock: Timer,
  durability: LogSync = syncsByItself,
  watched?: WatchedLog,
): SqliteEventStore => {
  prepareEventStoreSchema(database);
  const log = openEventLog(database);
  const feed = eventFeed(log);
  const snapshots = openSnapshotTable(database);
  const select = database.prepare('SELECT 1');
  const counts = { transactions: 0, failedTransactions: 0, events: 0, conflicts: 0 };
  const saving = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;
  let broken: unknown;

  const commit = (appends: readonly PreparedAppend[]): CommittedGroup => {
    try {
      const { results, events } = log.commit(appends, clock.now());
      watched?.committed();
      counts.transactions += 1;
      counts.events += events.length;
      counts.conflicts += results.filter((result) => result.status === 'conflict').length;
      return { results, onDurable: () => feed.publish(events) };
    } catch (error) {
      counts.failedTransactions += 1;
      throw error;
    }
  };
  // The batch is in the file and may not survive a loss of power: never to be told that it is durable, nor sent again here.
  const sync = (): Promise<void> =>
    durability.sync().catch((error: unknown) => {
      broken ??= error;
      throw new UnknownOutcome('the disk failed to sync: restart the service', { cause: error });
    });
  const appends = groupCommit({
    commit,
    sync,
    pause: () => watched?.pause(),
    nowMs: () => performance.now(),
    sleep: (milliseconds) => clock.sleep(milliseconds),
  });
  const assertOpen = (): void => {
    if (closing !== undefined) throw new StoreUnavailable('the event store is closed');
    if (broken !== undefined) throw new StoreUnavailable('the disk failed to sync: restart the service', { cause: broken });
  };

  const finish = async (): Promise<void> => {
    await appends.drained();
    await Promise.allSettled([...saving]);
    feed.close();
    await watched?.close();
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      durability.close();
      database.close();
    }
  };

  return {
    async append(stream, expected, events) {
      assertOpen();
      return appends.enqueue(prepareAppend(stream, expected, events));
    },
    readStream: (stream, options = {}) => pagesOfStream(log, stream, options, assertOpen),
    subscribeToAll: (options) => feed.subscribe(options),
    async loadSnapshot(stream, foldVersion) {
      assertOpen();
      return snapshots.load(stream, foldVersion);
    },
    async saveSnapshot(stream, snapshot) {
      assertOpen();
      const saved = snapshots.save(stream, snapshot);
      saving.add(saved);
      await saved.finally(() => saving.delete(saved));
    },
    async check() {
      assertOpen();
      select.get();
    },
    stats: () => ({ ...counts, feedPagesRead: feed.pagesRead(), head: positionOf(log.head()) }),
    close() {
      closing ??= finish();
      return closing;
    },
  };
};

async function* pagesOfStream(
  log: EventLog,
  stream: StreamName,
  {
    direction = 'forwards',
    from = direction === 'forwards' ? 0 : Number.MAX_SAFE_INTEGER,
    maxCount = Number.POSITIVE_INFINITY,
  }: ReadStreamOptions,
  assertOpen: () => void,
): AsyncGenerator<readonly StoredEvent[], void> {
  let next = from;
  let left = maxCount;
  while (left > 0) {
    assertOpen();
    const count = Math.min(left, readRowsMax);
    let found = 0;
    for (const page of log.readStream(stream, { from: next, direction, count })) {
      found += page.length;
      yield page;
      const last = page.at(-1);
      if (last !== undefined) next = last.streamVersion + (direction === 'forwards' ? 1 : -1);
    }
    if (found < count) return;
    left -= found;
    await turnOfTheLoop();
  }
}
