import { origin, type StreamName } from '@conference/kernel';
import type { EventStore, StoredEvent } from '@conference/ports';
import { createEventDisk, type EventStoreFault, memoryEventStore, withEventStoreFaults } from '@conference/testing-memory';
import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { accountStream, contextOf, idAt, noon } from '../account.fixture.ts';
import { Transient } from '../keyed-consumer.ts';
import { silent } from '../log.ts';
import { uuidv5 } from '../uuid.ts';
import { type ParkedMessage, parkedMessages } from './parked-messages.ts';
import { parking } from './parking.ts';

const consumer = 'policy-spec';
const storedAt = (version: number): StoredEvent => ({
  eventId: idAt(version),
  type: 'Deposited',
  schemaVersion: 1,
  data: { amount: version },
  metadata: { ...contextOf(idAt(version)), occurredAt: noon },
  streamName: accountStream('a'),
  streamVersion: version,
  position: String(version).padStart(16, '0') as StoredEvent['position'],
  recordedAt: noon,
});
const parkedId = (version: number): string => uuidv5(idAt(version), consumer);
const subject = accountStream('a');
const parkedStream = `BankParked-${subject}` as StreamName;

const setUp = (redrive: (message: ParkedMessage) => Promise<void> = async () => {}) => {
  const sim = simulation({ seed: 1 });
  const disk = createEventDisk();
  const faults: EventStoreFault[] = [];
  const eventStore: EventStore = withEventStoreFaults(
    memoryEventStore({ clock: sim.timer, disk }),
    ({ name }) => (name === 'append' ? faults.shift() : undefined),
    { timer: sim.timer },
  );
  const start = () => {
    const lot = parking({ context: 'Bank', eventStore, timer: sim.timer, ids: sim.ids, random: sim.chance.random, log: silent });
    lot.register(consumer, { retry: redrive, skip: async () => {} });
    return lot;
  };
  const lot = start();
  const happened = () =>
    (disk.streams.get(parkedStream) ?? []).map(({ type, data }) => `${type} ${[1, 2, 3, 4].find((n) => parkedId(n) === data['id'])}`);
  let followed = 0;
  const followAll = async (of = lot): Promise<void> => {
    for (; followed < disk.events.length; followed++) {
      const stored = disk.events[followed];
      if (stored !== undefined) await sim.complete(of.follow(stored));
    }
  };
  return { sim, disk, faults, start, lot, happened, followAll, followedCount: () => followed };
};

test('a subject is parked for its consumer only, and stays so over a restart', async () => {
  const { sim, lot, start } = setUp();
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  const restarted = start();
  await restarted.restore(origin);
  for (const each of [lot, restarted]) {
    expect(each.isParked(consumer, subject)).toBe(true);
    expect([each.isParked('another', subject), each.isParked(consumer, 'Account-b')]).toEqual([false, false]);
  }
});

test('what is parked twice is one entry, and one that was skipped is not parked again', async () => {
  const { sim, lot, happened, followAll } = setUp();
  for (let n = 0; n < 2; n++) await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  await sim.complete(lot.skip(subject, parkedId(1), 'hopeless', 'operator'));
  await followAll();
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  expect(happened()).toEqual(['MessageParked 1', 'MessageSkipped 1']);
  expect(lot.isParked(consumer, subject)).toBe(false);
});

test('only what is parked can be retried or skipped', async () => {
  const { sim, lot } = setUp();
  expect(await sim.complete(lot.retry(subject, parkedId(1), 'operator'))).toMatchObject({
    status: 'rejected',
    reason: { code: 'not-parked' },
  });
  expect(await sim.complete(lot.skip(subject, parkedId(1), 'why not', 'operator'))).toMatchObject({ status: 'rejected' });
});

test('a retry that works lets those behind it follow, in order', async () => {
  const tried: number[] = [];
  const { sim, lot, followAll } = setUp(async ({ sequence }) => void tried.push(sequence));
  for (const version of [1, 2, 3]) await sim.complete(lot.park(consumer, storedAt(version), new Error('poison')));
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  await followAll();
  expect([tried, lot.isParked(consumer, subject)]).toEqual([[1, 2, 3], false]);
});

test('a retry that fails parks the message again, with one attempt more, and those behind it stay', async () => {
  const { sim, lot, followAll, happened, disk } = setUp(async ({ sequence }) => {
    if (sequence === 2) throw new Error('still poison');
  });
  for (const version of [1, 2, 3]) await sim.complete(lot.park(consumer, storedAt(version), new Error('poison')));
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  await followAll();
  expect(happened().slice(3)).toEqual(['MessageRetried 1', 'MessageRetried 2', 'MessageParked 2']);
  expect(disk.events.at(-1)?.data).toMatchObject({ attempts: 2, error: 'Error: still poison' });
  expect(lot.isParked(consumer, subject)).toBe(true);
});

test('a retry that is transient is for the consumer to try again, and nothing is parked twice', async () => {
  let attempts = 0;
  const { sim, lot, followAll, happened } = setUp(async () => {
    if (++attempts === 1) throw new Transient('later');
  });
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  await expect(followAll()).rejects.toBeInstanceOf(Transient);
  await followAll();
  expect(happened()).toEqual(['MessageParked 1', 'MessageRetried 1']);
  expect(lot.isParked(consumer, subject)).toBe(false);
});

test('after a crash between the decision and its execution the subject is still parked until it is carried out', async () => {
  const { sim, lot, start, disk, followAll } = setUp();
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  const followedUpTo = disk.events.at(-1)?.position;
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  const restarted = start();
  await restarted.restore(followedUpTo ?? origin);
  expect(restarted.isParked(consumer, subject)).toBe(true);
  await followAll(restarted);
  expect(restarted.isParked(consumer, subject)).toBe(false);
  const later = start();
  await later.restore(disk.events.at(-1)?.position ?? origin);
  expect(later.isParked(consumer, subject)).toBe(false);
});

test('one that is parked behind another while that is carried out does not stay behind for ever', async () => {
  const tried: number[] = [];
  const { sim, lot, faults, followAll, disk } = setUp(async ({ sequence }) => void tried.push(sequence));
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  expect(lot.isParked(consumer, subject)).toBe(true);
  faults.push({ kind: 'delayed', milliseconds: 50 });
  const parkingSecond = lot.parkBehind(consumer, storedAt(2));
  await followAll();
  await sim.complete(parkingSecond);
  for (let round = 0; round < 3; round++) await followAll();
  expect(tried).toEqual([1, 2]);
  expect(disk.streams.get(parkedStream)?.map(({ type }) => type)).toEqual([
    'MessageParked',
    'MessageRetried',
    'MessageParked',
    'MessageRetried',
  ]);
  expect(lot.isParked(consumer, subject)).toBe(false);
});

test('those behind follow also when the store is away at that moment', async () => {
  const tried: number[] = [];
  const { sim, lot, faults, followAll } = setUp(async ({ sequence }) => void tried.push(sequence));
  for (const version of [1, 2]) await sim.complete(lot.park(consumer, storedAt(version), new Error('poison')));
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  faults.push({ kind: 'unavailable' });
  await expect(followAll()).rejects.toBeInstanceOf(Transient);
  await followAll();
  expect([[...new Set(tried)], lot.isParked(consumer, subject)]).toEqual([[1, 2], false]);
});

test('the reason is kept, and it is short', async () => {
  const { sim, lot, disk } = setUp();
  await sim.complete(lot.park(consumer, storedAt(1), new RangeError('x'.repeat(1_000))));
  expect(String(disk.events[0]?.data['error'])).toMatch(/^RangeError: x+$/);
  expect(String(disk.events[0]?.data['error'])).toHaveLength(300);
});

test('a decision about what is parked is not taken twice', () => {
  const state = parkedMessages.evolve(parkedMessages.initialState, {
    type: 'MessageParked',
    data: {
      id: 'x',
      consumer,
      subject,
      sequence: 1,
      type: 'T',
      content: { kind: 'undecodable', topic: 't', at: 'a' },
      error: 'e',
      attempts: 1,
      parkedAt: noon,
    },
  });
  const retried = parkedMessages.evolve(state, { type: 'MessageRetried', data: { id: 'x' } });
  expect(parkedMessages.decide({ type: 'RetryMessage', data: { subject, id: 'x' } }, state)).toHaveLength(1);
  expect(parkedMessages.decide({ type: 'RetryMessage', data: { subject, id: 'x' } }, retried)).toEqual({
    rejected: { code: 'not-parked' },
  });
});

test('who takes over a consumer knows what another instance has parked for it, and only for it', async () => {
  const { sim, lot, start } = setUp();
  const standby = start();
  await standby.restore(origin);
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  expect(standby.isParked(consumer, subject)).toBe(false);
  await standby.restore(origin, 'another');
  expect(standby.isParked(consumer, subject)).toBe(false);
  await standby.restore(origin, consumer);
  expect(standby.isParked(consumer, subject)).toBe(true);
});

test('and that what was parked is through by now, as the checkpoint says', async () => {
  const { sim, lot, start, disk, followAll } = setUp();
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  const standby = start();
  await standby.restore(origin);
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  await followAll();
  await standby.restore(origin, consumer);
  expect(standby.isParked(consumer, subject)).toBe(true);
  await standby.restore(disk.events.at(-1)?.position ?? origin, consumer);
  expect(standby.isParked(consumer, subject)).toBe(false);
});

test('what was carried out here is not parked again by a checkpoint that lags behind', async () => {
  const { sim, lot, followAll } = setUp();
  await sim.complete(lot.park(consumer, storedAt(1), new Error('poison')));
  await sim.complete(lot.retry(subject, parkedId(1), 'operator'));
  await followAll();
  await lot.restore(origin, consumer);
  expect(lot.isParked(consumer, subject)).toBe(false);
});
