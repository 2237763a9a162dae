import { collection, origin, type Projection } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import { createEventDisk, createReadModelDisk, memoryEventStore, memoryReadModelStore } from '@conference/testing-memory';
import { type Simulation, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { type AccountEvent, accountCodec } from './account.fixture.ts';
import { accountsIn } from './accounts.fixture.ts';
import { follow } from './consumer-group.ts';
import { whileLeased } from './lease.ts';
import { silent } from './log.ts';
import { projectionRunner, Unreadable } from './projection-runner.ts';

type Balance = { readonly balance: number };

/** One that learns to refuse events, and to read them again: as if they had been garbled on the disk, and mended. */
const setUp = (sim: Simulation) => {
  const unreadable = new Set<number>();
  const balances: Projection<Balance, AccountEvent> = {
    collection: collection<Balance>()({ name: 'balances', version: 1, indexes: {} }),
    categories: ['Account'],
    idsOf: ({ stream }) => [stream],
    evolve: (document, { event: { data } }) => {
      if (unreadable.has(data.amount)) throw new Error('unreadable');
      return { balance: (document?.balance ?? 0) + data.amount };
    },
  };
  const store = memoryReadModelStore({ disk: createReadModelDisk(), clock: sim.timer });
  const disk = createEventDisk();
  const { deposit, signal, context, feed } = accountsIn(memoryEventStore({ clock: sim.timer, disk }), sim.timer, sim.chance.random);
  const parked = new Set<string>();
  const skipped = new Set<string>();
  const parking = {
    isParked: (_: string, subject: string) => parked.has(subject),
    parkBehind: async () => {},
    park: async (_: string, { streamName }: StoredEvent) => {
      if (!skipped.has(streamName)) parked.add(streamName);
    },
  };
  const runner = projectionRunner({ projection: balances, codec: accountCodec, store, timer: sim.timer, parking, log: silent });
  void whileLeased({ name: 'balances', owner: 'me', store, ...context, work: (held) => follow(feed, runner, held) });
  const caughtUp = async (): Promise<void> => {
    await sim.complete(runner.waitFor(disk.events.at(-1)?.position ?? origin, 5_000));
  };
  const rebuild = (): Promise<void> => sim.complete(runner.rebuild((consumer, isDone) => follow(feed, consumer, signal, isDone)));
  const balanceOf = async (id: string) => (await store.get(balances.collection, `Account-${id}`))?.document.balance;
  const active = () => store.active(balances.collection);
  const isWhole = () => runner.isWhole(disk.events.at(-1)?.position ?? origin);
  return { unreadable, deposit, parked, skipped, caughtUp, rebuild, balanceOf, active, isWhole };
};

test('a rebuild that meets what it cannot read is not shown; it is parked, and the live documents stay and go on', async () => {
  const sim = simulation({ seed: 1 });
  const { unreadable, deposit, parked, caughtUp, rebuild, balanceOf, active, isWhole } = setUp(sim);
  for (const amount of [1, 2, 3]) await deposit('a', amount);
  await deposit('b', 4);
  await caughtUp();
  const before = await active();
  unreadable.add(2);
  unreadable.add(4);
  await expect(rebuild()).rejects.toThrow(Unreadable);
  expect([...parked]).toEqual(['Account-a', 'Account-b']);
  expect([await active(), await balanceOf('a'), await balanceOf('b'), isWhole()]).toEqual([before, 6, 4, false]);
  await deposit('a', 5);
  await caughtUp();
  expect(await balanceOf('a')).toBe(11);

  await expect(rebuild(), 'nor the next time, though it is parked by now').rejects.toThrow('2 events cannot be read');
  expect(await active()).toEqual(before);
  unreadable.clear();
  parked.clear();
  await rebuild();
  expect([(await active())?.build === before?.build, await balanceOf('a'), await balanceOf('b'), isWhole()]).toEqual([false, 11, 4, true]);
});

test('what an operator has given up may be missing', async () => {
  const sim = simulation({ seed: 1 });
  const { unreadable, deposit, skipped, caughtUp, rebuild, balanceOf } = setUp(sim);
  await deposit('a', 1);
  await deposit('b', 2);
  await caughtUp();
  unreadable.add(2);
  skipped.add('Account-b');
  await rebuild();
  expect([await balanceOf('a'), await balanceOf('b')]).toEqual([1, undefined]);
});
