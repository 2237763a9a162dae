/** A read-model store on a server of its own can be away for a while, and can come back without its data. */
import { collection, origin, type Projection } from '@conference/kernel';
import {
  awayReadModelStore,
  createEventDisk,
  createReadModelDisk,
  memoryEventStore,
  memoryReadModelStore,
} from '@conference/testing-memory';
import { type Simulation, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { type AccountEvent, accountCodec } from './account.fixture.ts';
import { accountsIn } from './accounts.fixture.ts';
import { checkpointOf } from './checkpoints.ts';
import { runLeased } from './consumer-group.ts';
import { keyedConsumer } from './keyed-consumer.ts';
import { whileLeased } from './lease.ts';
import { silent } from './log.ts';
import { projectionRunner } from './projection-runner.ts';

type Balance = { readonly balance: number };
const balances: Projection<Balance, AccountEvent> = {
  collection: collection<Balance>()({ name: 'balances', version: 1, indexes: {} }),
  categories: ['Account'],
  versionFrom: 'Account',
  idsOf: ({ stream }) => [stream],
  evolve: (document, { event: { type, data } }) => ({
    balance: (document?.balance ?? 0) + (type === 'Deposited' ? data.amount : -data.amount),
  }),
};
const nothingParked = { isParked: () => false, park: async () => {}, parkBehind: async () => {} };

const setUp = (sim: Simulation) => {
  const { timer } = sim;
  const disk = createReadModelDisk();
  const memory = memoryReadModelStore({ disk, clock: timer });
  const line = awayReadModelStore({ store: memory, timer });
  const events = createEventDisk();
  const accounts = accountsIn(memoryEventStore({ clock: timer, disk: events }), timer, sim.chance.random);
  const lose = (): void => {
    disk.builds.clear();
    disk.active.clear();
    disk.leases.clear();
  };
  const pass = (seconds: number): Promise<unknown> => sim.run(sim.elapsedMs() + seconds * 1_000);
  const end = () => events.events.at(-1)?.position ?? origin;
  return { ...accounts, ...line, memory, lose, pass, end };
};

test('work goes on while nobody can be asked for the lease, and ends when another one turns out to have it', async () => {
  const sim = simulation({ seed: 1 });
  const { store, memory, takeAway, giveBack, pass, context } = setUp(sim);
  let runs = 0;
  let isAtWork = false;
  const work = (signal: AbortSignal): Promise<void> => {
    runs++;
    isAtWork = true;
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        isAtWork = false;
        resolve();
      }),
    );
  };
  void whileLeased({ name: 'work', owner: 'me', store, ...context, work });
  await pass(1);
  takeAway();
  await pass(60);
  expect([runs, isAtWork]).toEqual([1, true]);
  giveBack();
  await pass(10);
  expect([runs, isAtWork]).toEqual([1, true]);
  takeAway();
  await pass(11);
  expect(await memory.lease('work', 'another', 20_000)).toBe(true);
  giveBack();
  await pass(5);
  expect([runs, isAtWork]).toEqual([1, false]);
  await pass(25);
  expect([runs, isAtWork]).toEqual([2, true]);
});

test('documents that a server has lost are written anew by themselves, though no event comes; until then it says that it has none', async () => {
  const sim = simulation({ seed: 1 });
  const { store, memory, lose, pass, deposit, context, feed } = setUp(sim);
  const runner = projectionRunner({
    projection: balances,
    codec: accountCodec,
    store,
    timer: sim.timer,
    parking: nothingParked,
    log: silent,
  });
  void runLeased({ ...context, context: 'bank', name: 'balances', owner: 'me', feed, store, make: () => runner });
  for (const amount of [1, 2, 3]) await deposit('a', amount);
  await pass(2);
  const before = await memory.get(balances.collection, 'Account-a');
  expect(before?.document).toEqual({ balance: 6 });
  expect(runner.isFilled()).toBe(true);
  lose();
  expect(await memory.get(balances.collection, 'Account-a')).toBeUndefined();
  await pass(5);
  expect(await memory.get(balances.collection, 'Account-a')).toEqual(before);
  expect(runner.isFilled()).toBe(true);
  await deposit('a', 4);
  await pass(1);
  expect((await memory.get(balances.collection, 'Account-a'))?.document).toEqual({ balance: 10 });
});

test('a consumer goes on while its checkpoint cannot be saved; where it was lost, all is handled once more and saved again', async () => {
  const sim = simulation({ seed: 1 });
  const { store, takeAway, giveBack, lose, pass, deposit, context, feed, end } = setUp(sim);
  const handled: number[] = [];
  const make = (signal: AbortSignal) =>
    keyedConsumer({
      ...context,
      name: 'spec',
      categories: ['Account'],
      keyOf: ({ streamName }) => streamName,
      handleOne: async ({ streamVersion }) => void handled.push(streamVersion),
      checkpoint,
      parking: nothingParked,
      signal,
    });
  const checkpoint = checkpointOf(store, 'spec');
  const saved = () => checkpointOf(store, 'spec').load();
  void runLeased({ ...context, context: 'bank', name: 'spec', owner: 'me', feed, store, make });
  await pass(1);
  await deposit('a', 1);
  await pass(1);
  takeAway();
  await deposit('a', 2);
  await pass(30);
  expect(handled).toEqual([0, 1]);
  giveBack();
  await pass(1);
  expect(await saved()).toBe(end());
  lose();
  await deposit('a', 3);
  await pass(10);
  await deposit('a', 4);
  await pass(10);
  expect(handled.slice(0, 3)).toEqual([0, 1, 2]);
  expect(handled.slice(-4)).toEqual([0, 1, 2, 3]);
  expect(handled.length).toBeLessThan(12);
  expect(await saved()).toBe(end());
});
