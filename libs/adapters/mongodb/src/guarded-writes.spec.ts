import { describe, expect, test } from 'vitest';
import { refusedAsDuplicates, writeGuarded, wroteGuarded } from './guarded-writes.ts';

type Stored = Map<string, number>;
type Write = { readonly id: string; readonly position: number };
const duplicate = Object.assign(new Error('E11000 duplicate key'), { code: 11000 });

/** A server as it is: `raced` are ids for which another first write comes between the look and the insert. */
const server = (stored: Stored, raced: Map<string, number> = new Map()) => {
  const bulks: (readonly Write[])[] = [];
  const write = async (operations: readonly Write[]): Promise<readonly number[]> => {
    bulks.push(operations);
    const refused: number[] = [];
    for (const [index, { id, position }] of operations.entries()) {
      const faster = raced.get(id);
      raced.delete(id);
      const before = stored.get(id);
      if (faster !== undefined) stored.set(id, faster);
      if (faster !== undefined || (before !== undefined && before >= position)) refused.push(index);
      else stored.set(id, position);
    }
    return refused;
  };
  return { write, bulks };
};

describe('guarded writes', () => {
  test('nothing to write asks the server nothing', async () => {
    const { write, bulks } = server(new Map());
    await writeGuarded([], write);
    expect(bulks).toEqual([]);
  });

  test('what is newer is written in one bulk, and what is stale stays as it is', async () => {
    const stored: Stored = new Map([
      ['stale', 9],
      ['same', 5],
      ['newer', 1],
    ]);
    const { write, bulks } = server(stored);
    await writeGuarded(
      ['stale', 'same', 'newer', 'first'].map((id) => ({ id, position: 5 })),
      write,
    );
    expect(Object.fromEntries(stored)).toEqual({ stale: 9, same: 5, newer: 5, first: 5 });
    expect(bulks.map((bulk) => bulk.map(({ id }) => id))).toEqual([
      ['stale', 'same', 'newer', 'first'],
      ['stale', 'same'],
    ]);
  });

  test('a first write that lost the race to an older one is repeated and wins; to a newer one it gives way', async () => {
    const stored: Stored = new Map();
    const raced = new Map([
      ['older', 3],
      ['newer', 7],
    ]);
    const { write, bulks } = server(stored, raced);
    await writeGuarded(
      ['older', 'newer'].map((id) => ({ id, position: 5 })),
      write,
    );
    expect(Object.fromEntries(stored)).toEqual({ older: 5, newer: 7 });
    expect(bulks).toHaveLength(2);
  });

  test('one operation is repeated once, and refused twice it is not written', async () => {
    for (const [refusals, written, attempts] of [
      [0, true, 1],
      [1, true, 2],
      [2, false, 2],
    ] as const) {
      let asked = 0;
      const answer = await wroteGuarded(async () => {
        asked += 1;
        if (asked <= refusals) throw duplicate;
      });
      expect([answer, asked]).toEqual([written, attempts]);
    }
    await expect(wroteGuarded(() => Promise.reject(new Error('not a primary')))).rejects.toThrow('not a primary');
  });
});

describe('the error of a bulk', () => {
  const bulkError = (errors: readonly { readonly code: number; readonly index: number }[], unconfirmed?: object) =>
    Object.assign(new Error('bulk'), { code: errors[0]?.code, writeErrors: errors, result: { getWriteConcernError: () => unconfirmed } });

  test('tells which operations were duplicates', () => {
    expect(
      refusedAsDuplicates(
        bulkError([
          { code: 11000, index: 2 },
          { code: 11000, index: 5 },
        ]),
      ),
    ).toEqual([2, 5]);
    expect(refusedAsDuplicates(Object.assign(new Error('one'), { writeErrors: { code: 11000, index: 1 } }))).toEqual([1]);
  });

  test('is thrown when it says anything else, or when the rest is not known to be on a majority', () => {
    const others = [
      bulkError([
        { code: 11000, index: 0 },
        { code: 121, index: 1 },
      ]),
      bulkError([{ code: 11000, index: 0 }], { code: 64 }),
      bulkError([]),
      new Error('connection closed'),
      undefined,
    ];
    for (const error of others) {
      let thrown: unknown = 'nothing';
      try {
        refusedAsDuplicates(error);
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).toBe(error);
    }
  });
});
