import { origin, type Position } from '@conference/kernel';
import { type FeedBatch, type StoredEvent, StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { createReadModelDisk, faultyReadModelStore, memoryReadModelStore, type ReadModelFault } from '@conference/testing-memory';
import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { accountStream, contextOf, idAt, noon } from './account.fixture.ts';
import { checkpointOf } from './checkpoints.ts';
import { keyedConsumer, type ParkingLot, Transient } from './keyed-consumer.ts';
import { silent } from './log.ts';
import { noPressure, type Pressure } from './pressure.ts';

const positionOf = (n: number): Position => String(n).padStart(6, '0') as Position;
const storedAt = (n: number, account: string): StoredEvent => ({
  eventId: idAt(n),
  type: 'Deposited',
  schemaVersion: 1,
  data: { amount: n },
  metadata: { ...contextOf(idAt(n)), occurredAt: noon },
  streamName: accountStream(account),
  streamVersion: n,
  position: positionOf(n),
  recordedAt: noon,
});
const batchOf = (...events: readonly StoredEvent[]): FeedBatch => ({ events, position: events.at(-1)?.position ?? origin, caughtUp: true });

const setUp = (
  handleOne: (stored: StoredEvent, attempt: number, mayBeRepeat: boolean) => Promise<void>,
  options: { seed?: number; inFlightMax?: number; commitFaults?: readonly ReadModelFault[]; pressure?: Pressure } = {},
) => {
  const sim = simulation({ seed: options.seed ?? 1 });
  const disk = createReadModelDisk();
  const memory = memoryReadModelStore({ disk, clock: sim.timer });
  const store = faultyReadModelStore({
    store: memory,
    timer: sim.timer,
    faults: (operation, n) => (operation === 'commit' ? options.commitFaults?.[n - 1] : undefined),
  });
  const parked: string[] = [];
  const attempts = new Map<string, number>();
  const parking: ParkingLot = {
    isParked: (_, subject) => parked.some((entry) => entry.startsWith(`${subject}@`)),
    park: async (_, { streamName, streamVersion }) => void parked.push(`${streamName}@${streamVersion}`),
    parkBehind: async (_, { streamName, streamVersion }) => void parked.push(`${streamName}@${streamVersion} behind`),
  };
  const stop = new AbortController();
  const consumer = keyedConsumer({
    name: 'spec',
    categories: ['Account'],
    keyOf: ({ streamName }) => streamName,
    inFlightMax: 512,
    handleOne: (stored, mayBeRepeat) => {
      const attempt = (attempts.get(stored.eventId) ?? 0) + 1;
      attempts.set(stored.eventId, attempt);
      return handleOne(stored, attempt, mayBeRepeat);
    },
    checkpoint: checkpointOf(store, 'spec'),
    parking,
    timer: sim.timer,
    random: sim.chance.random,
    log: silent,
    signal: stop.signal,
    ...(options.inFlightMax === undefined ? {} : { inFlightMax: options.inFlightMax }),
    ...(options.pressure === undefined ? {} : { pressure: options.pressure }),
  });
  const saved = () => checkpointOf(memory, 'spec').load();
  return { sim, consumer, parked, attempts, stop, saved, memory };
};

test('events of one key are handled in order, one at a time; other keys go on meanwhile', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const running = new Set<string>();
    const order: string[] = [];
    let overlapMax = 0;
    const { sim, consumer } = setUp(
      async ({ streamName, streamVersion }) => {
        expect(running.has(streamName)).toBe(false);
        running.add(streamName);
        overlapMax = Math.max(overlapMax, running.size);
        await sim.timer.sleep(sim.chance.integer(0, 50));
        running.delete(streamName);
        order.push(`${streamName}@${streamVersion}`);
      },
      { seed },
    );
    await consumer.checkpoint();
    const events = Array.from({ length: 60 }, (_, n) => storedAt(n + 1, sim.chance.pick(['a', 'b', 'c'])));
    for (let n = 0; n < events.length; n += 7) await consumer.handle(batchOf(...events.slice(n, n + 7)));
    await sim.complete(consumer.idle());
    for (const account of ['a', 'b', 'c']) {
      const name = accountStream(account);
      const expected = events.filter(({ streamName }) => streamName === name).map(({ streamVersion }) => `${name}@${streamVersion}`);
      expect(order.filter((entry) => entry.startsWith(`${name}@`))).toEqual(expected);
    }
    expect(overlapMax).toBe(3);
  }
});

test('what is there when a runner begins may be a repeat, and so may a second try and what was parked; the rest is new', async () => {
  const told: string[] = [];
  const { sim, consumer } = setUp(async ({ streamVersion }, attempt, mayBeRepeat) => {
    told.push(`${streamVersion}${mayBeRepeat ? ' again?' : ''}`);
    if (streamVersion === 4 && attempt === 1) throw new Transient('later');
  });
  const handle = async (batch: FeedBatch): Promise<void> => {
    await consumer.handle(batch);
    await sim.complete(consumer.idle());
  };
  await consumer.checkpoint();
  await handle({ ...batchOf(storedAt(1, 'a')), caughtUp: false });
  await handle(batchOf(storedAt(2, 'a')));
  await handle({ ...batchOf(storedAt(3, 'a')), caughtUp: false });
  await handle(batchOf(storedAt(4, 'a')));
  await consumer.redrive(storedAt(3, 'a'));
  await consumer.checkpoint();
  await handle(batchOf(storedAt(5, 'a')));
  expect(told).toEqual(['1 again?', '2 again?', '3', '4', '4 again?', '3 again?', '5 again?']);
});

test('the checkpoint never passes an event that has not taken effect, and comes to the end when all have', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const finished = new Set<number>();
    const { sim, consumer, saved } = setUp(
      async ({ streamVersion }) => {
        await sim.timer.sleep(sim.chance.exponential(300));
        if (sim.chance.chance(0.2)) throw new Transient('later');
        finished.add(streamVersion);
      },
      { seed },
    );
    await consumer.checkpoint();
    for (let n = 1; n <= 50; n++) await consumer.handle(batchOf(storedAt(n, sim.chance.pick(['a', 'b', 'c', 'd']))));
    let last: Position = origin;
    sim.spawn('observer', async () => {
      for (;;) {
        await sim.timer.sleep(10);
        last = await saved();
        for (let n = 1; n <= Number(last); n++) if (!finished.has(n)) throw sim.failure(`the checkpoint is at ${last}, ${n} is unfinished`);
      }
    });
    await sim.run(() => last === positionOf(50), { virtualMs: 120_000 });
  }
});

test('a poisoned event is parked after some attempts, what comes behind it in its stream too, and others go on', async () => {
  const handled: number[] = [];
  const { sim, consumer, parked, attempts, saved } = setUp(async ({ streamVersion }) => {
    if (streamVersion === 2) throw new Error('poison');
    handled.push(streamVersion);
  });
  await consumer.checkpoint();
  await consumer.handle(batchOf(storedAt(1, 'a'), storedAt(2, 'a'), storedAt(3, 'b'), storedAt(4, 'a'), storedAt(5, 'b')));
  await sim.complete(consumer.idle());
  expect(handled.toSorted()).toEqual([1, 3, 5]);
  expect(parked).toEqual(['Account-a@2', 'Account-a@4 behind']);
  expect([attempts.get(idAt(2)), attempts.get(idAt(4))]).toEqual([3, undefined]);
  expect(await saved()).toBe(positionOf(5));
});

test('what is transient is tried for as long as it takes, and never parked', async () => {
  const { sim, consumer, parked, attempts } = setUp(async (_, attempt) => {
    if (attempt < 30) throw new Transient('not yet');
  });
  await consumer.checkpoint();
  await consumer.handle(batchOf(storedAt(1, 'a')));
  await sim.complete(consumer.idle());
  expect([parked, attempts.get(idAt(1))]).toEqual([[], 30]);
});

test('an event store that is away is transient too', async () => {
  const { sim, consumer, parked, attempts } = setUp(async (_, attempt) => {
    if (attempt < 10) throw new StoreUnavailable('away');
    if (attempt < 20) throw new UnknownOutcome('silent');
  });
  await consumer.checkpoint();
  await consumer.handle(batchOf(storedAt(1, 'a')));
  await sim.complete(consumer.idle());
  expect([parked, attempts.get(idAt(1))]).toEqual([[], 20]);
});

test('no more than the limit is in flight', async () => {
  let inFlight = 0;
  let most = 0;
  const { sim, consumer } = setUp(
    async () => {
      most = Math.max(most, ++inFlight);
      await sim.timer.sleep(10);
      inFlight -= 1;
    },
    { inFlightMax: 4 },
  );
  await consumer.checkpoint();
  await sim.complete(consumer.handle(batchOf(...Array.from({ length: 20 }, (_, n) => storedAt(n + 1, `account${n}`)))));
  await sim.complete(consumer.idle());
  expect(most).toBe(4);
});

test('when it is stopped, what was cut off is not covered by the checkpoint', async () => {
  const { sim, consumer, stop, saved } = setUp(async ({ streamVersion }) => {
    if (streamVersion === 2) throw new Transient('never');
  });
  await consumer.checkpoint();
  await consumer.handle(batchOf(storedAt(1, 'a'), storedAt(2, 'b'), storedAt(3, 'c')));
  await sim.run(1_000);
  stop.abort();
  await sim.run(5_000);
  expect(await saved()).toBe(positionOf(1));
});

test('a checkpoint whose answer was lost does not keep the later ones from being saved', async () => {
  const { sim, consumer, saved } = setUp(async () => {}, { commitFaults: [{ fault: 'failed-after' }, { fault: 'failed-before' }] });
  await consumer.checkpoint();
  for (let n = 1; n <= 3; n++) {
    await consumer.handle(batchOf(storedAt(n, 'a')));
    await sim.run(sim.elapsedMs() + 1_000);
  }
  expect(await saved()).toBe(positionOf(3));
});

test('a consumer whose checkpoint another one has moved stops, and does not move it back', async () => {
  const { sim, consumer, saved, memory } = setUp(async () => {});
  await consumer.checkpoint();
  await checkpointOf(memory, 'spec').save(origin, positionOf(9));
  await consumer.handle(batchOf(storedAt(1, 'a')));
  await sim.run(2_000);
  expect(await saved()).toBe(positionOf(9));
  await expect(consumer.handle(batchOf(storedAt(2, 'a')))).rejects.toThrow('spec');
});

test('a drained consumer has finished what it had begun, begun nothing more, and saved how far it is', async () => {
  const handled: number[] = [];
  const { sim, consumer, stop, saved } = setUp(async ({ streamVersion }) => {
    await sim.timer.sleep(50);
    handled.push(streamVersion);
  });
  await consumer.checkpoint();
  await consumer.handle(batchOf(storedAt(1, 'a'), storedAt(2, 'b'), storedAt(3, 'a')));
  await sim.run(20);
  stop.abort();
  await sim.complete(consumer.drain());
  expect([handled, await saved()]).toEqual([[1, 2], positionOf(2)]);
  await sim.run(5_000);
  expect([handled, await saved()]).toEqual([[1, 2], positionOf(2)]);
});

test('draining does not wait for ever for what does not end', async () => {
  const { sim, consumer, stop, saved } = setUp(({ streamVersion }) => (streamVersion === 2 ? new Promise(() => {}) : Promise.resolve()));
  await consumer.checkpoint();
  await consumer.handle(batchOf(storedAt(1, 'a'), storedAt(2, 'b'), storedAt(3, 'c')));
  await sim.run(20);
  stop.abort();
  await sim.complete(consumer.drain());
  expect([sim.elapsedMs() <= 10_000, await saved()]).toEqual([true, positionOf(1)]);
});

test('under pressure what follows first from a command from outside waits until it is over, and what a process began is ended', async () => {
  let isHigh = true;
  const handled: number[] = [];
  const { sim, consumer } = setUp(async ({ streamVersion }) => void handled.push(streamVersion), {
    pressure: { ...noPressure, isHigh: () => isHigh },
  });
  await consumer.checkpoint();
  const fromOutside = { ...storedAt(2, 'b'), recordedAt: sim.timer.now() };
  const reaction = storedAt(1, 'a');
  const ofProcess = { ...reaction, recordedAt: sim.timer.now(), metadata: { ...reaction.metadata, actor: 'process:Tab' } };
  const taken = consumer.handle(batchOf(ofProcess, fromOutside));
  await sim.run(1_000);
  expect(handled).toEqual([1]);
  isHigh = false;
  await sim.complete(taken);
  await sim.complete(consumer.idle());
  expect(handled).toEqual([1, 2]);
});

test('nothing is put off for longer than ten seconds, however long the pressure lasts', async () => {
  const handledAt: number[] = [];
  const { sim, consumer } = setUp(async () => void handledAt.push(Date.parse(sim.timer.now())), {
    pressure: { ...noPressure, isHigh: () => true },
  });
  await consumer.checkpoint();
  const begun = Date.parse(sim.timer.now());
  await sim.complete(consumer.handle(batchOf({ ...storedAt(1, 'a'), recordedAt: sim.timer.now() })));
  await sim.complete(consumer.idle());
  expect((handledAt[0] ?? 0) - begun).toBeGreaterThanOrEqual(10_000);
  expect((handledAt[0] ?? 0) - begun).toBeLessThan(10_100);
});
