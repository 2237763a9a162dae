import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { collection, type Instant, origin, type Position } from '@conference/kernel';
import { pageOf, planOf, type Query, type ReadModelStore } from '@conference/ports';
import { afterEach, describe, expect, test } from 'vitest';
import { sqliteReadModelStore } from './read-model-store.ts';
import { findStatement, tableOf } from './read-model-store-query.ts';

type Order = { readonly conference: string; readonly placedAt: string; readonly dueAt: string | null };
const orders = collection<Order>()({ name: 'orders', version: 2, indexes: { byConference: ['conference', 'placedAt'], byDue: ['dueAt'] } });
const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
const opened = (): { readonly store: ReadModelStore; readonly path: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'read-models-'));
  const path = join(folder, 'read-models.sqlite');
  const store = sqliteReadModelStore({ path, clock });
  cleanUps.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => store.close(),
  );
  return { store, path };
};
const inspected = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path, { readOnly: true });
  cleanUps.push(() => database.close());
  return database;
};
const order = (change: Partial<Order> = {}): Order => ({ conference: 'c1', placedAt: '2027-05-01T09:00:00.000Z', dueAt: null, ...change });

describe('the SQLite read-model store', () => {
  test('every query reads its declared index in order: no scan, no sort', async () => {
    const { store, path } = opened();
    await store.create(orders, 'b1');
    const database = inspected(path);
    const queries: readonly Query<Order, 'byConference' | 'byDue'>[] = [
      { index: 'byConference', limit: 10 },
      { index: 'byConference', equals: { conference: 'c1' }, limit: 10 },
      { index: 'byConference', equals: { conference: 'c1' }, order: 'descending', limit: 10 },
      { index: 'byConference', equals: { conference: 'c1', placedAt: 'x' }, limit: 10 },
      { index: 'byConference', equals: { conference: 'c1' }, atMost: 'x', limit: 10 },
      { index: 'byDue', atMost: 'x', limit: 10 },
      { index: 'byDue', equals: { dueAt: null }, limit: 10 },
    ];
    for (const query of queries) {
      const first = planOf(orders, query);
      const { next } = pageOf({ ...first, limit: 1 }, [
        { id: 'id', document: order() },
        { id: 'more', document: order() },
      ]);
      for (const plan of [first, planOf(orders, { ...query, after: next ?? '' })]) {
        const { sql, values } = findStatement(tableOf(orders, 'b1'), plan);
        const steps = database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all(...values)
          .map((row) => String(row['detail']));
        expect(steps).toHaveLength(1);
        expect(steps[0]).toMatch(new RegExp(`^(SEARCH|SCAN) .* USING INDEX documents\\.orders\\.v2\\.b1:${query.index}\\(`));
        if (plan.equals.length > 0 || plan.atMost !== undefined) expect(steps[0]).toMatch(/^SEARCH/);
      }
    }
  });

  test('an index whose declaration changed is built anew, and one that is not declared any more is gone', async () => {
    const { store, path } = opened();
    const build = await store.create(orders, 'b1');
    const document = order();
    await store.commit(build, {
      writes: new Map([['a', { document, position: '1' as Position }]]),
      after: origin,
      position: '1' as Position,
    });
    const changed = collection<Order>()({ ...orders, indexes: { byConference: ['conference', 'dueAt'] } });
    await store.activate(await store.create(changed, 'b1'));
    const names = inspected(path).prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").all();
    expect(names).toEqual([{ name: 'documents.orders.v2.b1:byConference(conference,dueAt)' }]);
    expect((await store.find(changed, { index: 'byConference', equals: { conference: 'c1' }, limit: 1 })).items).toHaveLength(1);
  });

  test('a name that could be more than a name is refused', async () => {
    const { store } = opened();
    const declare = (change: {
      readonly name?: string;
      readonly version?: number;
      readonly indexes?: Record<string, readonly (keyof Order)[]>;
    }) => collection<Order>()({ name: 'orders', version: 1, indexes: {}, ...change });
    for (const name of ['', 'a"b', 'a.b', 'Orders', 'a b', "a'; DROP TABLE build; --"]) {
      await expect(store.create(declare({ name }), 'b1'), name).rejects.toThrow(TypeError);
      await expect(store.create(declare({}), name), name).rejects.toThrow(TypeError);
    }
    for (const version of [-1, 1.5, Number.NaN]) await expect(store.create(declare({ version }), 'b1')).rejects.toThrow(TypeError);
    await expect(store.create(declare({ indexes: { 'a"b': ['dueAt'] } }), 'b1')).rejects.toThrow(TypeError);
    const field = "a') OR 1=1 --" as keyof Order;
    await expect(store.create(declare({ indexes: { byField: [field] } }), 'b1')).rejects.toThrow(TypeError);
  });

  test('a commit that fails in the middle leaves neither documents nor a checkpoint', async () => {
    const { store } = opened();
    const build = await store.create(orders, 'b1');
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const unwritable = Object.assign(order(), cyclic);
    const position = '1' as Position;
    const writes = new Map([
      ['a', { document: order(), position }],
      ['b', { document: unwritable, position }],
    ]);
    await expect(store.commit(build, { writes, after: origin, position })).rejects.toThrow();
    expect(await store.checkpoint(build)).toBe(origin);
    expect(await store.load(build, ['a', 'b'])).toEqual(new Map());
    writes.delete('b');
    expect(await store.commit(build, { writes, after: origin, position })).toBe('committed');
  });
});
