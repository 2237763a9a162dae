import { collection } from '@conference/kernel';
import { describe, expect, test } from 'vitest';
import { absent, fingerprintOf } from './cursor.ts';
import { buildNameOf, collectionNameOf, indexesOf, indexKeyOf, pageOf, planOf } from './query-plan.ts';
import { InvalidCursor, type Query } from './read-model-store.ts';

type Order = { readonly conference: string; readonly placedAt: string; readonly dueAt: string | null };
const orders = collection<Order>()({ name: 'orders', version: 2, indexes: { byConference: ['conference', 'placedAt'], byDue: ['dueAt'] } });
const declare = (change: {
  readonly name?: string;
  readonly version?: number;
  readonly indexes?: Record<string, readonly (keyof Order)[]>;
}) => collection<Order>()({ name: 'orders', version: 1, indexes: {}, ...change });
const order = (id: string, change: Partial<Order> = {}) => ({ id, document: { conference: 'c1', placedAt: 'p', dueAt: null, ...change } });
const nextOf = (query: Query<Order, 'byConference' | 'byDue'>, ...read: ReturnType<typeof order>[]): string => {
  const { next } = pageOf(planOf(orders, { ...query, limit: 1 }), [...read, order('one-more')]);
  if (next === null) throw new Error('there is a next page');
  return next;
};

describe('names', () => {
  test('tell the collection, its version and the build', () => {
    expect(collectionNameOf(orders)).toBe('orders.v2');
    expect(buildNameOf(orders, 'b-1')).toBe('orders.v2.b-1');
    expect(indexesOf(orders)).toEqual([
      { name: 'byConference(conference,placedAt)', fields: ['conference', 'placedAt'] },
      { name: 'byDue(dueAt)', fields: ['dueAt'] },
    ]);
  });

  test('that could be more than names are refused', () => {
    for (const name of ['', 'a"b', 'a.b', 'Orders', 'a b', '$a', "a'; DROP TABLE build; --"]) {
      expect(() => buildNameOf(declare({ name }), 'b1'), name).toThrow(TypeError);
      expect(() => buildNameOf(orders, name), name).toThrow(TypeError);
    }
    for (const version of [-1, 1.5, Number.NaN]) expect(() => collectionNameOf(declare({ version }))).toThrow(TypeError);
    expect(() => indexesOf(declare({ indexes: { 'a"b': ['dueAt'] } }))).toThrow(TypeError);
    const field = "a') OR 1=1 --" as keyof Order;
    expect(() => indexesOf(declare({ indexes: { byField: [field] } }))).toThrow(TypeError);
    expect(() => planOf(declare({ indexes: { byField: [field] } }), { index: 'byField', limit: 1 })).toThrow(TypeError);
  });
});

describe('the plan of a query', () => {
  test('fixes a prefix of the index and orders by the rest', () => {
    expect(planOf(orders, { index: 'byConference', equals: { conference: 'c1' }, order: 'descending', limit: 3 })).toMatchObject({
      fields: ['conference', 'placedAt'],
      equals: [{ field: 'conference', value: 'c1' }],
      orderedBy: ['placedAt'],
      descending: true,
      limit: 3,
      after: undefined,
    });
  });

  test('takes null and what is not there for one value, before all others', () => {
    expect(planOf(orders, { index: 'byDue', equals: { dueAt: null }, limit: 1 }).equals).toEqual([{ field: 'dueAt', value: absent }]);
    expect([undefined, null, false, true, 0.5, 'x'].map((value) => indexKeyOf('f', value))).toEqual([absent, absent, 0, 1, 0.5, 'x']);
    for (const value of [{}, [], () => 1]) expect(() => indexKeyOf('f', value)).toThrow(TypeError);
  });

  test('is refused where the index does not cover the query', () => {
    const refused: readonly Query<Order, 'byConference' | 'byDue'>[] = [
      { index: 'byConference', equals: { placedAt: 'p' }, limit: 1 },
      { index: 'byDue', equals: { dueAt: null }, atMost: 1, limit: 1 },
      { index: 'byDue', limit: 0 },
      { index: 'byDue', limit: 1.5 },
    ];
    for (const query of refused) expect(() => planOf(orders, query)).toThrow(TypeError);
    for (const index of ['toString', '__proto__', 'byNothing']) expect(() => planOf(orders, { index, limit: 1 })).toThrow(TypeError);
  });
});

describe('a page', () => {
  const plan = planOf(orders, { index: 'byDue', limit: 2 });

  test('has a next one only where more was read than its limit', () => {
    expect(pageOf(plan, [])).toEqual({ items: [], next: null });
    expect(pageOf(plan, [order('a'), order('b')])).toEqual({ items: [order('a'), order('b')], next: null });
    expect(pageOf(plan, [order('a'), order('b'), order('c')])).toEqual({ items: [order('a'), order('b')], next: expect.any(String) });
  });

  test('goes on after the keys of its last document, whatever they hold', () => {
    for (const id of ['a', '', 'naïve – 東京 😀', '\ud800', '"\\\u0000', 'ab', 'abc', 'abcd']) {
      for (const dueAt of [null, '2027-05-02', '😀']) {
        const after = nextOf({ index: 'byDue', limit: 1 }, order(id, { dueAt }));
        expect(after).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(planOf(orders, { index: 'byDue', limit: 5, after }).after).toEqual([dueAt ?? absent, id]);
      }
    }
  });

  test('of another query, collection, version or order gives no cursor for this one', () => {
    const after = nextOf({ index: 'byConference', equals: { conference: 'c1' }, limit: 1 }, order('a'));
    expect(planOf(orders, { index: 'byConference', equals: { conference: 'c1' }, limit: 1, after }).after).toEqual(['p', 'a']);
    const others: readonly Query<Order, 'byConference' | 'byDue'>[] = [
      { index: 'byConference', equals: { conference: 'c2' }, limit: 1, after },
      { index: 'byConference', equals: { conference: 'c1' }, order: 'descending', limit: 1, after },
      { index: 'byConference', limit: 1, after },
      { index: 'byDue', limit: 1, after },
    ];
    for (const query of others) expect(() => planOf(orders, query)).toThrow(InvalidCursor);
    const query = { index: 'byConference', equals: { conference: 'c1' }, limit: 1, after } as const;
    expect(() => planOf({ ...orders, version: 3 }, query)).toThrow(InvalidCursor);
    expect(() => planOf({ ...orders, name: 'others' }, query)).toThrow(InvalidCursor);
  });

  test('is not found by a text that is no cursor', () => {
    const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = nextOf({ index: 'byDue', limit: 1 }, order('a'));
    const { fingerprint } = planOf(orders, { index: 'byDue', limit: 1 });
    expect(json([fingerprint, null, 'a'])).toBe(good);
    const bad = ['', 'x', '%', 'null', `${good}AAAA`, good.slice(0, -4), `${good}=`, ' ', 'gICA', json(null), json([]), json({})];
    const forged = [json([fingerprint, null]), json([fingerprint, null, 1]), json([fingerprint, {}, 'a']), json([fingerprint, 1, 2, 'a'])];
    for (const after of [...bad, ...forged])
      expect(() => planOf(orders, { index: 'byDue', limit: 1, after }), after).toThrow(InvalidCursor);
  });
});

test('a fingerprint is the same for the same query and another for a similar one', () => {
  expect(fingerprintOf(['a', 1])).toBe(fingerprintOf(['a', 1]));
  const all = Array.from({ length: 5_000 }, (_, n) => fingerprintOf(['orders', n]));
  expect(new Set(all).size).toBe(5_000);
});
