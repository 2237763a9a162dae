import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { encodeMessage, type OutgoingMessage } from '@conference/ports';
import type { Checkpointer, WatchedLog } from './checkpointer.ts';
import { briefBusyTimeoutMs, openDatabase } from './database.ts';
import { type LogSync, logSync } from './log-sync.ts';
import { inTransaction } from './transaction.ts';

// `offset` is given without holes by the one writer. The newest row is never deleted, or the numbers would start again.
// `topic.id` tells a file from another one made later under the same name. `topic.durable` is the last offset known to be
// on the disk: consumers see no further, or a loss of power could give an offset that they have passed to another message.
const schema = `
  CREATE TABLE IF NOT EXISTS message (offset INTEGER PRIMARY KEY, key TEXT NOT NULL, message TEXT NOT NULL, publishedAt INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS topic (id TEXT NOT NULL, durable INTEGER NOT NULL);
`;

/** Rows that one transaction of the retention deletes at most, so that a publication never waits long. */
export const retentionStepMax = 500;
/** 16 MB. */
const logPagesMax = 4_000;

/** The publisher's side of a topic's file: its only writer. */
export class TopicWriter {
  readonly #database: DatabaseSync;
  readonly #log: LogSync;
  readonly #watched: WatchedLog | undefined;
  readonly #insert: StatementSync;
  readonly #release: StatementSync;
  readonly #delete: StatementSync;

  constructor(path: string, checkpointer?: Checkpointer) {
    this.#database = openDatabase(path, { synchronous: 'NORMAL', busyTimeoutMs: briefBusyTimeoutMs });
    this.#log = logSync(path);
    this.#watched = checkpointer?.watch(this.#database, path, logPagesMax);
    inTransaction(this.#database, () => {
      this.#database.exec(schema);
      this.#database.prepare('INSERT INTO topic SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM topic)').run(randomUUID());
    });
    this.#insert = this.#database.prepare('INSERT INTO message (key, message, publishedAt) VALUES (?, ?, ?)');
    this.#release = this.#database.prepare('UPDATE topic SET durable = max(durable, ?)');
    this.#delete = this.#database.prepare(`DELETE FROM message WHERE publishedAt < ? AND offset IN
      (SELECT offset FROM message WHERE offset < (SELECT max(offset) FROM message) ORDER BY offset LIMIT ${retentionStepMax})`);
  }

  /** Of what was written before a crash, and whether it was synced is not known: synced now. */
  async open(): Promise<void> {
    const last = this.#database.prepare('SELECT max(offset) AS last FROM message').get()?.['last'];
    await this.#log.sync();
    this.#release.run(Number(last ?? 0));
  }

  /** On the disk when this resolves, and seen by consumers from then on. */
  async append(messages: readonly OutgoingMessage[], publishedAt: number): Promise<void> {
    await this.#watched?.pause();
    const last = inTransaction(this.#database, () => {
      let offset: number | bigint = 0;
      for (const message of messages) offset = this.#insert.run(message.key, encodeMessage(message), publishedAt).lastInsertRowid;
      return Number(offset);
    });
    await this.#log.sync();
    this.#release.run(last);
    this.#watched?.committed();
  }

  /** One step; answers whether there may be more to delete. */
  deleteOldest(publishedBefore: number): boolean {
    return Number(this.#delete.run(publishedBefore).changes) === retentionStepMax;
  }

  async close(): Promise<void> {
    await this.#watched?.close();
    this.#log.close();
    if (this.#database.isOpen) this.#database.close();
  }
}

export interface TopicRecord {
  readonly offset: number;
  readonly text: string;
}
export interface TopicBounds {
  readonly id: string;
  readonly first: number;
  readonly last: number;
}

interface OpenTopic {
  readonly database: DatabaseSync;
  readonly id: string;
  readonly inode: number;
  readonly dataVersion: StatementSync;
  readonly page: StatementSync;
  readonly bounds: StatementSync;
}

/** A consumer's side: read-only, and opened when the file appears. Every read is one short transaction. */
export class TopicReader {
  readonly #path: string;
  #open: OpenTopic | undefined;
  /** As of the last page that was not full: while it stays, nothing was added. */
  #exhaustedAt: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The file's identity; undefined while it is not there. */
  id(): string | undefined {
    return this.#opened()?.id;
  }

  /** The next messages; none when nothing was added since, which costs microseconds to find out. */
  next(after: number, limit: number): readonly TopicRecord[] {
    const open = this.#opened();
    if (open === undefined) return [];
    // Taken before the page is read: what is added in between is seen as a change afterwards.
    const version = Number(open.dataVersion.get()?.['data_version']);
    if (version === this.#exhaustedAt) return [];
    const records = open.page.all(after, limit).map((row) => ({ offset: Number(row['offset']), text: String(row['message']) }));
    this.#exhaustedAt = records.length < limit ? version : undefined;
    return records;
  }

  /** `last` is 0 for an empty topic. */
  bounds(): TopicBounds | undefined {
    const open = this.#opened();
    const row = open?.bounds.get();
    return open === undefined || row === undefined
      ? undefined
      : { id: open.id, first: Number(row['first'] ?? 1), last: Number(row['last'] ?? 0) };
  }

  /** Another file may lie under the name by now; then the next read opens that one. */
  closeIfReplaced(): void {
    if (this.#open !== undefined && statSync(this.#path, { throwIfNoEntry: false })?.ino !== this.#open.inode) this.close();
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
    this.#exhaustedAt = undefined;
  }

  #opened(): OpenTopic | undefined {
    if (this.#open !== undefined || !existsSync(this.#path)) return this.#open;
    const database = openDatabase(this.#path, { synchronous: 'NORMAL', readOnly: true });
    try {
      this.#open = openTopic(database, statSync(this.#path).ino);
    } finally {
      if (this.#open === undefined) database.close();
    }
    return this.#open;
  }
}

/** Undefined while its publisher is still making it. */
const openTopic = (database: DatabaseSync, inode: number): OpenTopic | undefined => {
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'topic'").get() === undefined) return undefined;
  const row = database.prepare('SELECT id FROM topic').get();
  if (row === undefined) return undefined;
  return {
    database,
    id: String(row['id']),
    inode,
    dataVersion: database.prepare('PRAGMA data_version'),
    page: database.prepare(
      'SELECT offset, message FROM message WHERE offset > ? AND offset <= (SELECT durable FROM topic) ORDER BY offset LIMIT ?',
    ),
    bounds: database.prepare('SELECT (SELECT min(offset) FROM message) AS first, (SELECT durable FROM topic) AS last'),
  };
};
