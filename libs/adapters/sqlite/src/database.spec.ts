import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSupportedSqlite, openDatabase } from './database.ts';

describe('opening a database', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'database-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const pragma = (path: string, name: string, synchronous: 'FULL' | 'NORMAL'): unknown => {
    const database = openDatabase(path, { synchronous });
    try {
      return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    } finally {
      database.close();
    }
  };

  it('makes the folder and the file', () => {
    const path = join(folder, 'a', 'b', 'x.db');
    openDatabase(path, { synchronous: 'FULL' }).close();
    expect(existsSync(path)).toBe(true);
  });
  it('writes ahead, and syncs each commit or only checkpoints, as asked', () => {
    const path = join(folder, 'x.db');
    expect(pragma(path, 'journal_mode', 'FULL')).toBe('wal');
    expect(pragma(path, 'synchronous', 'FULL')).toBe(2);
    expect(pragma(path, 'synchronous', 'NORMAL')).toBe(1);
    expect(pragma(path, 'wal_autocheckpoint', 'FULL')).toBe(4_000);
    expect(pragma(path, 'busy_timeout', 'FULL')).toBe(5_000);
  });
  it('reads what another connection writes, and writes nothing, when it is read-only', () => {
    const path = join(folder, 'x.db');
    const writer = openDatabase(path, { synchronous: 'FULL' });
    writer.exec('CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)');
    const reader = openDatabase(path, { synchronous: 'FULL', readOnly: true });
    expect(reader.prepare('SELECT n FROM t').get()?.n).toBe(1);
    expect(() => reader.exec('INSERT INTO t VALUES (2)')).toThrow();
    reader.close();
    writer.close();
  });
  it('waits for somebody else’s lock no longer than it is told to', () => {
    const path = join(folder, 'x.db');
    const other = openDatabase(path, { synchronous: 'FULL' });
    other.exec('CREATE TABLE t (n INTEGER)');
    const brief = openDatabase(path, { synchronous: 'NORMAL', busyTimeoutMs: 20 });
    other.exec('BEGIN IMMEDIATE');
    const from = performance.now();
    expect(() => brief.exec('INSERT INTO t VALUES (1)')).toThrow('locked');
    expect(performance.now() - from).toBeLessThan(1_000);
    other.exec('COMMIT');
    brief.exec('INSERT INTO t VALUES (1)');
    brief.close();
    other.close();
  });
  it('does not make a file that it is only to read', () => {
    expect(() => openDatabase(join(folder, 'x.db'), { synchronous: 'FULL', readOnly: true })).toThrow('cannot open the database');
    expect(existsSync(join(folder, 'x.db'))).toBe(false);
  });
  it('says in one line that the folder cannot be used', () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'x.db');
    expect(() => openDatabase(path, { synchronous: 'FULL' })).toThrow(/^cannot create the data folder .*file: [^\n]+$/);
  });
  it('says in one line that the file is not a database', () => {
    const path = join(folder, 'x.db');
    writeFileSync(path, 'this is not a database, however long it may be '.repeat(100));
    expect(() => openDatabase(path, { synchronous: 'FULL' })).toThrow(/^cannot use the database .*x\.db: file is not a database$/);
  });
  it.each([
    ['3.51.3', true],
    ['3.51.10', true],
    ['3.52.0', true],
    ['4.0.0', true],
    ['3.51.2', false],
    ['3.50.9', false],
    ['2.99.99', false],
  ])('knows that SQLite %s is supported: %s', (version, isSupported) => {
    expect(isSupportedSqlite(version)).toBe(isSupported);
  });
});
