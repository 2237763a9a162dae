import { type Collection, collection, type JsonObject, origin } from '@conference/kernel';
import { createReadModelDisk, memoryReadModelStore } from '@conference/testing-memory';
import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { supersededBuilds } from './superseded-builds.ts';

const tabs = (version: number): Collection<JsonObject> => collection<JsonObject>()({ name: 'tabs', version, indexes: {} });
const hour = 3_600_000;

const setUp = () => {
  const sim = simulation({ seed: 1 });
  const disk = createReadModelDisk();
  const store = memoryReadModelStore({ disk, clock: sim.timer });
  const builds = supersededBuilds(store, sim.timer);
  const activate = async (version: number, build = '1'): Promise<void> => store.activate(await store.create(tabs(version), build));
  const names = () => [...disk.builds.keys()].filter((name) => name.startsWith('tabs')).toSorted();
  const pass = (hours: number) => sim.run(sim.elapsedMs() + hours * hour);
  return { store, builds, activate, names, pass };
};

test('a build of an older version is dropped at the first start a day after a newer one was found to answer queries', async () => {
  const { builds, activate, names, pass } = setUp();
  await activate(1);
  await activate(2);
  await builds.sweep(tabs(2));
  await pass(23);
  await builds.sweep(tabs(2));
  expect(names()).toEqual(['tabs.v1.1', 'tabs.v2.1']);
  await pass(1);
  await builds.sweep(tabs(2));
  expect(names()).toEqual(['tabs.v2.1']);
  await pass(48);
  await builds.sweep(tabs(2));
  expect(names()).toEqual(['tabs.v2.1']);
});

test('while the newer one is being filled, the older one stays, however long that takes', async () => {
  const { store, builds, activate, names, pass } = setUp();
  await activate(1);
  await store.create(tabs(2), '1');
  for (let start = 0; start < 3; start++) {
    await builds.sweep(tabs(2));
    await pass(48);
  }
  expect(names()).toEqual(['tabs.v1.1', 'tabs.v2.1']);
});

test('an instance of the older release keeps its own, also when it comes back for more than a day', async () => {
  const { builds, activate, names, pass } = setUp();
  await activate(1);
  await activate(2);
  await builds.sweep(tabs(2));
  await pass(1);
  await builds.sweep(tabs(1));
  await pass(48);
  await builds.sweep(tabs(2));
  expect(names()).toEqual(['tabs.v1.1', 'tabs.v2.1']);
});

test('what is left of a rebuild that was cut off is dropped a day later; one that answers queries is not', async () => {
  const { store, builds, activate, names, pass } = setUp();
  await activate(1);
  for (const build of ['cut-off', 'done']) await builds.begun(await store.create(tabs(1), build));
  await activate(1, 'done'); // killed before it could say so
  const [ended, dropped] = [await store.create(tabs(1), 'ended'), { collection: tabs(1), build: '1' }];
  await builds.begun(ended);
  await builds.settled(ended);
  await store.drop(ended);
  await store.drop(dropped);
  await pass(23);
  await builds.sweep(tabs(1));
  expect(names()).toEqual(['tabs.v1.cut-off', 'tabs.v1.done']);
  await pass(2);
  await builds.sweep(tabs(1));
  expect(names()).toEqual(['tabs.v1.done']);
  expect(await store.checkpoint({ collection: tabs(1), build: 'done' })).toBe(origin);
});
