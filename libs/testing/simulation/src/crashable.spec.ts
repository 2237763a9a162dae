import type { Instant, Position, StreamName } from '@conference/kernel';
import { collection, origin } from '@conference/kernel';
import { type EventStore, type EventToAppend, type MessageBroker, type OutgoingMessage, UnknownOutcome } from '@conference/ports';
import {
  createBrokerDisk,
  createEventDisk,
  createReadModelDisk,
  faultyMessageBroker,
  faultyReadModelStore,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
  withEventStoreFaults,
} from '@conference/testing-memory';
import { expect, test } from 'vitest';
import {
  type CrashPlan,
  crashAtEveryPoint,
  crashableEventStore,
  crashableMessageBroker,
  crashableReadModelStore,
  type Epoch,
  faultScripts,
  type Simulation,
  simulation,
} from './index.ts';
import { calmOptions, faultNames } from './simulation-options.ts';

const stream = 'Order-1' as StreamName;
const event = (n: number): EventToAppend => ({
  eventId: `event-${n}`,
  type: 'Happened',
  schemaVersion: 1,
  data: { n },
  metadata: {
    commandId: `command-${n}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'test',
    occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  },
});
const message = (sequence: number): OutgoingMessage => ({
  messageId: `message-${sequence}`,
  sourceContext: 'registration',
  subject: 'Order-1',
  sequence,
  key: '1',
  type: 'Happened',
  schemaVersion: 1,
  data: { sequence },
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: 'c', causationId: 'c' },
});

/** One life of a service that appends two events, one after the other, and never starts again. */
const appendTwice = async (crashes: CrashPlan) => {
  const sim = simulation({ seed: 1, crashes });
  const disk = createEventDisk();
  const answered: string[] = [];
  const service = sim.service('a', {
    restarts: false,
    boot: async (epoch) => {
      const memory = memoryEventStore({ clock: epoch.timer, disk });
      epoch.onCrash(memory.crash);
      const store = crashableEventStore(memory, epoch);
      answered.push((await store.append(stream, 'no-stream', [event(0)])).status);
      answered.push((await store.append(stream, 0, [event(1)])).status);
    },
  });
  service.start();
  await sim.run(10);
  service.crash();
  await sim.run(60_000);
  return { points: sim.points(), stored: disk.events.length, answered: answered.length };
};

test('a crash before a call prevents it, and one after it hides its answer', async () => {
  const outcomes: { stored: number; answered: number }[] = [];
  const points = await crashAtEveryPoint(async (plan) => {
    const { points: count, ...outcome } = await appendTwice(plan);
    outcomes.push(outcome);
    return { points: count };
  });
  expect(points).toBe(4);
  expect(outcomes.map(({ stored, answered }) => [stored, answered])).toEqual([
    [0, 0],
    [1, 0],
    [1, 1],
    [2, 1],
    [2, 2],
  ]);
});

test('an exhaustive crash that finds no end says so', async () => {
  await expect(crashAtEveryPoint(async () => ({ points: 99 }), { pointsMax: 10 })).rejects.toThrow(RangeError);
});

test('an error is an answer: it is delivered to a living caller, and not to a dead one', async () => {
  const sim = simulation({ seed: 1 });
  const failing: EventStore = {
    ...memoryEventStore({ clock: sim.timer }),
    append: async () => {
      throw new UnknownOutcome('lost');
    },
  };
  const heard: string[] = [];
  const service = sim.service('a', { boot: () => {} });
  const attempt = (epoch: Epoch): void =>
    void crashableEventStore(failing, epoch)
      .append(stream, 'no-stream', [event(0)])
      .catch((error: unknown) => heard.push(error instanceof UnknownOutcome ? 'unknown' : 'other'));
  attempt(service.start());
  await sim.run(10_000);
  expect(heard).toEqual(['unknown']);
  attempt(service.epoch as Epoch);
  service.crash();
  await sim.run(20_000);
  expect(heard).toEqual(['unknown']);
});

/** Reads and follows a stream until the crash; what it saw. */
const readAndFollow = async (crashes: CrashPlan) => {
  const sim = simulation({ seed: 2, crashes });
  const disk = createEventDisk();
  const store = memoryEventStore({ clock: sim.timer, disk });
  await store.append(stream, 'no-stream', [event(0), event(1)]);
  const seen: string[] = [];
  const service = sim.service('a', {
    restarts: false,
    boot: async (epoch) => {
      const own = crashableEventStore(store, epoch);
      for await (const page of own.readStream(stream)) seen.push(`page of ${page.length}`);
      for await (const batch of own.subscribeToAll({ after: origin, signal: new AbortController().signal }))
        seen.push(`batch of ${batch.events.length}`);
    },
  });
  service.start();
  await sim.run(100);
  service.crash();
  await store.append(stream, 1, [event(2)]);
  await sim.run(1_000);
  return { points: sim.points(), seen };
};

test('reading and following stop with the service, at every page', async () => {
  const seen: number[] = [];
  const points = await crashAtEveryPoint(async (plan) => {
    const run = await readAndFollow(plan);
    seen.push(run.seen.length);
    return run;
  });
  // Before and after the reading, its page; before the following, its batch.
  expect(points).toBe(5);
  expect(seen).toEqual([0, 0, 1, 1, 1, 2]);
});

const consuming = async (settings: { readonly everythingTwice: boolean; readonly crashes?: CrashPlan }) => {
  const sim = simulation({ seed: 3, crashes: settings.crashes ?? { kind: 'never' } });
  const disk = createBrokerDisk({ partitions: 1 });
  const handled: number[] = [];
  const restarts = sim.service('consumer', {
    boot: async (epoch) => {
      const memory = memoryMessageBroker({ disk, timer: epoch.timer });
      epoch.onCrash(memory.crash);
      const broker: MessageBroker = crashableMessageBroker(memory, epoch, settings);
      await broker.subscribe({
        topics: ['orders'],
        group: 'g',
        from: 'earliest',
        signal: new AbortController().signal,
        handle: async ({ messages }) => void handled.push(...messages.map((each) => ('undecodable' in each ? -1 : each.sequence))),
      });
      if (epoch.number === 1) await broker.publish('orders', [message(0), message(1)]);
    },
  });
  restarts.start();
  await sim.run(60_000);
  return { points: sim.points(), handled, starts: restarts.starts, written: disk.end('orders', 0) };
};

test('with everything twice, a batch is published twice and handed over twice', async () => {
  expect((await consuming({ everythingTwice: false })).handled).toEqual([0, 1]);
  const { handled, written } = await consuming({ everythingTwice: true });
  expect(written).toBe(4);
  for (const sequence of [0, 1]) expect(handled.filter((each) => each === sequence).length).toBeGreaterThanOrEqual(4);
});

test('a consumer that dies gets what it has not acknowledged again after its restart', async () => {
  const points = await crashAtEveryPoint(async (crashes) => {
    const run = await consuming({ everythingTwice: false, crashes });
    const handled = new Set(run.handled).size;
    expect([0, 2]).toContain(handled);
    if (run.written > 0) expect(handled).toBe(2);
    return run;
  });
  expect(points).toBeGreaterThanOrEqual(6);
});

test('a read-model store dies with its service, and what it had committed stays', async () => {
  const disk = createReadModelDisk();
  const orders = collection<{ readonly n: number }>()({ name: 'orders', version: 1, indexes: {} });
  const outcomes: string[] = [];
  const points = await crashAtEveryPoint(async (crashes) => {
    disk.builds.clear();
    const sim = simulation({ seed: 1, crashes });
    let last = 'nothing';
    const service = sim.service('a', {
      restarts: false,
      boot: async (epoch) => {
        const store = crashableReadModelStore(memoryReadModelStore({ disk, clock: epoch.timer }), epoch);
        const build = await store.create(orders, '1');
        last = 'created';
        const position = '1' as Position;
        last = await store.commit(build, { writes: new Map([['x', { document: { n: 1 }, position }]]), after: origin, position });
      },
    });
    service.start();
    await sim.run(500);
    service.crash();
    outcomes.push(`${last}, ${[...disk.builds.values()][0]?.documents.size ?? 'no'} documents`);
    return { points: sim.points() };
  });
  expect(points).toBe(4);
  expect(new Set(outcomes)).toEqual(
    new Set(['nothing, no documents', 'nothing, 0 documents', 'created, 0 documents', 'created, 1 documents', 'committed, 1 documents']),
  );
});

test('the fault scripts fit the decorators of the in-memory engines, and follow the options', async () => {
  const every = Object.fromEntries(faultNames.map((name) => [name, 1]));
  const enginesOf = (sim: Simulation) => {
    const scripts = faultScripts(sim);
    return {
      store: withEventStoreFaults(memoryEventStore({ clock: sim.timer }), scripts.eventStore),
      broker: faultyMessageBroker({
        broker: memoryMessageBroker({ disk: createBrokerDisk(), timer: sim.timer }),
        timer: sim.timer,
        faults: scripts.broker,
      }),
      readModels: faultyReadModelStore({
        store: memoryReadModelStore({ disk: createReadModelDisk(), clock: sim.timer }),
        timer: sim.timer,
        faults: scripts.readModels,
      }),
    };
  };
  const stormy = simulation({ seed: 1, options: { ...calmOptions, faults: every } });
  const bad = enginesOf(stormy);
  await expect(bad.store.append(stream, 'no-stream', [event(0)])).rejects.toThrow(UnknownOutcome);
  await expect(bad.broker.publish('orders', [message(0)])).rejects.toThrow('lost');
  await expect(bad.readModels.lease('l', 'me', 1)).rejects.toThrow('did nothing');
  expect(stormy.trace.tail(3).every((line) => line.includes('!'))).toBe(true);
  stormy.calmDown();
  expect((await bad.store.append(stream, 'no-stream', [event(0)])).status).toBe('appended');
  expect(await bad.readModels.lease('l', 'me', 1)).toBe(true);
});
