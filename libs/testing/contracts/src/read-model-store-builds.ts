import { origin } from '@conference/kernel';
import { describe, expect, test } from 'vitest';
import { at, type ReadModelSetUp, ticket, tickets, write, writes } from './read-model-store-fixtures.ts';

/** Blue and green: create, fill, activate, drop. */
export const describeBuilds = ({ filled, opened }: ReadModelSetUp): void => {
  describe('builds', () => {
    test('queries answer nothing before a build is active', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: writes({ a: write(1) }), after: origin, position: at(1) });
      expect(await store.active(build.collection)).toBeUndefined();
      expect(await store.get(build.collection, 'a')).toBeUndefined();
      expect(await store.find(tickets(build.collection.name), { index: 'byDue', limit: 1 })).toEqual({ items: [], next: null });
    });

    test('a build that is there is opened with what it holds', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: writes({ a: write(1) }), after: origin, position: at(1) });
      const again = await store.create(build.collection, 'b1');
      expect(await store.checkpoint(again)).toBe(at(1));
      expect((await store.load(again, ['a'])).size).toBe(1);
    });

    test('a rebuild beside the live one is seen from its activation on, and the old one can be dropped', async () => {
      const { store, build } = await filled({ a: ticket({ note: 'old' }) });
      const rebuilt = await store.create(build.collection, 'b2');
      await store.commit(rebuilt, { writes: writes({ a: write(9, ticket({ note: 'new' })) }), after: origin, position: at(9) });
      expect((await store.get(build.collection, 'a'))?.document.note).toBe('old');
      await store.activate(rebuilt);
      expect(await store.active(build.collection)).toMatchObject({ build: 'b2' });
      expect((await store.get(build.collection, 'a'))?.document.note).toBe('new');
      await store.drop(build);
      expect((await store.get(build.collection, 'a'))?.document.note).toBe('new');
      expect(await store.checkpoint(rebuilt)).toBe(at(9));
    });

    test('a dropped build is gone: its runner is fenced, and none is active if it was', async () => {
      const { store, build } = await filled({ a: ticket() });
      await store.drop(build);
      expect(await store.active(build.collection)).toBeUndefined();
      expect(await store.get(build.collection, 'a')).toBeUndefined();
      expect(await store.checkpoint(build)).toBe(origin);
      expect(await store.load(build, ['a'])).toEqual(new Map());
      expect(await store.commit(build, { writes: writes({ a: write(2) }), after: at(1), position: at(2) })).toBe('fenced');
      await store.drop(build);
      const again = await store.create(build.collection, 'b1');
      expect(await store.load(again, ['a'])).toEqual(new Map());
    });

    test('a build that does not exist cannot be activated', async () => {
      const { store, build } = await filled({ a: ticket() });
      await expect(store.activate({ collection: build.collection, build: 'never' })).rejects.toThrow();
      expect(await store.active(build.collection)).toMatchObject({ build: 'b1' });
    });

    test('each version of a collection has its own active build, so code never meets another shape', async () => {
      const { store, build } = await filled({ a: ticket() });
      const next = await store.create(tickets(build.collection.name, 2), 'b1');
      expect(await store.active(next.collection)).toBeUndefined();
      expect(await store.get(next.collection, 'a')).toBeUndefined();
      await store.activate(next);
      expect(await store.get(build.collection, 'a')).toMatchObject({ id: 'a' });
      expect(await store.get(next.collection, 'a')).toBeUndefined();
    });
  });
};
