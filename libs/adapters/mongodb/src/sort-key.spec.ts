import { collection } from '@conference/kernel';
import { pageOf, planOf } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import { keyPathOf, rangeOf, sortKeyOf } from './sort-key.ts';

type Order = { readonly conference: string | number | null; readonly placedAt: string | number | boolean | null };
const orders = collection<Order>()({ name: 'orders', version: 1, indexes: { byConference: ['conference', 'placedAt'] } });
const fields = orders.indexes.byConference;
const order = (conference: Order['conference'], placedAt: Order['placedAt'] = null): Order => ({ conference, placedAt });
const key = (document: Order, id = 'a'): string => sortKeyOf(fields, id, document);
const byteOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
const inRange = (text: string, { $gte, $lte, $gt, $lt }: ReturnType<typeof rangeOf>): boolean =>
  byteOrder(text, $gte) >= 0 &&
  byteOrder(text, $lte) <= 0 &&
  ($gt === undefined || byteOrder(text, $gt) > 0) &&
  ($lt === undefined || byteOrder(text, $lt) < 0);

/** In the order that every engine keeps. */
const scalars = [
  null,
  -1e300,
  -2.5,
  -1,
  -1e-300,
  0,
  1e-300,
  0.1,
  1,
  2,
  10,
  1e300,
  '',
  '\u0000',
  '\u0000a',
  '\u0001',
  '\u0002',
  '0',
  '2',
  '3',
];
const texts = ['A', 'a', 'a\u0000', 'a\u0000b', 'a\u0001', 'a\u0001x', 'a\u0001y', 'a ', 'ab', 'b', 'é', '\uffee', '\uffff', '😀'];
const ordered = [...scalars, ...texts];

describe('the sort key of a document', () => {
  test('orders null, numbers and texts by code point as the fields do', () => {
    const keys = ordered.map((value) => key(order(value)));
    expect([...keys].sort(byteOrder)).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('orders by the next field, then by the id, where a field is the same', () => {
    const keys = ordered
      .slice(0, 20)
      .flatMap((first) => ordered.flatMap((next) => ['', 'a', 'b'].map((id) => key(order(first, next), id))));
    expect([...keys].sort(byteOrder)).toEqual(keys);
  });

  test('takes true and false for numbers and both zeros for one', () => {
    expect(key(order('c', true))).toBe(key(order('c', 1)));
    expect(key(order('c', false))).toBe(key(order('c', -0)));
  });

  test('lies where its fields say', () => {
    expect(keyPathOf(fields)).toBe('keys.conference,placedAt');
  });
});

describe('the range of a query', () => {
  test('holds what has the fixed fields and nothing else', () => {
    for (const wanted of ordered) {
      const range = rangeOf(planOf(orders, { index: 'byConference', equals: { conference: wanted }, limit: 1 }));
      for (const other of ordered) expect(inRange(key(order(other, 'x')), range), `${wanted} ${other}`).toBe(other === wanted);
    }
  });

  test('at most: what is there up to the limit, the limit included', () => {
    for (const [limit, atMost] of ordered.entries()) {
      if (atMost === null) continue;
      const range = rangeOf(planOf(orders, { index: 'byConference', equals: { conference: 'c' }, atMost, limit: 1 }));
      for (const [n, value] of ordered.entries()) expect(inRange(key(order('c', value)), range)).toBe(n > 0 && n <= limit);
    }
  });

  test('goes on after a document, in either order', () => {
    const rows = ordered.flatMap((placedAt) => ['', 'a', '😀'].map((id) => ({ id, document: order('c', placedAt) })));
    for (const direction of ['ascending', 'descending'] as const) {
      const query = { index: 'byConference', equals: { conference: 'c' }, order: direction, limit: 1 } as const;
      for (const [n, row] of rows.entries()) {
        const { next } = pageOf(planOf(orders, query), [row, row]);
        const range = rangeOf(planOf(orders, { ...query, after: next ?? '' }));
        for (const [m, { id, document }] of rows.entries()) {
          expect(inRange(key(document, id), range)).toBe(direction === 'ascending' ? m > n : m < n);
        }
      }
    }
  });
});
