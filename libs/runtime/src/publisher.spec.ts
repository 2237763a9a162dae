import { origin } from '@conference/kernel';
import type { EventStore, MessageBroker, OutgoingMessage, StoredEvent } from '@conference/ports';
import {
  createBrokerDisk,
  createEventDisk,
  createReadModelDisk,
  type EventDisk,
  faultyMessageBroker,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
} from '@conference/testing-memory';
import {
  type CrashPlan,
  calmOptions,
  crashAtEveryPoint,
  crashableEventStore,
  crashableMessageBroker,
  crashableReadModelStore,
  faultScripts,
  type SimulationOptions,
  simulation,
} from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { type AccountEvent, account, accountCodec, accountStream, contextOf, idAt } from './account.fixture.ts';
import { checkpointOf } from './checkpoints.ts';
import { commandHandler } from './command-handler.ts';
import { follow } from './consumer-group.ts';
import { openFeed } from './feed.ts';
import { whileLeased } from './lease.ts';
import { silent } from './log.ts';
import { type Publication, type Publisher, publisher } from './publisher.ts';

const publications: readonly Publication<AccountEvent>[] = [
  {
    topic: 'accounts',
    categories: ['Account'],
    keyOf: ({ stream }) => stream,
    publicForm: ({ event }) =>
      event.type === 'Deposited'
        ? { type: 'MoneyCame', schemaVersion: 3, data: { amount: event.data.amount } }
        : { type: 'NotPublished', schemaVersion: 1, data: {} },
  },
];

/** All that lies in the broker, in the order of each partition. */
const messagesOf = (disk: ReturnType<typeof createBrokerDisk>): readonly OutgoingMessage[] =>
  Array.from({ length: disk.partitions }, (_, partition) => disk.read('accounts', partition, 0, 10_000))
    .flat()
    .map((text) => JSON.parse(text) as OutgoingMessage);

/** Each event is one message, sent at least once, in order for each subject when the repeats are taken out; none is missing. */
const whatIsWrong = (events: EventDisk, sent: readonly OutgoingMessage[]): string => {
  for (const [stream, stored] of events.streams) {
    const known = new Set<string>();
    const fresh = sent.filter(({ subject, messageId }) => subject === stream && !known.has(messageId) && known.add(messageId));
    const got = fresh.map(({ messageId, sequence }) => `${messageId}@${sequence}`).join();
    const expected = stored.map(({ eventId, streamVersion }) => `${eventId}@${streamVersion}`).join();
    if (got !== expected) return `${stream}: ${got} instead of ${expected}`;
  }
  return '';
};

const run = async (seed: number, crashes: CrashPlan, options: SimulationOptions = calmOptions) => {
  const sim = simulation({ seed, crashes, options });
  const [events, topics, documents] = [createEventDisk(), createBrokerDisk(), createReadModelDisk()];
  const outside = memoryEventStore({ clock: sim.timer, disk: events });
  const handle = commandHandler({
    decider: account,
    codec: accountCodec,
    streamOf: ({ data }) => accountStream(data.account),
    eventStore: outside,
    timer: sim.timer,
  });
  const publisherOn = (eventStore: EventStore, broker: MessageBroker, signal: AbortSignal): Publisher =>
    publisher({
      sourceContext: 'bank',
      publications,
      codec: accountCodec,
      eventStore,
      broker,
      checkpoint: checkpointOf(memoryReadModelStore({ disk: documents, clock: sim.timer }), 'publisher'),
      timer: sim.timer,
      random: sim.chance.random,
      log: silent,
      signal,
    });
  const service = sim.service('bank', {
    boot: (epoch) => {
      const memory = memoryEventStore({ clock: epoch.timer, disk: events });
      const engine = memoryMessageBroker({ disk: topics, timer: epoch.timer });
      epoch.onCrash(memory.crash);
      epoch.onCrash(engine.crash);
      const eventStore = crashableEventStore(memory, epoch);
      const broker = crashableMessageBroker(
        faultyMessageBroker({ broker: engine, timer: epoch.timer, faults: faultScripts(sim).broker }),
        epoch,
        options,
      );
      const store = crashableReadModelStore(memoryReadModelStore({ disk: documents, clock: epoch.timer }), epoch);
      const context = { timer: epoch.timer, random: epoch.random, log: silent, signal: new AbortController().signal };
      const feed = openFeed({ eventStore, categories: ['Account'], after: origin, ...context });
      const make = (signal: AbortSignal) =>
        publisher({
          sourceContext: 'bank',
          publications,
          codec: accountCodec,
          eventStore,
          broker,
          checkpoint: checkpointOf(store, 'publisher'),
          ...context,
          signal,
        });
      // Engines that one process has to itself: the same owner after a restart.
      void whileLeased({ name: 'publisher', owner: 'bank', store, ...context, work: (signal) => follow(feed, make(signal), signal) });
    },
  });
  service.start();
  sim.spawn('customers', async () => {
    for (let n = 0; n < 8; n++) {
      await sim.timer.sleep(sim.chance.integer(0, 200));
      const to = sim.chance.pick(['a', 'b']);
      const type = n % 3 === 2 ? 'Withdraw' : 'Deposit';
      await handle({ type, data: { account: to, amount: type === 'Deposit' ? 5 : 1 } }, contextOf(idAt(n)));
    }
  });
  await sim.run(20_000);
  sim.calmDown();
  await sim.run(sim.elapsedMs() + 120_000);
  const wrong = whatIsWrong(events, messagesOf(topics));
  if (wrong !== '') throw sim.failure(wrong);
  return { points: sim.points(), sim, events, topics, outside, publisherOn };
};

test('every event becomes one message in its public form, with its id and its version', async () => {
  const { events, topics } = await run(1, { kind: 'never' });
  const messages = messagesOf(topics);
  expect(messages).toHaveLength(events.events.length);
  for (const stored of events.events) {
    const message = messages.find(({ messageId }) => messageId === stored.eventId);
    expect(message).toEqual({
      messageId: stored.eventId,
      sourceContext: 'bank',
      subject: stored.streamName,
      sequence: stored.streamVersion,
      key: stored.streamName,
      type: stored.type === 'Deposited' ? 'MoneyCame' : 'NotPublished',
      schemaVersion: stored.type === 'Deposited' ? 3 : 1,
      data: stored.type === 'Deposited' ? stored.data : {},
      occurredAt: stored.metadata.occurredAt,
      metadata: { correlationId: stored.metadata.correlationId, causationId: stored.metadata.causationId },
    });
  }
});

test('a crash anywhere, also between sending and checkpoint, loses nothing and repeats with the same ids', async () => {
  let repeats = 0;
  const points = await crashAtEveryPoint(async (crashes) => {
    const done = await run(2, crashes);
    repeats += messagesOf(done.topics).length - done.events.events.length;
    return done;
  });
  expect(points).toBeGreaterThan(20);
  expect(repeats).toBeGreaterThan(0);
}, 60_000);

test('nor does a broker that loses answers, writes in part or repeats', async () => {
  const options: SimulationOptions = {
    ...calmOptions,
    faults: { 'publish-acknowledgement-lost': 0.3, 'publish-not-written': 0.3, 'publish-partly-written': 0.3, 'publish-duplicated': 0.2 },
    everythingTwice: true,
  };
  for (let seed = 0; seed < 30; seed++) await run(seed, { kind: 'by-chance', probability: 0.01 }, options);
}, 60_000);

test('a subject is published once more with the same ids and sequences, and one that is not published is unknown', async () => {
  const { events, topics, sim, outside, publisherOn } = await run(3, { kind: 'never' });
  const before = messagesOf(topics);
  const again = publisherOn(outside, memoryMessageBroker({ disk: topics, timer: sim.timer }), new AbortController().signal);
  const [subject, stored] = [...events.streams][0] ?? [];
  if (subject === undefined || stored === undefined) throw new Error('no stream');
  expect(await again.republish(subject)).toBe(true);
  const after = messagesOf(topics);
  expect(after).toHaveLength(before.length + stored.length);
  for (const { eventId } of stored) {
    const [first, second, ...more] = after.filter(({ messageId }) => messageId === eventId);
    expect(second).toEqual(first);
    expect(more).toEqual([]);
  }
  expect(await again.republish('Account-nobody')).toBe(false);
  expect(await again.republish('Secret-1')).toBe(false);
  expect(messagesOf(topics)).toHaveLength(after.length);
});

test('an event without a public form is not passed: what stands before it goes out, what stops it is shown, and once it is mended all follows', async () => {
  const sim = simulation({ seed: 4, options: calmOptions });
  const [events, topics] = [createEventDisk(), createBrokerDisk()];
  const store = memoryEventStore({ clock: sim.timer, disk: events });
  let isMended = false;
  /** As the one bad event reads in the store. */
  const garbled = <E extends StoredEvent>(stored: E): E =>
    isMended || stored.streamVersion !== 1 ? stored : { ...stored, data: { amount: 'garbled' } };
  const eventStore: EventStore = {
    ...store,
    async *readStream(stream, options) {
      for await (const page of store.readStream(stream, options)) yield page.map(garbled);
    },
    async *subscribeToAll(options) {
      for await (const batch of store.subscribeToAll(options)) yield { ...batch, events: batch.events.map(garbled) };
    },
  };
  const lines: number[] = [];
  const log = { ...silent, warn: () => void lines.push(sim.elapsedMs()) };
  const signal = new AbortController().signal;
  const context = { timer: sim.timer, random: sim.chance.random, log, signal };
  const running = publisher({
    sourceContext: 'bank',
    publications,
    codec: accountCodec,
    eventStore,
    broker: memoryMessageBroker({ disk: topics, timer: sim.timer }),
    checkpoint: checkpointOf(memoryReadModelStore({ disk: createReadModelDisk(), clock: sim.timer }), 'publisher'),
    ...context,
  });
  const handle = commandHandler({
    decider: account,
    codec: accountCodec,
    streamOf: () => accountStream('a'),
    eventStore: store,
    timer: sim.timer,
  });
  await sim.complete(handle({ type: 'Deposit', data: { account: 'a', amount: 5, times: 3 } }, contextOf(idAt(1))));
  void follow(openFeed({ eventStore, categories: ['Account'], after: origin, ...context }), running, signal);
  await sim.run(sim.elapsedMs() + 600_000);
  expect(messagesOf(topics).map(({ sequence }) => sequence)).toEqual([0]);
  expect(running.status()).toEqual({ position: events.events[0]?.position, problem: 'Deposited at Account-a@1 has no public form' });
  const perMinute = lines.filter((at) => at > sim.elapsedMs() - 300_000).length / 5;
  expect(lines.length).toBeGreaterThan(9);
  expect(perMinute).toBeGreaterThan(0);
  expect(perMinute).toBeLessThan(3);
  isMended = true;
  await sim.run(sim.elapsedMs() + 10_000);
  expect(messagesOf(topics).map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  expect(running.status()).toEqual({ position: events.events[2]?.position, problem: undefined });
});
