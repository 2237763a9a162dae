import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Checkpointer, openCheckpointer, type WatchedLog } from './checkpointer.ts';
import { openDatabase } from './database.ts';

describe('the checkpointer', () => {
  let folder = '';
  let database: DatabaseSync;
  let checkpointer: Checkpointer;
  let log: WatchedLog;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'checkpointer-'));
    const path = join(folder, 'x.db');
    database = openDatabase(path, { synchronous: 'NORMAL' });
    database.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
    checkpointer = openCheckpointer();
    log = checkpointer.watch(database, path, 100);
  });
  afterEach(async () => {
    await log.close();
    database.close();
    await checkpointer.close();
    rmSync(folder, { recursive: true });
  });
  const insert = (rows: number): void => {
    const statement = database.prepare('INSERT INTO t (text) VALUES (?)');
    for (let n = 0; n < rows; n++) {
      statement.run('x'.repeat(2_000));
      log.committed();
    }
  };
  const pages = (): { readonly log: number; readonly left: number } => {
    const found = database.prepare('PRAGMA wal_checkpoint(NOOP)').get();
    return { log: Number(found?.['log']), left: Number(found?.['log']) - Number(found?.['checkpointed']) };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('leaves a short log alone, and nothing is moved within a commit', () => {
    insert(20);
    expect(pages()).toEqual({ log: pages().log, left: pages().log });
  });

  it('moves a long log into the database, so that the next commit begins it anew', async () => {
    insert(300);
    expect(pages().left).toBeGreaterThan(300);
    await until(() => pages().left === 0);
    await log.pause();
    insert(1);
    expect(pages().log).toBeLessThan(10);
  });

  it('begins a log anew also when it is written without a break, by who pauses when asked to', async () => {
    let [before, restarts, rows] = [0, 0, 0];
    while (restarts < 2) {
      await log.pause();
      insert(10);
      rows += 10;
      const { log: now } = pages();
      if (now < before) restarts++;
      before = now;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Number(database.prepare('SELECT count(*) AS n FROM t').get()?.['n'])).toBe(rows);
  });

  it('is told of a commit without harm when the log cannot be looked at', () => {
    database.exec('BEGIN IMMEDIATE'); // no checkpoint of any kind may be asked for within a transaction
    database.exec("INSERT INTO t (text) VALUES ('x')");
    expect(() => pages()).toThrow();
    for (let n = 0; n < 32; n++) log.committed();
    database.exec('COMMIT');
  });

  it('lets writers go on when it is closed while they pause', async () => {
    insert(300);
    while (log.pause() === undefined && pages().left > 0) await new Promise((resolve) => setImmediate(resolve));
    const pausing = log.pause();
    await checkpointer.close();
    await pausing;
    expect(log.pause()).toBeUndefined();
  });

  it('leaves the work to commits again when its thread has ended', async () => {
    await checkpointer.close();
    const again = openDatabase(join(folder, 'x.db'), { synchronous: 'NORMAL' });
    checkpointer.watch(again, join(folder, 'x.db'), 100);
    expect(Object.values(again.prepare('PRAGMA wal_autocheckpoint').get() ?? {})).toEqual([100]);
    again.close();
  });
});
