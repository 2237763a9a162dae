import { collection, type JsonObject, origin, type Projection } from '@conference/kernel';
import type { ReadModelStore } from '@conference/ports';
import {
  createEventDisk,
  createReadModelDisk,
  faultyReadModelStore,
  memoryEventStore,
  memoryReadModelStore,
  type ReadModelFault,
} from '@conference/testing-memory';
import { type Simulation, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { type AccountEvent, accountCodec } from './account.fixture.ts';
import { accountsIn } from './accounts.fixture.ts';
import { follow } from './consumer-group.ts';
import { whileLeased } from './lease.ts';
import { silent } from './log.ts';
import { projectionRunner } from './projection-runner.ts';

type Balance = { readonly balance: number; readonly entries: number };
const balances: Projection<Balance, AccountEvent> = {
  collection: collection<Balance>()({ name: 'balances', version: 1, indexes: {} }),
  categories: ['Account'],
  versionFrom: 'Account',
  idsOf: ({ stream }) => [stream],
  evolve: (document, { event: { type, data } }) => {
    if (data.amount === 666) throw new Error('poison');
    const before = document ?? { balance: 0, entries: 0 };
    return { balance: before.balance + (type === 'Deposited' ? data.amount : -data.amount), entries: before.entries + 1 };
  },
};

const setUp = (sim: Simulation, faults: (operation: string, n: number) => ReadModelFault | undefined = () => undefined) => {
  const memory = memoryReadModelStore({ disk: createReadModelDisk(), clock: sim.timer });
  const store: ReadModelStore = faultyReadModelStore({ store: memory, timer: sim.timer, faults });
  const disk = createEventDisk();
  const { deposit, signal, context, feed } = accountsIn(memoryEventStore({ clock: sim.timer, disk }), sim.timer, sim.chance.random);
  const parked: string[] = [];
  const parking = {
    isParked: () => false,
    parkBehind: async () => {},
    park: async (_: string, stored: { streamName: string }) => void parked.push(stored.streamName),
  };
  const makeRunner = (of: ReadModelStore = store) =>
    projectionRunner({ projection: balances, codec: accountCodec, store: of, timer: sim.timer, parking, log: silent });
  const runner = makeRunner();
  const run = (of = runner, owner = 'me'): void =>
    void whileLeased({ name: 'balances', owner, store: memory, ...context, work: (held) => follow(feed, of, held) });
  const found = async (): Promise<Record<string, JsonObject>> => {
    const documents: Record<string, JsonObject> = {};
    for (const stream of disk.streams.keys()) {
      const document = await memory.get(balances.collection, stream);
      if (document !== undefined) documents[stream] = { ...document.document, version: document.version ?? -1 };
    }
    return documents;
  };
  /** What the documents must be: the fold of all events. */
  const folded = (): Record<string, JsonObject> =>
    Object.fromEntries(
      [...disk.streams].map(([stream, events]) => [
        stream,
        { balance: events.reduce((sum, { data }) => sum + Number(data['amount']), 0), entries: events.length, version: events.length - 1 },
      ]),
    );
  return { memory, store, disk, deposit, parked, feed, runner, makeRunner, run, found, folded, signal };
};

test('documents are the fold of the events, with the version of their stream', async () => {
  const sim = simulation({ seed: 1 });
  const { deposit, runner, run, found, folded, disk } = setUp(sim);
  run();
  for (let n = 0; n < 10; n++) await deposit(n % 2 === 0 ? 'a' : 'b', n + 1);
  expect(await sim.complete(runner.waitFor(disk.events.at(-1)?.position ?? origin, 1_000))).toBe(true);
  expect(await found()).toEqual(folded());
  expect(runner.isCaughtUp()).toBe(true);
});

test('a batch that comes twice, in whole or in part, changes nothing', async () => {
  const sim = simulation({ seed: 1 });
  const { deposit, runner, found, folded, disk } = setUp(sim);
  for (let n = 0; n < 6; n++) await deposit('a', n + 1);
  await runner.checkpoint();
  const batchOf = (from: number, to: number) => ({
    events: disk.events.slice(from, to),
    position: disk.events[to - 1]?.position ?? origin,
    caughtUp: true,
  });
  for (const [from, to] of [
    [0, 4],
    [0, 4],
    [1, 3],
    [2, 6],
    [0, 6],
  ] as const)
    await runner.handle(batchOf(from, to));
  expect(await found()).toEqual(folded());
});

test('a runner that another one has overtaken is fenced, and writes nothing', async () => {
  const sim = simulation({ seed: 1 });
  const { deposit, runner, makeRunner, found, disk } = setUp(sim);
  await deposit('a', 1);
  const batch = { events: [...disk.events], position: disk.events[0]?.position ?? origin, caughtUp: true };
  const other = makeRunner();
  await runner.checkpoint();
  await other.checkpoint();
  await other.handle(batch);
  const before = await found();
  await expect(runner.handle(batch)).rejects.toThrow('balances');
  expect(await found()).toEqual(before);
});

test('whatever fails at the store, two runners end with the fold of all events', async () => {
  for (let seed = 0; seed < 25; seed++) {
    const sim = simulation({ seed });
    let isCalm = false;
    const fault = (operation: string): ReadModelFault | undefined => {
      if (isCalm || !sim.chance.chance(0.15)) return undefined;
      return sim.chance.pick<ReadModelFault>([
        { fault: 'failed-before' },
        { fault: 'failed-after' },
        { fault: 'delayed', milliseconds: 3_000 },
        operation === 'commit' ? { fault: 'fenced' } : { fault: 'failed-before' },
      ]);
    };
    const { deposit, runner, makeRunner, run, found, folded } = setUp(sim, fault);
    run(runner, 'one');
    run(makeRunner(), 'other');
    for (let n = 0; n < 60; n++) {
      await sim.complete(sim.timer.sleep(sim.chance.integer(0, 2_000)));
      await deposit(sim.chance.pick(['a', 'b', 'c']), n + 1);
    }
    isCalm = true;
    await sim.run(sim.elapsedMs() + 60_000);
    expect(await found()).toEqual(folded());
  }
});

test('a poisoned event is parked, and the other events of its batch are projected', async () => {
  const sim = simulation({ seed: 1 });
  const { deposit, run, runner, found, parked, disk } = setUp(sim);
  await deposit('a', 1);
  await deposit('b', 666);
  await deposit('c', 3);
  run();
  expect(await sim.complete(runner.waitFor(disk.events.at(-1)?.position ?? origin, 1_000))).toBe(true);
  expect(parked).toEqual(['Account-b']);
  expect(Object.keys(await found())).toEqual(['Account-a', 'Account-c']);
});

test('a position or a document is waited for as long as asked, and no longer', async () => {
  const sim = simulation({ seed: 1 });
  const { deposit, run, runner } = setUp(sim);
  run();
  await sim.run(100);
  const rich = sim.complete(runner.waitUntil('Account-a', ({ balance }) => balance >= 5, 1_000));
  const spawned = sim.timer.sleep(500).then(async () => {
    await deposit('a', 2);
    await deposit('a', 3);
  });
  expect(await rich).toEqual({ balance: 5, entries: 2 });
  await spawned;
  expect(await sim.complete(runner.waitUntil('Account-a', ({ balance }) => balance > 5, 1_000))).toBeUndefined();
  expect(await sim.complete(runner.waitFor('9999999999999999' as typeof origin, 1_000))).toBe(false);
});

test('a rebuild while events come in ends equal to the fold of all of them, and serves the old documents until then', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const sim = simulation({ seed });
    const slow = (operation: string): ReadModelFault | undefined =>
      ['commit', 'activate', 'load', 'checkpoint'].includes(operation)
        ? { fault: 'delayed', milliseconds: sim.chance.exponential(20) }
        : undefined;
    const { deposit, run, runner, feed, found, folded, signal, disk, memory } = setUp(sim, slow);
    run();
    for (let n = 0; n < 20; n++) await deposit(sim.chance.pick(['a', 'b']), n + 1);
    await sim.run(2_000);
    const before = await memory.active(balances.collection);
    let isDone = false;
    sim.spawn('writer', async () => {
      while (!isDone) {
        await sim.timer.sleep(sim.chance.exponential(10));
        await deposit(sim.chance.pick(['a', 'b']), 1);
        if ((await memory.get(balances.collection, 'Account-a')) === undefined) throw sim.failure('the document went away');
      }
    });
    await sim.complete(runner.rebuild((consumer, done) => follow(feed, consumer, signal, done)));
    expect(await memory.active(balances.collection)).not.toEqual(before);
    await sim.complete(sim.timer.sleep(50));
    isDone = true;
    await sim.complete(runner.waitFor(disk.events.at(-1)?.position ?? origin, 60_000));
    await deposit('a', 1);
    const last = disk.events.at(-1)?.position ?? origin;
    expect(await sim.complete(runner.waitFor(last, 60_000))).toBe(true);
    await sim.run(sim.elapsedMs() + 5_000);
    expect(await found(), `seed ${seed}`).toEqual(folded());
  }
});

test('a rebuild on another instance than the one that projects is taken over by that one', async () => {
  const sim = simulation({ seed: 3 });
  const { deposit, run, makeRunner, feed, found, folded, signal } = setUp(sim);
  run();
  await deposit('a', 1);
  await sim.run(1_000);
  await sim.complete(makeRunner().rebuild((consumer, done) => follow(feed, consumer, signal, done)));
  for (let n = 0; n < 5; n++) {
    await deposit('a', 1);
    await sim.run(sim.elapsedMs() + 1_000);
  }
  expect(await found()).toEqual(folded());
});
