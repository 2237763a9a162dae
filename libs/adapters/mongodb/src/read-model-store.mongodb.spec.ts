import { randomUUID } from 'node:crypto';
import { collection, type Instant, origin, type Position } from '@conference/kernel';
import { readModelStoreContract } from '@conference/testing-contracts';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMongoReadModels } from './engine.ts';

const url = process.env['MONGODB_URL'];
if (url === undefined) throw new Error('MONGODB_URL names no server to test against');
const databaseOfRun = `conference-test-${randomUUID().slice(0, 8)}`;
const client = new MongoClient(url);
afterAll(async () => {
  for (const { name } of (await client.db('admin').admin().listDatabases({ nameOnly: true })).databases) {
    if (name.startsWith(databaseOfRun)) await client.db(name).dropDatabase();
  }
  await client.close();
});

const start = Date.parse('2027-05-02T09:00:00.000Z');
readModelStoreContract({
  name: 'MongoDB',
  capabilities: { fencedWritesNothing: false },
  create: async () => {
    let now = start;
    const clock = { now: () => new Date(now).toISOString() as Instant };
    const database = `${databaseOfRun}-contract`;
    return {
      connect: async () => (await openMongoReadModels({ url, database, clock })).readModels,
      advance: (milliseconds) => {
        now += milliseconds;
      },
      cleanUp: async () => {},
    };
  },
});

type Order = { readonly conference: string; readonly placedAt: string; readonly dueAt: string | null };
const orders = (indexes: { readonly [name: string]: readonly (keyof Order)[] } = { byConference: ['conference', 'placedAt'] }) =>
  collection<Order>()({ name: 'orders', version: 2, indexes });
const order = (change: Partial<Order> = {}): Order => ({ conference: 'c1', placedAt: '2027-05-01T09:00:00.000Z', dueAt: null, ...change });
const at = (n: number): Position => String(n).padStart(20, '0') as Position;
const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };

describe('the MongoDB read-model store', () => {
  const database = `${databaseOfRun}-own`;
  const db = client.db(database);
  let engines: Awaited<ReturnType<typeof openMongoReadModels>>;
  beforeAll(async () => {
    engines = await openMongoReadModels({ url, database, clock });
  });
  afterAll(() => engines.readModels.close());

  const documentsOf = async (build: string): Promise<string> =>
    (await db.collection<{ _id: string; documents: string }>('builds').findOne({ _id: `orders.v2.${build}` }))?.documents ?? 'none';
  const indexesOf = async (build: string): Promise<readonly (string | undefined)[]> =>
    (await db.collection(await documentsOf(build)).indexes()).map(({ name }) => name);

  test('every query reads its index in order: no scan of the collection, no sort', async () => {
    const { readModels } = engines;
    const build = await readModels.create(orders(), 'plans');
    const writes = new Map(
      Array.from({ length: 50 }, (_, n) => [`id-${n}`, { document: order({ placedAt: `p${n % 7}` }), position: at(1) }]),
    );
    await readModels.commit(build, { writes, after: origin, position: at(1) });
    const explained = await db
      .collection(await documentsOf('plans'))
      .find({ 'keys.conference,placedAt': { $gte: '2c1', $lte: '2c13' } })
      .sort({ 'keys.conference,placedAt': 1 })
      .hint('keys.conference,placedAt')
      .limit(5)
      .explain('queryPlanner');
    const stages = JSON.stringify(explained['queryPlanner'].winningPlan);
    expect(stages).toContain('IXSCAN');
    expect(stages).not.toMatch(/COLLSCAN|"SORT"/);
  });

  test('an index whose declaration changed holds the documents that were there, and one that is not declared any more is gone', async () => {
    const { readModels } = engines;
    const build = await readModels.create(orders(), 'indexes');
    const writes = new Map(Array.from({ length: 1_200 }, (_, n) => [`id-${n}`, { document: order({ dueAt: `d${n}` }), position: at(1) }]));
    await readModels.commit(build, { writes, after: origin, position: at(1) });
    const changed = orders({ byDue: ['dueAt'] });
    await readModels.activate(await readModels.create(changed, 'indexes'));
    expect(await indexesOf('indexes')).toEqual(['_id_', 'keys.dueAt']);
    const { items } = await readModels.find(changed, { index: 'byDue', limit: 2_000 });
    expect(items).toHaveLength(1_200);
  });

  test('a late write of a runner whose build was dropped and created anew reaches no document of the new one', async () => {
    const late = (await openMongoReadModels({ url, database, clock })).readModels;
    const { readModels } = engines;
    const build = await late.create(orders(), 'late');
    await readModels.drop(build);
    await readModels.create(orders(), 'late');
    const batch = { writes: new Map([['a', { document: order(), position: at(1) }]]), after: origin, position: at(1) };
    expect(await late.commit(build, batch)).toBe('fenced');
    expect(await readModels.checkpoint(build)).toBe(origin);
    expect(await readModels.load(build, ['a'])).toEqual(new Map());
    expect(await late.commit(build, batch)).toBe('committed');
    await late.close();
  });

  test('shuffled and doubled writes of many runners at once leave every document at its last position', async () => {
    const { readModels } = engines;
    const build = await readModels.create(orders(), 'shuffled');
    const positions = Array.from({ length: 20 }, (_, n) => at(n + 1));
    const attempts = positions.flatMap((position) => [position, position]).toSorted(() => Math.random() - 0.5);
    await Promise.all(
      attempts.map((position) =>
        readModels.commit(build, {
          writes: new Map(['a', 'b', 'c'].map((id) => [id, { document: order({ placedAt: position }), position }])),
          after: at(999),
          position: at(1_000),
        }),
      ),
    );
    const left = await readModels.load(build, ['a', 'b', 'c']);
    expect([...left.values()].map(({ document, position }) => [document?.placedAt, position])).toEqual(
      Array.from({ length: 3 }, () => [at(20), at(20)]),
    );
  });

  test('of two hundred takers of one lease one has it', async () => {
    const { readModels } = engines;
    const lease = `lease-${randomUUID()}`;
    const taken = await Promise.all(Array.from({ length: 200 }, (_, n) => readModels.lease(lease, `owner-${n}`, 60_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('a closed store says so, and what was under way has ended', async () => {
    const { readModels, check } = await openMongoReadModels({ url, database, clock });
    await check();
    const build = await readModels.create(orders(), 'closing');
    const position = at(1);
    const underWay = readModels.commit(build, { writes: new Map(), after: origin, position });
    await Promise.all([readModels.close(), readModels.close()]);
    await underWay.catch((error: unknown) => expect(String(error)).toContain('closed'));
    await expect(readModels.get(orders(), 'a')).rejects.toThrow('the read-model store is closed');
  });
});
