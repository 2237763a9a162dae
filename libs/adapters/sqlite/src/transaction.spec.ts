import { StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import { inTransaction, type TransactionalDatabase } from './transaction.ts';

const codes = { busy: 5, ioWrite: 778, ioSync: 1034, full: 13 } as const;
const sqliteError = (errcode: number): Error => Object.assign(new Error(`code ${errcode}`), { code: 'ERR_SQLITE_ERROR', errcode });

/** Fails at the statements named, each once, and rolls back by itself when told to. */
const failing = (failures: Readonly<Record<string, number>>, rollsBackItself = false) => {
  const executed: string[] = [];
  const left = new Map(Object.entries(failures));
  let isTransaction = false;
  const database: TransactionalDatabase = {
    get isTransaction() {
      return isTransaction;
    },
    exec(sql) {
      executed.push(sql);
      const code = left.get(sql);
      if (code !== undefined) {
        left.delete(sql);
        if (rollsBackItself) isTransaction = false;
        throw sqliteError(code);
      }
      isTransaction = sql.startsWith('BEGIN');
    },
  };
  return { database, executed };
};

describe('a transaction', () => {
  it('commits and returns what was made in it', () => {
    const { database, executed } = failing({});
    expect(inTransaction(database, () => 7)).toBe(7);
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });
  it('is rolled back when a write fails: certain that nothing was written', () => {
    const { database, executed } = failing({});
    const write = (): never => {
      throw sqliteError(codes.ioWrite);
    };
    expect(() => inTransaction(database, write)).toThrow(StoreUnavailable);
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'ROLLBACK']);
  });
  it.each(['full', 'busy'] as const)('is certainly not written when its commit is refused: %s', (reason) => {
    const { database, executed } = failing({ COMMIT: codes[reason] });
    expect(() => inTransaction(database, () => 0)).toThrow(StoreUnavailable);
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']);
  });
  it('has an unknown outcome when the sync of its commit fails, and the sync is not tried again', () => {
    const { database, executed } = failing({ COMMIT: codes.ioSync }, true);
    expect(() => inTransaction(database, () => 0)).toThrow(UnknownOutcome);
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });
  it('has an unknown outcome when it cannot be rolled back; the next one rolls it back first', () => {
    const { database, executed } = failing({ COMMIT: codes.full, ROLLBACK: codes.ioWrite });
    expect(() => inTransaction(database, () => 0)).toThrow(UnknownOutcome);
    expect(inTransaction(database, () => 'next')).toBe('next');
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', 'ROLLBACK', 'BEGIN IMMEDIATE', 'COMMIT']);
  });
  it('keeps the reason', () => {
    const { database } = failing({ COMMIT: codes.full });
    expect(() => inTransaction(database, () => 0)).toThrow('nothing was written: code 13');
  });
});
