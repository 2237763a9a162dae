import { collection, type Instant, origin, type Position } from '@conference/kernel';
import type { Timer } from '@conference/ports';
import { describe, expect, test } from 'vitest';
import { InjectedFault } from './message-broker-faults.ts';
import { createReadModelDisk, memoryReadModelStore } from './read-model-store.ts';
import { faultyReadModelStore, type ReadModelFault, type ReadModelFaults } from './read-model-store-faults.ts';

type Order = { readonly state: string };
const orders = collection<Order>()({ name: 'orders', version: 1, indexes: { byState: ['state'] } });
const position = '1' as Position;
const batch = { writes: new Map([['a', { document: { state: 'placed' }, position }]]), after: origin, position };

const opened = async (faults: ReadModelFaults) => {
  const pauses: number[] = [];
  const timer: Timer = {
    now: () => '2027-05-02T09:00:00.000Z' as Instant,
    sleep: async (milliseconds) => void pauses.push(milliseconds),
  };
  const store = memoryReadModelStore({ disk: createReadModelDisk(), clock: timer });
  const build = await store.create(orders, 'b1');
  await store.activate(build);
  return { store, build, pauses, faulty: faultyReadModelStore({ store, timer, faults }) };
};
const firstCommit =
  (fault: ReadModelFault): ReadModelFaults =>
  (operation, n) =>
    operation === 'commit' && n === 1 ? fault : undefined;

describe('faults of the read-model store', () => {
  test('a commit that fails before writing leaves nothing, and the same one works afterwards', async () => {
    const { store, build, faulty } = await opened(firstCommit({ fault: 'failed-before' }));
    await expect(faulty.commit(build, batch)).rejects.toThrow(InjectedFault);
    expect(await store.checkpoint(build)).toBe(origin);
    expect(await faulty.commit(build, batch)).toBe('committed');
  });

  test('a commit that fails after writing is done, and the same one is fenced', async () => {
    const { store, build, faulty } = await opened(firstCommit({ fault: 'failed-after' }));
    await expect(faulty.commit(build, batch)).rejects.toThrow(InjectedFault);
    expect(await store.get(orders, 'a')).toMatchObject({ position });
    expect(await faulty.commit(build, batch)).toBe('fenced');
  });

  test('a fenced commit writes nothing', async () => {
    const { store, build, faulty } = await opened(firstCommit({ fault: 'fenced' }));
    expect(await faulty.commit(build, batch)).toBe('fenced');
    expect(await store.load(build, ['a'])).toEqual(new Map());
  });

  test('a delayed commit takes that time', async () => {
    const { build, faulty, pauses } = await opened(firstCommit({ fault: 'delayed', milliseconds: 30 }));
    expect(await faulty.commit(build, batch)).toBe('committed');
    expect(pauses).toEqual([30]);
  });

  test('each operation is counted for itself, and any can fail', async () => {
    const asked: string[] = [];
    const { build, faulty } = await opened((operation, n) => {
      asked.push(`${operation} ${n}`);
      return operation === 'find' ? { fault: 'failed-before' } : undefined;
    });
    await faulty.create(orders, 'b2');
    await faulty.activate(build);
    await faulty.active(orders);
    await faulty.checkpoint(build);
    await faulty.load(build, ['a']);
    await faulty.load(build, ['b']);
    await faulty.lease('l', 'owner', 1);
    await faulty.get(orders, 'a');
    await expect(faulty.find(orders, { index: 'byState', limit: 1 })).rejects.toThrow(InjectedFault);
    await faulty.drop(build);
    expect(asked).toEqual([
      'create 1',
      'activate 1',
      'active 1',
      'checkpoint 1',
      'load 1',
      'load 2',
      'lease 1',
      'get 1',
      'find 1',
      'drop 1',
    ]);
  });

  test('fencing anything but a commit is a programming error', async () => {
    const { faulty } = await opened(() => ({ fault: 'fenced' }));
    await expect(faulty.get(orders, 'a')).rejects.toThrow(TypeError);
  });
});

describe('the in-memory read-model store', () => {
  test('shares no object with its callers', async () => {
    const { store, build } = await opened(() => undefined);
    const document = { state: 'placed' };
    await store.commit(build, { writes: new Map([['a', { document, position }]]), after: origin, position });
    document.state = 'changed';
    const [one, two] = [await store.get(orders, 'a'), await store.get(orders, 'a')];
    expect(one?.document).toEqual({ state: 'placed' });
    expect(one?.document).not.toBe(two?.document);
  });
});
