import { origin } from '@conference/kernel';
import type { Build } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import type { ReadModelStoreCapabilities } from './read-model-store-capabilities.ts';
import { at, type ReadModelSetUp, type Ticket, ticket, tickets, write, writes } from './read-model-store-fixtures.ts';

/** Moved by compare-and-set, never ahead of the documents. */
export const describeCheckpoint = (
  { connected, opened, underTest }: ReadModelSetUp,
  { fencedWritesNothing }: ReadModelStoreCapabilities,
): void => {
  describe('the checkpoint', () => {
    test('advances without documents, over what was filtered out', async () => {
      const { store, build } = await opened();
      expect(await store.commit(build, { writes: new Map(), after: origin, position: at(40) })).toBe('committed');
      expect(await store.checkpoint(build)).toBe(at(40));
    });

    test('a batch applied again is fenced and changes nothing', async () => {
      const { store, build } = await opened();
      const batch = { writes: writes({ a: write(1) }), after: origin, position: at(1) };
      expect(await store.commit(build, batch)).toBe('committed');
      expect(await store.commit(build, batch)).toBe('fenced');
      expect(await store.checkpoint(build)).toBe(at(1));
      expect(await store.load(build, ['a'])).toEqual(writes({ a: write(1) }));
    });

    test('a replay from the origin into another build ends in the same documents', async () => {
      const { store, build } = await opened();
      const again = await store.create(build.collection, 'b2');
      for (const target of [build, again]) {
        await store.commit(target, { writes: writes({ a: write(1), b: write(2) }), after: origin, position: at(2) });
        await store.commit(target, {
          writes: writes({ a: { document: undefined, position: at(3) }, b: write(4) }),
          after: at(2),
          position: at(4),
        });
      }
      expect(await store.load(again, ['a', 'b'])).toEqual(await store.load(build, ['a', 'b']));
    });

    test('a second runner is fenced: the checkpoint stays, and no document moves backwards', async () => {
      const disk = await underTest();
      const [first, second] = [await connected(disk), await connected(disk)];
      const build = await first.create(tickets(), 'b1');
      const same = await second.create(build.collection, 'b1');
      await first.commit(build, { writes: writes({ a: write(2) }), after: origin, position: at(3) });
      expect(await second.commit(same, { writes: writes({ a: write(1), b: write(1) }), after: origin, position: at(1) })).toBe('fenced');
      expect(await second.checkpoint(same)).toBe(at(3));
      const left = await first.load(build, ['a', 'b']);
      expect(left.get('a')).toEqual(write(2));
      if (fencedWritesNothing) expect(left.has('b')).toBe(false);
    });

    test('a runner that believes itself ahead of the checkpoint, or that moves it from elsewhere, is fenced', async () => {
      const { store, build } = await opened();
      await store.commit(build, { writes: new Map(), after: origin, position: at(5) });
      for (const after of [at(4), at(6), origin]) {
        expect(await store.commit(build, { writes: writes({ a: write(7) }), after, position: at(7) })).toBe('fenced');
      }
      expect(await store.checkpoint(build)).toBe(at(5));
      expect(await store.commit(build, { writes: writes({ a: write(7) }), after: at(5), position: at(7) })).toBe('committed');
    });

    test('of ten runners that commit the same step at once exactly one wins', async () => {
      const { store, build } = await opened();
      const attempts = Array.from({ length: 10 }, (_, n) =>
        store.commit(build, { writes: writes({ a: write(1, ticket({ priority: n })) }), after: origin, position: at(1) }),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
    });

    test('documents are never behind it after a restart', async () => {
      const disk = await underTest();
      const before = await disk.connect();
      const build = await before.create(tickets(), 'b1');
      await before.commit(build, { writes: writes({ a: write(1) }), after: origin, position: at(1) });
      await before.activate(build);
      await before.close();
      const after = await connected(disk);
      expect(await after.active(build.collection)).toEqual(build);
      expect(await after.checkpoint(build)).toBe(at(1));
      expect(await after.get(build.collection, 'a')).toEqual({ id: 'a', ...write(1) });
    });

    test('projections that commit at the same time do not disturb each other', async () => {
      const { store } = await opened();
      const builds = await Promise.all(Array.from({ length: 5 }, () => store.create(tickets(), 'b1')));
      const run = async (build: Build<Ticket>): Promise<void> => {
        for (let n = 1; n <= 20; n++) {
          const outcome = await store.commit(build, {
            writes: writes({ a: write(n), [`id-${n}`]: write(n) }),
            after: at(n - 1),
            position: at(n),
          });
          expect(outcome).toBe('committed');
        }
      };
      await Promise.all(builds.map(run));
      for (const build of builds) {
        expect(await store.checkpoint(build)).toBe(at(20));
        expect((await store.load(build, ['a', 'id-1', 'id-20'])).size).toBe(3);
      }
    });
  });
};
