import { origin } from '@conference/kernel';
import { EngineUnavailable, type ReadModelStore } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import { at, type ReadModelStoreUnderTest, readModelSetUp, tickets, write, writes } from './read-model-store-fixtures.ts';

export interface AwayReadModelStoreUnderTest extends ReadModelStoreUnderTest {
  /** Until {@link giveBack} nobody reaches the engine; what it has acknowledged stays. */
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
}

export interface ReadModelStoreAwayContractOptions {
  readonly name: string;
  readonly create: () => Promise<AwayReadModelStoreUnderTest>;
  /** How long a call may take to say that the engine is away. */
  readonly withinMs: number;
}

const collectionOf = tickets('away');
const build = { collection: collectionOf, build: 'b1' };
const batch = { writes: writes({ other: write(2) }), after: at(1), position: at(2) };
const calls: { readonly [name: string]: (store: ReadModelStore) => Promise<unknown> } = {
  create: (store) => store.create(collectionOf, 'b2'),
  active: (store) => store.active(collectionOf),
  activate: (store) => store.activate(build),
  drop: (store) => store.drop(build),
  checkpoint: (store) => store.checkpoint(build),
  load: (store) => store.load(build, ['one']),
  commit: (store) => store.commit(build, batch),
  lease: (store) => store.lease('away', 'somebody', 1_000),
  get: (store) => store.get(collectionOf, 'one'),
  find: (store) => store.find(collectionOf, { index: 'byConference', limit: 1 }),
};

/** Of an engine that can be away, as a server can: who uses it must be able to tell that from a bug. */
export const readModelStoreAwayContract = ({ name, create, withinMs }: ReadModelStoreAwayContractOptions): void => {
  describe(`${name} while it is away`, () => {
    const setUp = readModelSetUp(create);
    const taken = async () => {
      const underTest = await setUp.underTest();
      const store = await setUp.connected(underTest);
      await store.create(collectionOf, 'b1');
      await store.commit(build, { writes: writes({ one: write(1) }), after: origin, position: at(1) });
      await store.activate(build);
      await underTest.takeAway();
      return { underTest, store };
    };

    test('every call rejects in time with EngineUnavailable, in one line that names no address; afterwards all is as it was', async () => {
      const { underTest, store } = await taken();
      const started = performance.now();
      const outcomes = await Promise.all(
        Object.entries(calls).map(([call, run]) =>
          run(store).then(
            () => [call, 'answered'] as const,
            (error: unknown) => [call, error] as const,
          ),
        ),
      );
      expect(performance.now() - started).toBeLessThan(withinMs);
      for (const [call, error] of outcomes) {
        expect(error, call).toBeInstanceOf(EngineUnavailable);
        expect(String(error)).not.toMatch(/\n|:\d|\/\/|@/);
      }
      await underTest.giveBack();
      expect(await store.checkpoint(build)).toBe(at(1));
      expect((await store.get(collectionOf, 'one'))?.position).toBe(at(1));
      expect(await store.get(collectionOf, 'other')).toBeUndefined();
      expect(await store.commit(build, batch)).toBe('committed');
      expect((await store.get(collectionOf, 'other'))?.position).toBe(at(2));
    });

    test('a closed store is away as well', async () => {
      const store = await (await setUp.underTest()).connect();
      await store.close();
      for (const [call, run] of Object.entries(calls)) await expect(run(store), call).rejects.toBeInstanceOf(EngineUnavailable);
    });
  });
};
