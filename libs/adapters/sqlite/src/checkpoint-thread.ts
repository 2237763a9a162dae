import { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';

/**
 * The other side of `checkpointer.ts`: a thread with connections of its own, that does one thing. `PASSIVE` waits for
 * nobody and is waited for by nobody; it syncs the log before it writes the database.
 */
export type CheckpointRequest = { readonly id: number; readonly path: string; readonly action: 'checkpoint' | 'close' };
export type CheckpointReply = { readonly id: number; readonly isDone: boolean };

const databases = new Map<string, DatabaseSync>();

const opened = (path: string): DatabaseSync => {
  const known = databases.get(path);
  if (known !== undefined) return known;
  const database = new DatabaseSync(path, { timeout: 1_000 });
  databases.set(path, database);
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
  return database;
};

const closed = (path: string): void => {
  databases.get(path)?.close();
  databases.delete(path);
};

const isDone = ({ path, action }: CheckpointRequest): boolean => {
  try {
    if (action === 'checkpoint') opened(path).exec('PRAGMA wal_checkpoint(PASSIVE)');
    else closed(path);
    return true;
  } catch {
    return false; // the disk's trouble: the log goes on growing, and it is tried again
  }
};

parentPort?.on('message', (request: CheckpointRequest) => {
  const reply: CheckpointReply = { id: request.id, isDone: isDone(request) };
  parentPort?.postMessage(reply);
});
