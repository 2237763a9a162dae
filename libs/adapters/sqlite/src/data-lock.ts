import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from './make-folder.ts';

/** Another process (or another part of this one) works in the folder. Nothing was opened or changed. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

/** A database that is garbage collected is closed, and its lock with it: what is held is reachable from here. */
const held = new Set<DatabaseSync>();

/**
 * Holds `<path>/<name>.lock` for this process alone, until `release()` or the end of the process, however it ends: the
 * lock is the kernel's, so there is no stale one after a `kill -9`. The file stays behind and means nothing by itself.
 * Throws {@link DataFolderInUse} at once when the lock is taken.
 */
export const lockDataFolder = (path: string, name: string): (() => void) => {
  const database = openLock(path, name);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new DataFolderInUse(`the data folder ${path} is in use: another ${name} is running on it`);
    throw new Error(`cannot lock the data folder ${path}: ${reasonOf(error)}`, { cause: error });
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
};

const openLock = (path: string, name: string): DatabaseSync => {
  try {
    makeFolder(path);
    return new DatabaseSync(join(path, `${name}.lock`), { timeout: 0 });
  } catch (error) {
    throw new Error(`cannot use the data folder ${path}: ${reasonOf(error)}`, { cause: error });
  }
};

const busy = 5;
const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === busy;
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
