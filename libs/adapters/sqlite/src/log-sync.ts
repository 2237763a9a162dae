import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes what a database committed durable, from the thread pool: the event loop goes on while the disk works.
 *
 * With `synchronous=FULL` SQLite syncs its write-ahead log within each commit, on the calling thread. Here the database
 * is opened with `NORMAL`, which writes the same log in the same order and leaves out that one sync; it is made up for
 * with `fdatasync` before anybody is told that the commit is durable. The guarantee is that of `FULL`.
 */
export interface LogSync {
  /** Everything committed before the call is on the disk when this resolves. Rejects once and for all after a failed sync. */
  sync(): Promise<void>;
  close(): void;
}

/** A sync that failed is never tried again: the pages it was to write may be gone from the cache, and a second one would succeed. */
export class SyncFailed extends Error {
  override readonly name = 'SyncFailed';
}

/** `path` is the database's. A database in memory has nothing to sync. */
export const logSync = (path: string): LogSync => {
  if (path === ':memory:') return { sync: async () => {}, close: () => {} };
  let log: number | undefined;
  let failed: SyncFailed | undefined;

  /** Opened when it exists for certain: after a commit. Its entry in the folder has to be durable too. */
  const opened = (): number => {
    if (log === undefined) {
      log = openSync(`${path}-wal`, 'r');
      const folder = openSync(dirname(path), 'r');
      fsyncSync(folder);
      closeSync(folder);
    }
    return log;
  };

  return {
    sync: () =>
      new Promise((resolve, reject) => {
        if (failed !== undefined) {
          reject(failed);
          return;
        }
        fdatasync(opened(), (error) => {
          if (error === null || error === undefined) {
            resolve();
            return;
          }
          failed = new SyncFailed(`the log of ${path} could not be synced: ${error.message}`, { cause: error });
          reject(failed);
        });
      }),
    close: () => {
      if (log !== undefined) closeSync(log);
      log = undefined;
    },
  };
};
