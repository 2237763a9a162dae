/** What a read-model server does to its clients when it dies, freezes, refuses or goes silent: on a server of the spec's own. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MongoReadModels, openMongoReadModels } from '@conference/adapter-mongodb';
import { collection, origin, type Position } from '@conference/kernel';
import { systemTimer } from '@conference/platform';
import type { Build, ReadModelStore } from '@conference/ports';
import { readModelStoreAwayContract } from '@conference/testing-contracts';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadModelServer, startReadModelServer } from './read-model-server.ts';

const enginesDir = join(import.meta.dirname, '..', '..', '.engines');
const timeoutMs = 1_000;
let databases = 0;

type Order = { readonly conference: string; readonly step: number };
const orders = (name: string) => collection<Order>()({ name, version: 1, indexes: { byConference: ['conference', 'step'] } });
const at = (n: number): Position => (n === 0 ? origin : (String(n).padStart(20, '0') as Position));
const stepOf = (position: Position): number => Number(position);

/** One document of its own per step, and one that all steps change. */
const step = (n: number) => {
  const written = { document: { conference: 'c1', step: n }, position: at(n) };
  return { writes: new Map([`id-${n}`, 'hot'].map((id) => [id, written])), after: at(n - 1), position: at(n) };
};

let server: ReadModelServer;
let engines: MongoReadModels;
let store: ReadModelStore;
beforeAll(async () => {
  server = await startReadModelServer({ enginesDir, print: (line) => console.log(line) });
  engines = await openMongoReadModels({ url: server.url, database: 'faults', clock: systemTimer, timeoutMs });
  store = engines.readModels;
});
afterAll(async () => {
  await store?.close();
  await server?.stop();
});

/** As the projection runner does: after a failure it goes on from the checkpoint, once that answers. */
const runnerOn = (build: Build<Order>) => {
  const acknowledged: number[] = [];
  let failures = 0;
  let stopped = false;
  const checkpoint = async (): Promise<number> => {
    for (;;) {
      try {
        return stepOf(await store.checkpoint(build));
      } catch {
        await sleep(20);
      }
    }
  };
  const run = async (): Promise<void> => {
    let last = 0;
    while (!stopped) {
      try {
        if ((await store.commit(build, step(last + 1))) === 'committed') acknowledged.push(last + 1);
        last += 1;
      } catch {
        failures += 1;
        last = await checkpoint();
      }
    }
  };
  const done = run();
  return {
    acknowledged,
    failures: () => failures,
    stop: async (): Promise<void> => {
      stopped = true;
      await done;
    },
  };
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(10);
};

const eventually = async (work: () => Promise<void>): Promise<void> => {
  for (const last of Array.from({ length: 100 }, (_, n) => n === 99)) {
    try {
      return await work();
    } catch (error) {
      if (last) throw error;
      await sleep(100);
    }
  }
};

readModelStoreAwayContract({
  name: 'MongoDB',
  withinMs: 2 * timeoutMs + 500,
  create: async () => {
    const own = await openMongoReadModels({ url: server.url, database: `away-${++databases}`, clock: systemTimer, timeoutMs });
    return {
      connect: async () => own.readModels,
      advance: () => undefined,
      takeAway: () => server.kill(),
      giveBack: () => server.restart(),
      cleanUp: async () => {},
    };
  },
});

test('killed and started again under writes: nothing acknowledged is lost, and everything goes on by itself', async () => {
  const builds = await Promise.all(['one', 'two', 'three'].map((name) => store.create(orders(name), 'b1')));
  const runners = builds.map(runnerOn);
  for (let kill = 1; kill <= 4; kill++) {
    const before = runners.map(({ acknowledged }) => acknowledged.length);
    await until(() => runners.every(({ acknowledged }, n) => acknowledged.length >= (before[n] ?? 0) + 20));
    await server.kill();
    await server.restart();
  }
  const before = runners.map(({ acknowledged }) => acknowledged.length);
  await until(() => runners.every(({ acknowledged }, n) => acknowledged.length >= (before[n] ?? 0) + 5));
  await Promise.all(runners.map(({ stop }) => stop()));
  for (const [n, build] of builds.entries()) {
    const { acknowledged = [], failures } = runners[n] ?? {};
    const last = stepOf(await store.checkpoint(build));
    expect(last).toBeGreaterThanOrEqual(Math.max(...acknowledged));
    const ids = Array.from({ length: last }, (_, index) => `id-${index + 1}`);
    const left = await store.load(build, [...ids, 'hot']);
    expect(ids.filter((id, index) => left.get(id)?.position !== at(index + 1))).toEqual([]);
    expect(left.get('hot')).toEqual({ document: { conference: 'c1', step: last }, position: at(last) });
    console.log(`killed 4 times: ${acknowledged.length} commits acknowledged, ${failures?.() ?? 0} failed, ${last} steps, none lost`);
  }
});

test('a frozen server ends every call in its time, and what was frozen is done once', async () => {
  const build = await store.create(orders('frozen'), 'b1');
  await store.activate(build);
  await store.commit(build, step(1));
  server.pause();
  try {
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.commit(build, step(2)),
      () => store.get(build.collection, 'hot'),
      () => store.lease('frozen', 'owner', 1_000),
      () => engines.check(),
    ];
    const started = performance.now();
    const outcomes = await Promise.allSettled(calls.map((call) => call()));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    expect(performance.now() - started).toBeLessThan(2 * timeoutMs + 500);
  } finally {
    server.resume();
  }
  await eventually(async () => {
    const last = stepOf(await store.checkpoint(build));
    if (last < 2) expect(await store.commit(build, step(2))).toBe('committed');
  });
  expect(await store.checkpoint(build)).toBe(at(2));
  expect((await store.get(build.collection, 'hot'))?.document.step).toBe(2);
});

describe('a server that fails', () => {
  let client: MongoClient;
  let build: Build<Order>;
  let last = 0;
  beforeAll(async () => {
    client = new MongoClient(server.url);
    build = await store.create(orders('failing'), 'b1');
    await store.activate(build);
  });
  afterAll(() => client?.close());

  const fail = async (mode: object, data: object): Promise<void> => {
    await client.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
  };

  test('to take a write for a moment: the driver repeats it', async () => {
    await fail({ times: 1 }, { failCommands: ['update'], errorCode: 6, errorLabels: ['RetryableWriteError'] });
    expect(await store.commit(build, step(++last))).toBe('committed');
    expect((await store.load(build, ['hot'])).get('hot')?.position).toBe(at(last));
  });

  test('to be the primary for a moment: the same commit works as soon as there is one again', async () => {
    await fail({ times: 1 }, { failCommands: ['update'], errorCode: 10107, errorLabels: ['RetryableWriteError'] });
    await eventually(async () => expect(await store.commit(build, step(last + 1))).toBe('committed'));
    expect(await store.checkpoint(build)).toBe(at(++last));
  });

  test('to take the documents: nothing is committed, and the same commit works afterwards', async () => {
    await fail({ times: 1 }, { failCommands: ['update'], errorCode: 8 });
    await expect(store.commit(build, step(last + 1))).rejects.toThrow();
    expect(await store.checkpoint(build)).toBe(at(last));
    expect(await store.commit(build, step(++last))).toBe('committed');
  });

  test('to take the checkpoint: documents are ahead of it, never behind, and the same commit works afterwards', async () => {
    await fail({ skip: 1, times: 1 }, { failCommands: ['update'], errorCode: 8 });
    await expect(store.commit(build, step(last + 1))).rejects.toThrow();
    expect(await store.checkpoint(build)).toBe(at(last));
    expect((await store.load(build, ['hot'])).get('hot')?.position).toBe(at(last + 1));
    expect(await store.commit(build, step(++last))).toBe('committed');
  });

  test('to bring a write to a majority: the commit is not acknowledged', async () => {
    await fail({ times: 1 }, { failCommands: ['update'], writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } });
    await expect(store.commit(build, step(last + 1))).rejects.toThrow();
    expect(await store.checkpoint(build)).toBe(at(last));
    expect(await store.commit(build, step(++last))).toBe('committed');
  });

  test('and cuts the connection: reads are repeated', async () => {
    await fail({ times: 1 }, { failCommands: ['find'], closeConnection: true });
    expect((await store.get(build.collection, 'hot'))?.position).toBe(at(last));
  });

  test('to answer in time: the call ends, and the next one works', async () => {
    await fail({ times: 1 }, { failCommands: ['find'], blockConnection: true, blockTimeMS: 3 * timeoutMs });
    const started = performance.now();
    await expect(store.load(build, ['hot'])).rejects.toThrow(`MongoDB did not answer within ${timeoutMs} ms (load)`);
    expect(performance.now() - started).toBeLessThan(2 * timeoutMs);
    await eventually(async () => expect((await store.load(build, ['hot'])).size).toBe(1));
  });
});
