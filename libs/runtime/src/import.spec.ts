import { type DomainEvent, type StreamName, streamName } from '@conference/kernel';
import type { EventStore, InboundMessage, MessageBroker, OutgoingMessage } from '@conference/ports';
import {
  createBrokerDisk,
  createEventDisk,
  type EventStoreFault,
  faultyMessageBroker,
  memoryEventStore,
  memoryMessageBroker,
  withEventStoreFaults,
} from '@conference/testing-memory';
import {
  type CrashPlan,
  calmOptions,
  crashAtEveryPoint,
  crashableEventStore,
  crashableMessageBroker,
  faultScripts,
  type SimulationOptions,
  simulation,
} from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { idAt, noon } from './account.fixture.ts';
import { eventCodec } from './event-codec.ts';
import { importConsumer, messageImport } from './import.ts';
import { Transient } from './keyed-consumer.ts';
import { silent } from './log.ts';
import type { ParkedMessagesEvent } from './parking/parked-messages.ts';
import { parking } from './parking/parking.ts';
import { uuidv5 } from './uuid.ts';

type Paid = DomainEvent<'Paid', { readonly amount: number }>;
const codec = eventCodec<Paid>({
  Paid: {
    version: 1,
    parse: ({ amount }) => {
      if (typeof amount !== 'number') throw new TypeError('no amount');
      return { amount };
    },
  },
});
const message = (
  sequence: number,
  { subject = 'Payment-p', id = idAt(sequence), amount = sequence as number | string } = {},
): OutgoingMessage => ({
  messageId: subject === 'Payment-p' ? id : uuidv5(id, subject),
  sourceContext: 'payments',
  subject,
  sequence,
  key: subject,
  type: 'Paid',
  schemaVersion: 1,
  data: { amount },
  occurredAt: noon,
  metadata: { correlationId: 'c', causationId: 'c' },
});

const inboxOf = (subject: string): StreamName => `BankInbox${subject}` as StreamName;

const setUp = (faults: Readonly<Record<number, EventStoreFault>> = {}) => {
  const sim = simulation({ seed: 1 });
  const disk = createEventDisk();
  const eventStore: EventStore = withEventStoreFaults(memoryEventStore({ clock: sim.timer, disk }), ({ name }, n) =>
    name === 'append' ? faults[n] : undefined,
  );
  const context = { context: 'Bank', eventStore, timer: sim.timer, ids: sim.ids, random: sim.chance.random, log: silent };
  const lot = parking(context);
  const { handle } = messageImport({ ...context, codec, parking: lot });
  const take = (...messages: readonly InboundMessage[]): Promise<void> => sim.complete(handle({ topic: 'payments', messages }));
  const inbox = (subject = 'Payment-p') =>
    (disk.streams.get(inboxOf(subject)) ?? []).map(({ type, data }) => (type === 'Paid' ? data['amount'] : type));
  const parkedEvents = () => disk.events.filter(({ streamName: name }) => name.startsWith('BankParked-'));
  const parked = () =>
    parkedEvents()
      .filter(({ type }) => type === 'MessageParked')
      .map(({ data }) => {
        const { sequence, error, subject } = data as Extract<ParkedMessagesEvent, { type: 'MessageParked' }>['data'];
        return `${subject}@${sequence} ${error.split(':')[0]}`;
      });
  /** Carries out what the operator decided, as the consumer of the parking streams does. */
  let followed = 0;
  const followAll = async (): Promise<void> => {
    for (; followed < disk.events.length; followed++) {
      const stored = disk.events[followed];
      if (stored?.streamName.startsWith('BankParked-') === true) await sim.complete(lot.follow(stored));
    }
  };
  const idOfParked = (sequence: number): string => uuidv5(idAt(sequence), importConsumer);
  return { sim, disk, lot, take, inbox, parked, followAll, idOfParked, handle };
};

test('a message becomes an event of the inbox, with its id, at its sequence, and is not decoded again into something else', async () => {
  const { take, disk } = setUp();
  await take(message(0), message(1));
  expect(disk.streams.get(streamName('BankInboxPayment', 'p'))).toMatchObject([
    {
      eventId: idAt(0),
      streamVersion: 0,
      type: 'Paid',
      data: { amount: 0 },
      metadata: { commandId: idAt(0), actor: 'payments', occurredAt: noon },
    },
    { eventId: idAt(1), streamVersion: 1 },
  ]);
});

test('a repeat is absorbed: whole, in part, overlapping with what is new, and within one batch', async () => {
  const { take, inbox, parked } = setUp();
  await take(message(0), message(1), message(2));
  await take(message(0), message(1), message(2));
  await take(message(1));
  await take(message(1), message(2), message(3), message(4));
  await take(message(4), message(5), message(4), message(5), message(6));
  expect([inbox(), parked()]).toEqual([[0, 1, 2, 3, 4, 5, 6], []]);
});

test('an answer that is lost, or a store that is away, is for the broker to try again, and parks nothing', async () => {
  for (const kind of ['acknowledgement-lost', 'request-lost', 'unavailable'] as const) {
    const { take, inbox, parked } = setUp({ 0: { kind } });
    await expect(take(message(0), message(1))).rejects.toBeInstanceOf(Transient);
    await take(message(0), message(1));
    expect([inbox(), parked()]).toEqual([[0, 1], []]);
  }
});

test('a message that comes too early is waited for, then parked with all behind it; other subjects go on', async () => {
  const { sim, take, inbox, parked } = setUp();
  await take(message(0), message(2), message(3), message(0, { subject: 'Payment-q' }));
  expect(sim.elapsedMs()).toBeGreaterThanOrEqual(500);
  expect(inbox()).toEqual([0]);
  expect(inbox('Payment-q')).toEqual([0]);
  expect(parked()).toEqual(['Payment-p@2 Gap', 'Payment-p@3 Gap']);
});

test('one that comes while its successor is waited for fills the gap', async () => {
  const { sim, handle, inbox, parked } = setUp();
  const early = handle({ topic: 'payments', messages: [message(1)] });
  const late = sim.timer.sleep(200).then(() => handle({ topic: 'payments', messages: [message(0)] }));
  await sim.complete(Promise.all([early, late]));
  expect([inbox(), parked()]).toEqual([[0, 1], []]);
});

test('when what was missing has come, a retry brings in what was parked, and those behind it follow in order', async () => {
  const { sim, take, inbox, lot, followAll, idOfParked } = setUp();
  await take(message(1), message(2), message(3));
  await take(message(0));
  expect(inbox()).toEqual([0]);
  expect((await sim.complete(lot.retry('Payment-p', idOfParked(1), 'operator'))).status).toBe('accepted');
  await followAll();
  expect(inbox()).toEqual([0, 1, 2, 3]);
  expect(lot.isParked(importConsumer, 'Payment-p')).toBe(false);
});

test('a message whose place another one has is parked, and what it would replace stays', async () => {
  const { take, inbox, parked, disk } = setUp();
  await take(message(0), message(1));
  await take(message(1, { id: idAt(77) }), message(2));
  expect(inbox()).toEqual([0, 1, 2]);
  expect(disk.events[1]?.eventId).toBe(idAt(1));
  expect(parked()).toEqual(['Payment-p@1 SequenceTaken']);
});

test('bytes that are no message are parked under the place where they lie, once', async () => {
  const { take, parked, inbox, disk } = setUp();
  const bytes = { undecodable: 'not JSON', at: 'payments/0/7' };
  await take(bytes, message(0));
  await take(bytes);
  expect(parked()).toEqual(['Undecodable-payments/0/7@0 UndecodableEvent']);
  expect(inbox()).toEqual([0]);
  expect(disk.events.find(({ type }) => type === 'MessageParked')?.data['id']).toBe(uuidv5(uuidv5('payments/0/7'), importConsumer));
});

test('a malformed message is parked with those behind it, and a skip leaves a marker in its place so that they follow', async () => {
  const { sim, take, inbox, parked, lot, followAll, idOfParked } = setUp();
  await take(message(0), message(1, { amount: 'much' }), message(2), message(3));
  expect(inbox()).toEqual([0]);
  expect(parked()).toEqual(['Payment-p@1 UndecodableEvent', 'Payment-p@2 Gap', 'Payment-p@3 Gap']);
  await sim.complete(lot.retry('Payment-p', idOfParked(1), 'operator'));
  await followAll();
  expect([inbox(), parked().at(-1)]).toEqual([[0], 'Payment-p@1 UndecodableEvent']);
  expect((await sim.complete(lot.skip('Payment-p', idOfParked(1), 'it will not come right', 'operator'))).status).toBe('accepted');
  await followAll();
  expect(inbox()).toEqual([0, 'Skipped', 2, 3]);
  await take(message(1, { amount: 'much' }), message(2), message(4));
  expect(inbox()).toEqual([0, 'Skipped', 2, 3, 4]);
  expect(lot.isParked(importConsumer, 'Payment-p')).toBe(false);
});

test('a message whose place another one has can be skipped, and is gone', async () => {
  const { sim, take, inbox, lot, followAll } = setUp();
  await take(message(0));
  await take(message(0, { id: idAt(77) }));
  expect(lot.isParked(importConsumer, 'Payment-p')).toBe(true);
  await sim.complete(lot.skip('Payment-p', uuidv5(idAt(77), importConsumer), 'we have the right one', 'operator'));
  await followAll();
  expect([inbox(), lot.isParked(importConsumer, 'Payment-p')]).toEqual([[0], false]);
});

/** A broker that repeats and loses acknowledgements, an importer that dies: the inbox has every message once, in order. */
const importing = async (seed: number, crashes: CrashPlan, options: SimulationOptions) => {
  const sim = simulation({ seed, crashes, options });
  const [events, topics] = [createEventDisk(), createBrokerDisk({ partitions: 2 })];
  const subjects = ['Payment-p', 'Payment-q', 'Payment-r'];
  const service = sim.service('bank', {
    boot: async (epoch) => {
      const memory = memoryEventStore({ clock: epoch.timer, disk: events });
      const engine = memoryMessageBroker({ disk: topics, timer: epoch.timer, batchMax: 4 });
      epoch.onCrash(memory.crash);
      epoch.onCrash(engine.crash);
      const eventStore = crashableEventStore(withEventStoreFaults(memory, faultScripts(sim).eventStore), epoch);
      const broker: MessageBroker = crashableMessageBroker(
        faultyMessageBroker({ broker: engine, timer: epoch.timer, faults: faultScripts(sim).broker }),
        epoch,
        options,
      );
      const context = { context: 'Bank', eventStore, timer: epoch.timer, ids: epoch.ids, random: epoch.random, log: silent };
      const { handle } = messageImport({ ...context, codec, parking: parking(context) });
      await broker.subscribe({ topics: ['payments'], group: 'bank', from: 'earliest', signal: new AbortController().signal, handle });
    },
  });
  service.start();
  sim.spawn('payments', async () => {
    const broker = memoryMessageBroker({ disk: topics, timer: sim.timer });
    for (let sequence = 0; sequence < 6; sequence++) {
      for (const subject of sim.chance.shuffled(subjects)) {
        await broker.publish('payments', [message(sequence, { subject })]);
        await sim.timer.sleep(sim.chance.integer(0, 30));
      }
    }
  });
  await sim.run(20_000);
  sim.calmDown();
  await sim.run(sim.elapsedMs() + 120_000);
  for (const subject of subjects) {
    const amounts = (events.streams.get(inboxOf(subject)) ?? []).map(({ data }) => data['amount']);
    if (amounts.join() !== '0,1,2,3,4,5') throw sim.failure(`${subject}: ${amounts.join()}`);
  }
  if (events.events.some(({ type }) => type === 'MessageParked')) throw sim.failure('something was parked');
  return { points: sim.points() };
};

test('nothing is lost, repeated or parked, wherever the importer dies', async () => {
  expect(await crashAtEveryPoint((crashes) => importing(1, crashes, calmOptions))).toBeGreaterThan(20);
}, 60_000);

test('nor with a broker that repeats, changes the order of keys and loses acknowledgements, and a store of unknown outcomes', async () => {
  const options: SimulationOptions = {
    ...calmOptions,
    faults: {
      'append-acknowledgement-lost': 0.2,
      'append-request-lost': 0.2,
      'store-unavailable': 0.1,
      'delivery-duplicated': 0.3,
      'delivery-acknowledgement-lost': 0.3,
      'delivery-reordered': 0.3,
    },
    everythingTwice: true,
  };
  for (let seed = 0; seed < 40; seed++) await importing(seed, { kind: 'by-chance', probability: 0.01 }, options);
}, 60_000);

test('one whose predecessor is missing cannot be skipped: its marker would have no place, and it stays parked', async () => {
  const { sim, lot, take, inbox, disk, followAll, idOfParked } = setUp();
  await take(message(0), message(2));
  const skip = () => sim.complete(lot.skip('Payment-p', idOfParked(2), 'hopeless', 'operator'));
  expect(await skip()).toMatchObject({ status: 'rejected', reason: { code: 'predecessor-missing' } });
  await followAll();
  expect([inbox(), disk.events.filter(({ type }) => type === 'MessageSkipped')]).toEqual([[0], []]);
  expect(lot.isParked(importConsumer, 'Payment-p')).toBe(true);
  await take(message(1));
  expect(await skip()).toMatchObject({ status: 'accepted' });
  await followAll();
  expect([inbox(), lot.isParked(importConsumer, 'Payment-p')]).toEqual([[0, 1, 'Skipped'], false]);
});
