import type { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable, UnknownOutcome } from '@conference/ports';

/** What a transaction needs of a database. */
export type TransactionalDatabase = Pick<DatabaseSync, 'exec' | 'isTransaction'>;

/**
 * Runs `write` in one transaction, committed (and synced, as the database is configured) when this returns.
 *
 * Throws {@link StoreUnavailable} when it is certain that nothing was written: the disk is full, a write failed. Throws
 * {@link UnknownOutcome} when the commit itself failed otherwise (its record may be in the log and be found by the next
 * start) or when rolling back failed. A failed sync is never tried again: the pages it was to write may be gone.
 */
export const inTransaction = <T>(database: TransactionalDatabase, write: () => T): T => {
  let committing = false;
  try {
    // Only after a rollback that failed.
    if (database.isTransaction) database.exec('ROLLBACK');
    database.exec('BEGIN IMMEDIATE');
    const result = write();
    committing = true;
    database.exec('COMMIT');
    return result;
  } catch (error) {
    const isCertain = !committing || isRefusedBeforeCommit(error);
    if (rollBack(database) && isCertain) throw new StoreUnavailable(`nothing was written: ${reasonOf(error)}`, { cause: error });
    throw new UnknownOutcome(`the outcome of the write is unknown: ${reasonOf(error)}`, { cause: error });
  }
};

const rollBack = (database: TransactionalDatabase): boolean => {
  try {
    // SQLite has often rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    return !database.isTransaction;
  } catch {
    return false;
  }
};

const primaryCodes = { busy: 5, full: 13 } as const;

/** A full disk or a lock stops the commit before its record is complete; an I/O error may come after. */
const isRefusedBeforeCommit = (error: unknown): boolean => {
  if (!(error instanceof Error && 'errcode' in error)) return false;
  const primary = Number(error.errcode) % 256;
  return primary === primaryCodes.full || primary === primaryCodes.busy;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
