import { type Collection, origin } from '@conference/kernel';
import { type Found, InvalidCursor } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import { at, idsOf, type ReadModelSetUp, type Ticket, ticket, write, writes } from './read-model-store-fixtures.ts';

/** Queries by declared indexes, in pages. */
export const describeFind = ({ filled }: ReadModelSetUp): void => {
  describe('find', () => {
    test('equality on a prefix of the index, in the order of its next fields, then of the id', async () => {
      const { find } = await filled({
        d: ticket({ priority: 10 }),
        a: ticket({ priority: 9 }),
        c: ticket({ priority: 2.5 }),
        b: ticket({ priority: 9 }),
        x: ticket({ conference: 'c2' }),
      });
      expect(idsOf(await find({ index: 'byConference', equals: { conference: 'c1' }, limit: 10 }))).toEqual(['c', 'a', 'b', 'd']);
      expect(idsOf(await find({ index: 'byConference', equals: { conference: 'c1' }, order: 'descending', limit: 10 }))).toEqual([
        'd',
        'b',
        'a',
        'c',
      ]);
      expect(idsOf(await find({ index: 'byConference', equals: { conference: 'c1', priority: 9 }, limit: 10 }))).toEqual(['a', 'b']);
      expect(idsOf(await find({ index: 'byConference', equals: { conference: 'c3' }, limit: 10 }))).toEqual([]);
      expect(idsOf(await find({ index: 'byConference', limit: 10 }))).toEqual(['c', 'a', 'b', 'd', 'x']);
    });

    test('what was found carries id, document, position and version', async () => {
      const { find } = await filled({ a: ticket({ note: 'n' }) });
      const { items, next } = await find({ index: 'byConference', limit: 1 });
      expect(items).toEqual([{ id: 'a', document: ticket({ note: 'n' }), position: at(1), version: 1 }]);
      expect(next).toBeNull();
    });

    test('a changed field moves the document in the index', async () => {
      const { store, build, find } = await filled({ a: ticket({ state: 'placed' }) });
      await store.commit(build, { writes: writes({ a: write(2, ticket({ state: 'confirmed' })) }), after: at(1), position: at(2) });
      const inState = (state: string) => find({ index: 'byConferenceAndState', equals: { conference: 'c1', state }, limit: 10 });
      expect(idsOf(await inState('placed'))).toEqual([]);
      expect(idsOf(await inState('confirmed'))).toEqual(['a']);
    });

    test('at most: what is due, the limit included, and nothing that has no date', async () => {
      const { find } = await filled({
        late: ticket({ dueAt: '2027-05-02T09:00:00.001Z' }),
        now: ticket({ dueAt: '2027-05-02T09:00:00.000Z' }),
        early: ticket({ dueAt: '2027-05-01T09:00:00.000Z' }),
        never: ticket({ dueAt: null }),
      });
      expect(idsOf(await find({ index: 'byDue', atMost: '2027-05-02T09:00:00.000Z', limit: 10 }))).toEqual(['early', 'now']);
      expect(idsOf(await find({ index: 'byDue', atMost: '2027-05-02T09:00:00.000Z', order: 'descending', limit: 1 }))).toEqual(['now']);
    });

    test('null, a field that is not there, true and false are values to look for', async () => {
      const { find } = await filled({
        a: ticket({ open: true }),
        b: ticket({ open: false, dueAt: 'x' }),
        c: ticket(),
        d: ticket({ dueAt: '' }),
      });
      expect(idsOf(await find({ index: 'byOpen', equals: { open: true }, limit: 10 }))).toEqual(['a']);
      expect(idsOf(await find({ index: 'byOpen', equals: { open: false }, limit: 10 }))).toEqual(['b']);
      expect(idsOf(await find({ index: 'byDue', equals: { dueAt: null }, limit: 10 }))).toEqual(['a', 'c']);
      expect(idsOf(await find({ index: 'byDue', limit: 10 }))).toEqual(['a', 'c', 'd', 'b']);
    });

    test('texts are in the order of their code points', async () => {
      const { find } = await filled({
        a: ticket({ state: '😀' }),
        b: ticket({ state: '\uffee' }),
        c: ticket({ state: 'a' }),
        d: ticket({ state: 'Z' }),
      });
      expect(idsOf(await find({ index: 'byConferenceAndState', equals: { conference: 'c1' }, limit: 10 }))).toEqual(['d', 'c', 'b', 'a']);
    });

    for (const order of ['ascending', 'descending'] as const) {
      test(`pages (${order}) hold every document once, whatever the ties and the nulls`, async () => {
        const ids = Array.from({ length: 25 }, (_, n) => `id-${String(n).padStart(2, '0')}`);
        const { find } = await filled(Object.fromEntries(ids.map((id, n) => [id, ticket({ dueAt: n % 3 === 0 ? null : `day-${n % 4}` })])));
        const whole = idsOf(await find({ index: 'byDue', order, limit: 100 }));
        expect([...whole].sort()).toEqual(ids);
        const paged: string[] = [];
        let after: string | null = null;
        let pages = 0;
        do {
          const page: { readonly items: readonly Found<Ticket>[]; readonly next: string | null } = await find({
            index: 'byDue',
            order,
            limit: 4,
            ...(after === null ? {} : { after }),
          });
          paged.push(...idsOf(page));
          after = page.next;
          pages += 1;
        } while (after !== null && pages < 50);
        expect(paged).toEqual(whole);
        expect(pages).toBe(7);
      });
    }

    test('a page that ends with the last document has no next one', async () => {
      const { find } = await filled({ a: ticket(), b: ticket() });
      expect((await find({ index: 'byConference', limit: 2 })).next).toBeNull();
      expect((await find({ index: 'byConference', limit: 1 })).next).toEqual(expect.any(String));
    });

    test('paging is stable while documents come and go, and over the switch to a rebuild', async () => {
      const documents = {
        a: ticket({ priority: 1 }),
        c: ticket({ priority: 3 }),
        e: ticket({ priority: 5 }),
        f: ticket({ priority: 6 }),
      };
      const { store, build, find } = await filled(documents);
      const first = await find({ index: 'byConference', equals: { conference: 'c1' }, limit: 2 });
      expect(idsOf(first)).toEqual(['a', 'c']);
      const change = writes({
        b: write(2, ticket({ priority: 2 })),
        c: { document: undefined, position: at(2) },
        d: write(2, ticket({ priority: 4 })),
      });
      await store.commit(build, { writes: change, after: at(1), position: at(2) });
      const after = first.next ?? '';
      const second = await find({ index: 'byConference', equals: { conference: 'c1' }, limit: 2, after });
      expect(idsOf(second)).toEqual(['d', 'e']);
      const rebuilt = await store.create(build.collection, 'b2');
      const kept = writes({ e: write(1, documents.e), f: write(1, documents.f) });
      await store.commit(rebuilt, { writes: kept, after: origin, position: at(1) });
      await store.activate(rebuilt);
      const third = await find({ index: 'byConference', equals: { conference: 'c1' }, limit: 2, after: second.next ?? '' });
      expect(idsOf(third)).toEqual(['f']);
    });

    test('a cursor that is not ours is refused', async () => {
      const { find } = await filled({ a: ticket(), b: ticket(), c: ticket() });
      const next = (await find({ index: 'byConference', equals: { conference: 'c1' }, limit: 1 })).next ?? '';
      const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const after of [
        '',
        'x',
        'null',
        json(null),
        json([]),
        json({}),
        json(['', 1, 'a']),
        json([{ $gt: '' }, 1, 'a']),
        next.slice(0, -4),
        `${next}AAAA`,
      ]) {
        await expect(find({ index: 'byConference', equals: { conference: 'c1' }, limit: 1, after }), after).rejects.toBeInstanceOf(
          InvalidCursor,
        );
      }
    });

    test('the cursor of another query is refused', async () => {
      const { find } = await filled({ a: ticket(), b: ticket() });
      const after = (await find({ index: 'byConference', equals: { conference: 'c1' }, limit: 1 })).next ?? '';
      await expect(find({ index: 'byConference', equals: { conference: 'c2' }, limit: 1, after })).rejects.toBeInstanceOf(InvalidCursor);
      await expect(find({ index: 'byConference', limit: 1, after })).rejects.toBeInstanceOf(InvalidCursor);
      await expect(find({ index: 'byDue', limit: 1, after })).rejects.toBeInstanceOf(InvalidCursor);
      await expect(
        find({ index: 'byConference', equals: { conference: 'c1' }, order: 'descending', limit: 1, after }),
      ).rejects.toBeInstanceOf(InvalidCursor);
    });

    test('a query that is not covered by its index is a programming error', async () => {
      const { store, build, find } = await filled({ a: ticket() });
      await expect(find({ index: 'byConference', equals: { priority: 1 }, limit: 1 })).rejects.toThrow(TypeError);
      await expect(find({ index: 'byConference', equals: { conference: 'c1', state: 'x' }, limit: 1 })).rejects.toThrow(TypeError);
      await expect(find({ index: 'byDue', equals: { dueAt: null }, atMost: 1, limit: 1 })).rejects.toThrow(TypeError);
      await expect(find({ index: 'byDue', limit: 0 })).rejects.toThrow(TypeError);
      const loose: Collection<Ticket> = build.collection;
      await expect(store.find(loose, { index: 'toString', limit: 1 })).rejects.toThrow(TypeError);
    });

    test('what is looked for is a value, never a piece of a query', async () => {
      const { store, build, find } = await filled({ a: ticket() });
      for (const text of ["' OR 1=1 --", '$ne', '%', '*', '{"$gt":""}']) {
        expect(idsOf(await find({ index: 'byConference', equals: { conference: text }, limit: 10 }))).toEqual([]);
        expect(await store.get(build.collection, text)).toBeUndefined();
      }
    });
  });
};
