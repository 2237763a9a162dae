import type { Instant } from '@conference/kernel';
import { type EventStore, StoreUnavailable } from '@conference/ports';
import { createEventDisk, type EventStoreFault, memoryEventStore, withEventStoreFaults } from '@conference/testing-memory';
import { type Simulation, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { type AccountCommand, account, accountCodec, accountStream, contextOf, idAt } from './account.fixture.ts';
import { commandHandler } from './command-handler.ts';
import type { SnapshotPolicy } from './stream-state.ts';

const deposit = (amount: number, more: { times?: number; account?: string } = {}): AccountCommand => ({
  type: 'Deposit',
  data: { account: 'a', amount, ...more },
});
const withdraw = (amount: number): AccountCommand => ({ type: 'Withdraw', data: { account: 'a', amount } });
const snapshot: SnapshotPolicy<number> = { foldVersion: 1, every: 5, toJson: (balance) => balance, fromJson: Number };

/** A handler on a store that answers as the script says, by the number of the append. */
const setUp = (faults: Readonly<Record<number, EventStoreFault>> = {}, sim: Simulation = simulation({ seed: 1 })) => {
  const disk = createEventDisk();
  const store = memoryEventStore({ clock: sim.timer, disk });
  const appends: string[] = [];
  const eventStore: EventStore = withEventStoreFaults(
    store,
    (operation, n) => {
      if (operation.name !== 'append') return undefined;
      appends.push(operation.events.map(({ eventId }) => eventId).join());
      return faults[n];
    },
    { timer: sim.timer },
  );
  const handlerOn = (policy?: SnapshotPolicy<number>, of: EventStore = eventStore, timer = sim.timer) =>
    commandHandler({
      decider: account,
      codec: accountCodec,
      streamOf: ({ data }) => accountStream(data.account),
      eventStore: of,
      timer,
      retry: { withinMs: 5_000, random: sim.chance.random },
      ...(policy === undefined ? {} : { snapshot: policy }),
    });
  const amounts = () => disk.events.map(({ data }) => data['amount']);
  return { sim, disk, store, appends, handlerOn, handle: handlerOn(), amounts };
};

test('an accepted command is answered with its version, its position and the state after it', async () => {
  const { handle, disk } = setUp();
  const outcome = await handle(deposit(5, { times: 2 }), contextOf(idAt(1)));
  expect(outcome).toEqual({ status: 'accepted', streamVersion: 1, position: disk.events[1]?.position, state: 10 });
});

test('a command that changes nothing is unchanged, a refused one is rejected, and neither stores anything', async () => {
  const { handle, disk } = setUp();
  expect(await handle(deposit(0), contextOf(idAt(1)))).toEqual({ status: 'unchanged', streamVersion: 'no-stream', position: '', state: 0 });
  expect(await handle(withdraw(1), contextOf(idAt(2)))).toEqual({ status: 'rejected', reason: { code: 'too-little', balance: 0 } });
  expect(disk.events).toEqual([]);
});

test('what is sent in one turn goes into one append, and each command has its own answer on the state before it', async () => {
  const { handle, appends, amounts } = setUp();
  const outcomes = await Promise.all([
    handle(deposit(3), contextOf(idAt(1))),
    handle(withdraw(5), contextOf(idAt(2))),
    handle(withdraw(2), contextOf(idAt(3))),
    handle(deposit(0), contextOf(idAt(4))),
  ]);
  expect(outcomes.map((outcome) => [outcome.status, 'state' in outcome ? outcome.state : undefined])).toEqual([
    ['accepted', 3],
    ['rejected', undefined],
    ['accepted', 1],
    ['unchanged', 1],
  ]);
  expect(appends).toHaveLength(1);
  expect(amounts()).toEqual([3, 2]);
});

test('a repeated id is answered with the version of then and the state of today, and stored once', async () => {
  const { handle, handlerOn, disk } = setUp();
  await handle(deposit(3), contextOf(idAt(1)));
  await handle(deposit(4), contextOf(idAt(2)));
  for (const handler of [handle, handlerOn()]) {
    const again = { status: 'repeated', streamVersion: 0, position: disk.events[0]?.position, state: 7 };
    expect(await handler(deposit(3), contextOf(idAt(1)))).toEqual(again);
    expect(await handler.recall(accountStream('a'), contextOf(idAt(1)))).toEqual(again);
    expect(await handler.recall(accountStream('a'), contextOf(idAt(9)))).toBeUndefined();
    expect(await handler.stateAt(accountStream('a'), 0)).toBe(3);
  }
  expect(disk.events).toHaveLength(2);
});

test('a repeat is recognised within one batch too', async () => {
  const { handle, disk } = setUp();
  const [first, second] = await Promise.all([handle(deposit(3), contextOf(idAt(1))), handle(deposit(3), contextOf(idAt(1)))]);
  expect([first.status, second.status]).toEqual(['accepted', 'repeated']);
  expect(second).toMatchObject({ streamVersion: 0, position: disk.events[0]?.position, state: 3 });
  expect(disk.events).toHaveLength(1);
});

test('the same id with another request hash is a misuse, also within one batch', async () => {
  const { handle, disk } = setUp();
  const batch = await Promise.all(['x', 'y', 'x'].map((requestHash) => handle(deposit(3), contextOf(idAt(1), { requestHash }))));
  expect(batch.map(({ status }) => status)).toEqual(['accepted', 'key-reused', 'repeated']);
  expect((await handle(deposit(3), contextOf(idAt(1), { requestHash: 'z' }))).status).toBe('key-reused');
  expect((await handle.recall(accountStream('a'), contextOf(idAt(1))))?.status).toBe('key-reused');
  expect(disk.events).toHaveLength(1);
});

test('an expected version that is not the current one is stale, within a batch the one after the command before it', async () => {
  const { handle } = setUp();
  const outcomes = await Promise.all([
    handle(deposit(1), contextOf(idAt(1), { expectedVersion: 'no-stream' })),
    handle(deposit(1), contextOf(idAt(2), { expectedVersion: 'no-stream' })),
    handle(deposit(1), contextOf(idAt(3), { expectedVersion: 0 })),
  ]);
  expect(outcomes[1]).toEqual({ status: 'stale', current: 0 });
  expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'stale', 'accepted']);
});

test('a repeat whose expected version is outdated by now is still a repeat', async () => {
  const { handle } = setUp();
  const context = contextOf(idAt(1), { expectedVersion: 'no-stream' });
  await handle(deposit(1), context);
  expect((await handle(deposit(1), context)).status).toBe('repeated');
});

test('the loser of a conflict decides again on what is there now', async () => {
  const { sim, handle, handlerOn, amounts } = setUp();
  await sim.complete(handle(deposit(10), contextOf(idAt(1))));
  await handlerOn()(withdraw(8), contextOf(idAt(2)));
  expect(await sim.complete(handle(withdraw(8), contextOf(idAt(3))))).toEqual({
    status: 'rejected',
    reason: { code: 'too-little', balance: 2 },
  });
  expect((await sim.complete(handle(withdraw(2), contextOf(idAt(4))))).status).toBe('accepted');
  expect(amounts()).toEqual([10, 8, 2]);
});

test('two writers of one stream lose nothing and repeat nothing, however they interleave', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const { sim, handlerOn, disk } = setUp({}, simulation({ seed }));
    const handlers = [handlerOn(snapshot), handlerOn(), handlerOn()];
    const sent = Array.from({ length: 40 }, (_, n) => async () => {
      await sim.timer.sleep(sim.chance.integer(0, 40));
      return sim.chance.pick(handlers)(deposit(1), contextOf(idAt(n)));
    });
    const outcomes = await sim.complete(Promise.all(sent.map((send) => send())));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['accepted']));
    expect(new Set(disk.events.map(({ metadata }) => metadata.commandId)).size).toBe(40);
    expect(disk.events).toHaveLength(40);
  }
});

test('an append of unknown outcome is sent again as it was, whether it had arrived or not', async () => {
  for (const kind of ['acknowledgement-lost', 'request-lost'] as const) {
    const { sim, handle, appends, amounts } = setUp({ 0: { kind }, 1: { kind } });
    const first = handle(deposit(3), contextOf(idAt(1)));
    const second = sim.timer.sleep(1).then(() => handle(deposit(4), contextOf(idAt(2))));
    expect((await sim.complete(Promise.all([first, second]))).map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    expect(new Set(appends.slice(0, 3)).size).toBe(1);
    expect(amounts()).toEqual([3, 4]);
  }
});

test('whoever waits too long for an unknown outcome is told busy, and a repeat finds what became of it', async () => {
  const lost = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [n, { kind: 'request-lost' } as const]));
  const { sim, handle, amounts } = setUp(lost);
  const waiting = Promise.all([
    handle(deposit(3), contextOf(idAt(1))),
    sim.timer.sleep(100).then(() => handle(deposit(4), contextOf(idAt(2)))),
  ]);
  expect((await sim.complete(waiting)).map(({ status }) => status)).toEqual(['busy', 'busy']);
  expect(sim.elapsedMs()).toBeLessThan(8_000);
  const [first, second] = await sim.complete(
    Promise.all([handle(deposit(3), contextOf(idAt(1))), handle(deposit(4), contextOf(idAt(2)))]),
    { virtualMs: 60_000 },
  );
  expect([first.status, second.status].filter((status) => status !== 'repeated' && status !== 'accepted')).toEqual([]);
  expect(amounts().toSorted()).toEqual([3, 4]);
});

test('a store that takes no writes makes the callers busy at once, and nothing of it is remembered', async () => {
  const { handle, amounts } = setUp({ 0: { kind: 'unavailable' } });
  const outcomes = await Promise.all([handle(deposit(3), contextOf(idAt(1))), handle(deposit(4), contextOf(idAt(2)))]);
  expect(outcomes).toEqual([{ status: 'busy' }, { status: 'busy' }]);
  expect((await handle(deposit(3), contextOf(idAt(1)))).status).toBe('accepted');
  expect(amounts()).toEqual([3]);
});

test('an unknown outcome that is followed by a refusal to write is found by the repeat', async () => {
  const { sim, handle, amounts } = setUp({ 0: { kind: 'acknowledgement-lost' }, 1: { kind: 'unavailable' } });
  expect((await sim.complete(handle(deposit(3), contextOf(idAt(1))))).status).toBe('busy');
  expect(await handle(deposit(3), contextOf(idAt(1)))).toMatchObject({ status: 'repeated', streamVersion: 0, state: 3 });
  expect(amounts()).toEqual([3]);
});

test('a competing writer at every append makes the caller busy in the end, and not earlier than it wants to wait', async () => {
  const { sim, store, handlerOn } = setUp();
  let competitors = 0;
  const contested: EventStore = {
    ...store,
    append: async (stream, expected, events) => {
      const [template] = events;
      if (template === undefined) throw new StoreUnavailable('nothing');
      await store.append(stream, expected, [
        { ...template, eventId: idAt(1_000 + competitors++), metadata: { ...template.metadata, commandId: 'other' } },
      ]);
      return store.append(stream, expected, events);
    },
  };
  expect((await sim.complete(handlerOn(undefined, contested)(deposit(1), contextOf(idAt(1))))).status).toBe('busy');
  expect(sim.elapsedMs()).toBeGreaterThanOrEqual(5_000);
  expect(sim.elapsedMs()).toBeLessThan(6_000);
});

test('occurredAt never decreases within a stream, whatever the clock does', async () => {
  const { sim, disk, handlerOn } = setUp();
  let now = '2027-05-02T12:00:00.000Z' as Instant;
  const timer = { ...sim.timer, now: () => now };
  const instants = ['2027-05-02T11:00:00.000Z', '2027-05-02T12:00:01.000Z', '2027-05-02T10:00:00.000Z', '2027-05-02T13:00:00.000Z'];
  let n = 0;
  for (const instant of instants) {
    await handlerOn(undefined, undefined, timer)(deposit(1), contextOf(idAt(n++)));
    now = instant as Instant;
    await handlerOn(undefined, undefined, timer)(deposit(1), contextOf(idAt(n++)));
  }
  const occurred = disk.events.map(({ metadata }) => metadata.occurredAt);
  expect(occurred).toEqual(occurred.toSorted());
  expect(new Set(occurred).size).toBe(3);
});

test('a snapshot and its tail make the same state as the whole stream, and repeats are still recognised', async () => {
  const { sim, handle, handlerOn, disk } = setUp();
  for (let n = 0; n < 23; n++) {
    await handlerOn(snapshot)(deposit(n + 1, { times: 1 + (n % 3) }), contextOf(idAt(n), { requestHash: `hash ${n}` }));
    await sim.run(sim.elapsedMs() + 1);
  }
  expect(disk.snapshots.size).toBe(1);
  const whole = await handlerOn()(deposit(0), contextOf(idAt(100)));
  expect(await handlerOn(snapshot)(deposit(0), contextOf(idAt(100)))).toEqual(whole);
  // The snapshot of another fold is no shortcut.
  expect(await handlerOn({ ...snapshot, foldVersion: 2, fromJson: () => 1e9 })(deposit(0), contextOf(idAt(100)))).toEqual(whole);
  for (const n of [0, 11, 22]) {
    const repeated = await handlerOn(snapshot)(deposit(1), contextOf(idAt(n), { requestHash: `hash ${n}` }));
    expect(repeated).toEqual(await handle(deposit(1), contextOf(idAt(n), { requestHash: `hash ${n}` })));
    expect(repeated.status).toBe('repeated');
  }
});

test('commands whose events do not fit into one append together go into several', async () => {
  const { handle, disk, appends } = setUp();
  const outcomes = await Promise.all([300, 300, 300].map((times, n) => handle(deposit(1, { times }), contextOf(idAt(n)))));
  expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(disk.events).toHaveLength(900);
  expect(appends).toHaveLength(3);
});

test('the limit of bytes is one of bytes: text outside ASCII counts as what it takes', async () => {
  const { handle, disk } = setUp();
  await handle(deposit(100), contextOf(idAt(0)));
  const note = '会'.repeat(60_000);
  const command: AccountCommand = { type: 'Withdraw', data: { account: 'a', amount: 1, note } };
  const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => handle(command, contextOf(idAt(n)))));
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['accepted']));
  expect(disk.events).toHaveLength(7);
});

test('a command that throws is an error to its own caller only', async () => {
  const { handle, amounts } = setUp();
  const outcomes = await Promise.allSettled([
    handle(deposit(3), contextOf(idAt(1))),
    handle(deposit(-1), contextOf(idAt(2))),
    handle(deposit(4), contextOf(idAt(3))),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(amounts()).toEqual([3, 4]);
});

test('streams do not wait for each other', async () => {
  const { sim, handle } = setUp({ 0: { kind: 'delayed', milliseconds: 3_000 } });
  const slow = handle(deposit(1), contextOf(idAt(1)));
  expect((await handle(deposit(1, { account: 'b' }), contextOf(idAt(2)))).status).toBe('accepted');
  expect((await sim.complete(slow)).status).toBe('accepted');
});

test('what a command left is answered from memory while it is the last one of its stream, also to who asks before its caller is answered', async () => {
  const { handle, disk, sim } = setUp();
  const first = handle(deposit(5, { times: 2 }), contextOf(idAt(1)));
  await Promise.resolve();
  const asked = handle.leftBy(accountStream('a'), idAt(1));
  await sim.complete(first);
  expect(await asked).toEqual({ state: 10, version: 1, position: disk.events[1]?.position });
  await sim.complete(handle(deposit(1), contextOf(idAt(2))));
  expect(await handle.leftBy(accountStream('a'), idAt(1))).toBeUndefined();
  expect(await handle.leftBy(accountStream('a'), idAt(2))).toMatchObject({ state: 11, version: 2 });
  expect(await handle.leftBy(accountStream('b'), idAt(2))).toBeUndefined();
});
