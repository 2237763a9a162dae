import { resolve } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { briefBusyTimeoutMs, openDatabase } from './database.ts';

export interface GroupOffset {
  /** Of the topic's file; empty when the group was there before the topic. */
  readonly topicId: string;
  /** Of the last acknowledged message; 0 before the first. */
  readonly offset: number;
}

/**
 * How far each group got: the consumer's own file. `synchronous=NORMAL`: what a loss of power takes back is delivered
 * again.
 */
export class GroupOffsets {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #set: StatementSync;

  constructor(path: string) {
    this.path = resolve(path);
    this.#database = openDatabase(path, { synchronous: 'NORMAL', busyTimeoutMs: briefBusyTimeoutMs });
    this.#database.exec(`CREATE TABLE IF NOT EXISTS groupOffset (groupName TEXT NOT NULL, topic TEXT NOT NULL, topicId TEXT NOT NULL,
      acknowledged INTEGER NOT NULL, PRIMARY KEY (groupName, topic)) WITHOUT ROWID`);
    this.#get = this.#database.prepare('SELECT topicId, acknowledged FROM groupOffset WHERE groupName = ? AND topic = ?');
    this.#set = this.#database.prepare(`INSERT INTO groupOffset VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET topicId = excluded.topicId, acknowledged = excluded.acknowledged`);
  }

  get(group: string, topic: string): GroupOffset | undefined {
    const row = this.#get.get(group, topic);
    return row === undefined ? undefined : { topicId: String(row['topicId']), offset: Number(row['acknowledged']) };
  }

  /** In the file of this id. A file made anew is read from its beginning: its offsets are others. */
  acknowledged(group: string, topic: string, topicId: string): number {
    const known = this.get(group, topic);
    return known === undefined || (known.topicId !== '' && known.topicId !== topicId) ? 0 : known.offset;
  }

  set(group: string, topic: string, { topicId, offset }: GroupOffset): void {
    this.#set.run(group, topic, topicId, offset);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
