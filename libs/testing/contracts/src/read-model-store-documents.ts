import { origin } from '@conference/kernel';
import { describe, expect, test } from 'vitest';
import { at, idsOf, type ReadModelSetUp, ticket, write, writes } from './read-model-store-fixtures.ts';

/** A document only moves forwards, and a deletion is remembered. */
export const describeDocuments = ({ filled, opened }: ReadModelSetUp): void => {
  describe('documents and their positions', () => {
    test('a new build is empty and starts at the origin', async () => {
      const { store, build } = await opened();
      expect(await store.checkpoint(build)).toBe(origin);
      expect(await store.load(build, ['a', 'b'])).toEqual(new Map());
    });

    test('a committed document is loaded as it was, with its position and version', async () => {
      const { store, build } = await opened();
      const document = ticket({ note: 'naïve – 東京 😀 "quoted" \\ \n', lines: [{ quantity: 0.1 }], dueAt: '2027-05-02T09:00:00.000Z' });
      expect(await store.commit(build, { writes: writes({ a: write(7, document, 3) }), after: origin, position: at(9) })).toBe('committed');
      expect(await store.load(build, ['a', 'absent'])).toEqual(new Map([['a', { document, position: at(7), version: 3 }]]));
      expect(await store.checkpoint(build)).toBe(at(9));
    });

    test('a document without a version has none when it is read', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: writes({ a: { document: ticket(), position: at(1) } }), after: origin, position: at(1) });
      await store.activate(build);
      expect((await store.load(build, ['a'])).get('a')).toEqual({ document: ticket(), position: at(1) });
      expect(await store.get(build.collection, 'a')).toEqual({ id: 'a', document: ticket(), position: at(1) });
    });

    test('a later position replaces the whole document', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: writes({ a: write(1, ticket({ note: 'first' })) }), after: origin, position: at(1) });
      await store.commit(build, { writes: writes({ a: write(2, ticket({ state: 'confirmed' })) }), after: at(1), position: at(2) });
      expect((await store.load(build, ['a'])).get('a')).toEqual(write(2, ticket({ state: 'confirmed' })));
    });

    test('an older or equal position is ignored, and the rest of the batch is not', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: writes({ a: write(5), b: write(5) }), after: origin, position: at(5) });
      const stale = ticket({ state: 'stale' });
      const batch = writes({ a: write(4, stale), b: write(5, stale), c: write(6) });
      expect(await store.commit(build, { writes: batch, after: at(5), position: at(6) })).toBe('committed');
      expect(await store.load(build, ['a', 'b', 'c'])).toEqual(writes({ a: write(5), b: write(5), c: write(6) }));
    });

    test('positions are compared as strings, whatever their digits', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: writes({ a: write(9) }), after: origin, position: at(9) });
      await store.commit(build, { writes: writes({ a: write(10) }), after: at(9), position: at(10) });
      expect((await store.load(build, ['a'])).get('a')?.position).toBe(at(10));
    });

    test('a deletion leaves a tombstone that remembers its position and is found by no query', async () => {
      const { store, build, find } = await filled({ a: ticket(), b: ticket() });
      await store.commit(build, { writes: writes({ a: { document: undefined, position: at(5) } }), after: at(1), position: at(5) });
      expect(await store.load(build, ['a'])).toEqual(writes({ a: { document: undefined, position: at(5) } }));
      expect(await store.get(build.collection, 'a')).toBeUndefined();
      expect(idsOf(await find({ index: 'byConference', limit: 10 }))).toEqual(['b']);
    });

    test('a tombstone is not raised by an older event, and is by a later one', async () => {
      const { store, build } = await filled({ a: ticket() });
      await store.commit(build, { writes: writes({ a: { document: undefined, position: at(5) } }), after: at(1), position: at(5) });
      await store.commit(build, { writes: writes({ a: write(4) }), after: at(5), position: at(6) });
      expect(await store.get(build.collection, 'a')).toBeUndefined();
      await store.commit(build, { writes: writes({ a: write(7) }), after: at(6), position: at(7) });
      expect(await store.get(build.collection, 'a')).toMatchObject({ position: at(7) });
    });

    test('a batch of 500 documents is committed and loaded whole', async () => {
      const { store, build } = await opened();
      const entries = Array.from({ length: 500 }, (_, n) => [`id-${n}`, write(n + 1, ticket({ priority: n }))] as const);
      await store.commit(build, { writes: new Map(entries), after: origin, position: at(500) });
      expect(
        await store.load(
          build,
          entries.map(([id]) => id),
        ),
      ).toEqual(new Map(entries));
    });

    test('ids of any text are kept apart', async () => {
      const { store, build } = await opened();
      const ids = ['Order-1', 'order-1', "o'1", 'o"1', 'o%', 'ö', '$a.b', ' o', ''];
      const entries = ids.map((id, n) => [id, write(1, ticket({ priority: n }))] as const);
      await store.commit(build, { writes: new Map(entries), after: origin, position: at(1) });
      await store.activate(build);
      expect(await store.load(build, ids)).toEqual(new Map(entries));
      for (const [n, id] of ids.entries()) expect((await store.get(build.collection, id))?.document.priority).toBe(n);
    });
  });
};
