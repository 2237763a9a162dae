import { collection, type Instant, type Position, type Projection, streamName } from '@conference/kernel';
import type { FeedBatch, ReadModelStore, StoredEvent } from '@conference/ports';
import { createReadModelDisk, memoryReadModelStore } from '@conference/testing-memory';
import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { type AccountEvent, accountCodec } from './account.fixture.ts';
import { buildWriter } from './build-writer.ts';

type Balance = { readonly balance: number };
const balances: Projection<Balance, AccountEvent> = {
  collection: collection<Balance>()({ name: 'balances', version: 1, indexes: {} }),
  categories: ['Account'],
  idsOf: ({ stream }) => [stream],
  evolve: (document, { event: { data } }) => ({ balance: (document?.balance ?? 0) + data.amount }),
};

const at = '2027-01-01T00:00:00.000Z' as Instant;
const positionOf = (n: number): Position => String(n).padStart(6, '0') as Position;
const deposited = (n: number): StoredEvent => ({
  eventId: `e${n}`,
  type: 'Deposited',
  schemaVersion: 1,
  data: { amount: 1 },
  metadata: { commandId: `c${n}`, correlationId: 'c', causationId: 'c', actor: 'spec', occurredAt: at },
  streamName: streamName('Account', String(n % 3)),
  streamVersion: Math.floor(n / 3),
  position: positionOf(n),
  recordedAt: at,
});
/** So many events after the first `from`. */
const batch = (from: number, count: number, caughtUp = false): FeedBatch => ({
  events: Array.from({ length: count }, (_, i) => deposited(from + i + 1)),
  position: positionOf(from + count),
  caughtUp,
});

const setUp = async () => {
  const { timer } = simulation({ seed: 1 });
  const store = memoryReadModelStore({ disk: createReadModelDisk(), clock: timer });
  const commits: number[] = [];
  const failing = { next: false };
  const counted: ReadModelStore = {
    ...store,
    commit: (build, change) => {
      if (failing.next) {
        failing.next = false;
        return Promise.reject(new Error('the disk is full'));
      }
      commits.push(change.writes.size);
      return store.commit(build, change);
    },
  };
  const build = await store.create(balances.collection, '1');
  const onPoison = async (_: StoredEvent, error: unknown): Promise<void> => Promise.reject(error);
  const writer = buildWriter({ projection: balances, codec: accountCodec, store: counted, build, timer, onPoison, onWritten: () => {} });
  await writer.checkpoint();
  const state = async () => {
    const documents = await store.load(build, ['Account-0', 'Account-1', 'Account-2']);
    return { balances: [...documents.values()].map(({ document }) => document?.balance), checkpoint: await store.checkpoint(build) };
  };
  return { writer, commits, failing, state };
};

test('who catches up writes a document once that changes in several batches, and its checkpoint with it', async () => {
  const { writer, commits, state } = await setUp();
  for (let from = 0; from < 1_500; from += 300) await writer.apply(batch(from, 300), true);
  expect([commits, await state()]).toEqual([[], { balances: [], checkpoint: '' }]);
  await writer.apply(batch(1_500, 300, true));
  expect([commits, await state()]).toEqual([[3], { balances: [600, 600, 600], checkpoint: positionOf(1_800) }]);
});

test('however much follows, no more than 2,000 events wait', async () => {
  const { writer, commits, state } = await setUp();
  for (let from = 0; from < 4_500; from += 500) await writer.apply(batch(from, 500), true);
  expect([commits.length, (await state()).checkpoint]).toEqual([2, positionOf(4_000)]);
});

test('what was gathered is applied again, and once, when it was not written', async () => {
  const { writer, failing, state } = await setUp();
  await writer.apply(batch(0, 300), true);
  failing.next = true;
  await expect(writer.apply(batch(300, 300))).rejects.toThrow('the disk is full');
  expect(await writer.checkpoint()).toBe('');
  await writer.apply(batch(0, 300), true);
  expect(await writer.checkpoint(), 'the loop broke off before it was written').toBe('');
  await writer.apply(batch(0, 600, true));
  expect(await state()).toEqual({ balances: [200, 200, 200], checkpoint: positionOf(600) });
});

test('without gathering every batch is written', async () => {
  const { writer, commits } = await setUp();
  for (const from of [0, 30, 60]) await writer.apply(batch(from, 30));
  expect(commits).toEqual([3, 3, 3]);
});
