import type { DatabaseSync } from 'node:sqlite';
import type { Json, StreamName } from '@conference/kernel';
import type { Snapshot } from '@conference/ports';
import { turnOfTheLoop } from './event-store-feed.ts';
import { inTransaction } from './transaction.ts';

export interface SnapshotTable {
  load(stream: StreamName, foldVersion: number): Snapshot | undefined;
  save(stream: StreamName, snapshot: Snapshot): Promise<void>;
}

export const snapshotChunkBytes = 1024 * 1024;

/**
 * A state may be tens of megabytes, and nobody may wait that long for a commit of theirs: each chunk is a transaction,
 * with a turn of the event loop between two of them. The row in `snapshots` comes last and makes the set a whole; chunks
 * without one are what a crash left behind.
 */
export const openSnapshotTable = (database: DatabaseSync): SnapshotTable => {
  const statements = prepareStatements(database);
  inTransaction(database, () => statements.deleteOrphans.run());
  let lastId = Number(statements.lastId.get()?.id ?? 0);

  const remove = async (id: number): Promise<void> => {
    inTransaction(database, () => statements.deleteHeader.run(id));
    while (inTransaction(database, () => Number(statements.deleteChunk.run(id, id).changes)) > 0) await turnOfTheLoop();
  };
  const write = async (id: number, stream: StreamName, snapshot: Snapshot): Promise<void> => {
    const content = Buffer.from(JSON.stringify(snapshot.state));
    const chunks = Math.ceil(content.length / snapshotChunkBytes);
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const start = chunk * snapshotChunkBytes;
      const part = content.subarray(start, start + snapshotChunkBytes);
      inTransaction(database, () => statements.insertChunk.run(id, chunk, part));
      await turnOfTheLoop();
    }
    const { foldVersion, streamVersion } = snapshot;
    inTransaction(database, () => statements.insertHeader.run(id, stream, foldVersion, streamVersion, chunks, content.length));
  };

  return {
    load(stream, foldVersion) {
      for (const header of statements.headers.all(stream, foldVersion)) {
        const content = Buffer.concat(statements.chunks.all(Number(header.id)).map((row) => bytesOf(row.content)));
        if (content.length !== header.bytes) continue;
        return { foldVersion, streamVersion: Number(header.stream_version), state: JSON.parse(content.toString()) as Json };
      }
      return undefined;
    },
    async save(stream, snapshot) {
      lastId += 1;
      const id = lastId;
      try {
        await write(id, stream, snapshot);
      } catch (error) {
        // The disk may be full: what was written of it is given back, now or at the next start.
        await remove(id).catch(() => undefined);
        throw error;
      }
      for (const older of statements.olderHeaders.all(stream, id)) await remove(Number(older.id));
    },
  };
};

const bytesOf = (content: unknown): Uint8Array => (content instanceof Uint8Array ? content : new Uint8Array());

const prepareStatements = (database: DatabaseSync) => ({
  lastId: database.prepare(
    'SELECT max(id) AS id FROM (SELECT max(id) AS id FROM snapshots UNION ALL SELECT max(snapshot) FROM snapshot_chunks)',
  ),
  headers: database.prepare('SELECT id, stream_version, bytes FROM snapshots WHERE stream = ? AND fold_version = ? ORDER BY id DESC'),
  olderHeaders: database.prepare('SELECT id FROM snapshots WHERE stream = ? AND id < ?'),
  chunks: database.prepare('SELECT content FROM snapshot_chunks WHERE snapshot = ? ORDER BY chunk'),
  insertChunk: database.prepare('INSERT INTO snapshot_chunks (snapshot, chunk, content) VALUES (?, ?, ?)'),
  insertHeader: database.prepare(
    'INSERT INTO snapshots (id, stream, fold_version, stream_version, chunks, bytes) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  deleteHeader: database.prepare('DELETE FROM snapshots WHERE id = ?'),
  deleteChunk: database.prepare(
    'DELETE FROM snapshot_chunks WHERE snapshot = ? AND chunk = (SELECT max(chunk) FROM snapshot_chunks WHERE snapshot = ?)',
  ),
  deleteOrphans: database.prepare('DELETE FROM snapshot_chunks WHERE snapshot NOT IN (SELECT id FROM snapshots)'),
});
