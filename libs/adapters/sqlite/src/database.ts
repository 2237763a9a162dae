import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from './make-folder.ts';

export interface OpenDatabaseOptions {
  /** `FULL`: a commit is on the disk when it returns. `NORMAL`: the last commits may be lost with the power, for what can be rebuilt. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Another process is the writer. The file has to exist. */
  readonly readOnly?: boolean;
  /** Memory for pages, at most; the file cache of the system is behind it. Default 2 MiB. */
  readonly cacheKibibytes?: number;
  /**
   * How long a statement waits, and the whole process with it, for somebody else's lock. Default 5 s. Short where whoever is
   * refused tries again by itself; opening waits its 5 s in any case.
   */
  readonly busyTimeoutMs?: number;
}

/** Before this version a WAL reset could lose a commit when two connections raced at a checkpoint. */
const oldestSqlite = [3, 51, 3] as const;
const busyTimeoutMilliseconds = 5_000;
/** For what is tried again anyway: nobody else has to write there. */
export const briefBusyTimeoutMs = 20;
const cacheKibibytesDefault = 2 * 1024;
const checkpointPages = 4_000;

/**
 * Opens a SQLite file in write-ahead mode, with its folder made when it is missing. One process writes a file; others
 * open it `readOnly`. Throws an `Error` with one clear line when the folder or the file cannot be used.
 */
export const openDatabase = (path: string, options: OpenDatabaseOptions): DatabaseSync => {
  const readOnly = options.readOnly ?? false;
  if (!readOnly) makeFolderOf(path);
  const database = opened(path, readOnly);
  try {
    assertVersion(database);
    configure(database, options, readOnly);
    if (options.busyTimeoutMs !== undefined) database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    return database;
  } catch (error) {
    database.close();
    throw new Error(`cannot use the database ${path}: ${reasonOf(error)}`, { cause: error });
  }
};

/** The version of the SQLite inside Node, as numbers. */
export const isSupportedSqlite = (version: string): boolean => {
  const parts = version.split('.').map(Number);
  for (const [index, least] of oldestSqlite.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
};

const makeFolderOf = (path: string): void => {
  if (path === ':memory:') return;
  const folder = dirname(path);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Error(`cannot create the data folder ${folder}: ${reasonOf(error)}`, { cause: error });
  }
};

const opened = (path: string, readOnly: boolean): DatabaseSync => {
  try {
    return new DatabaseSync(path, { readOnly, timeout: busyTimeoutMilliseconds });
  } catch (error) {
    throw new Error(`cannot open the database ${path}: ${reasonOf(error)}`, { cause: error });
  }
};

const assertVersion = (database: DatabaseSync): void => {
  const version = String(database.prepare('SELECT sqlite_version() AS version').get()?.version);
  if (!isSupportedSqlite(version)) throw new Error(`SQLite ${version} is too old: ${oldestSqlite.join('.')} or later is needed`);
};

const configure = (
  database: DatabaseSync,
  { synchronous, cacheKibibytes = cacheKibibytesDefault }: OpenDatabaseOptions,
  readOnly: boolean,
): void => {
  database.exec(`PRAGMA cache_size = -${cacheKibibytes}`);
  database.exec('PRAGMA temp_store = MEMORY');
  if (readOnly) return;
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
