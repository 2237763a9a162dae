import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { streamName } from '@conference/kernel';
import { StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { type AppendFault, type EventStoreDouble, startEventStoreDouble } from '@conference/testing-eventstoredb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStoreDbStore } from './event-store.ts';
import { appendUntilKnown, followUntil, newEvent, writeStreams } from './load.fixture.ts';
import { openEventStoreDb } from './open.ts';

const times = { appendMs: 250, readMs: 1_000, silenceMs: 150, backoffMs: [5, 50] } as const;
const load = { streams: 8, appends: 25 };
const eventCount = load.streams * load.appends * 2;

const newCategory = (): string => `Fault${randomUUID().replaceAll('-', '')}`;
const every =
  (count: number, fault: AppendFault) =>
  (index: number): AppendFault | undefined =>
    index % count === count - 1 ? fault : undefined;

type Setting = (double: EventStoreDouble) => void;
/** Done with every so-manieth append, so that it happens under load. */
const whileAppending =
  (count: number, happen: (double: EventStoreDouble) => void): Setting =>
  (double) => {
    double.faults.onAppend = (index) => {
      if (index % count === count - 1) happen(double);
      return undefined;
    };
  };
const once = (happen: (double: EventStoreDouble) => void): Setting => {
  let hasHappened = false;
  return whileAppending(40, (double) => {
    if (!hasHappened) happen(double);
    hasHappened = true;
  });
};
const onAppends =
  (decide: (index: number) => AppendFault | undefined): Setting =>
  (double) => {
    double.faults.onAppend = decide;
  };

const settings: readonly (readonly [string, Setting])[] = [
  ['acknowledgements are lost with the connection', onAppends(every(3, { kind: 'acknowledgement-lost', how: 'cut' }))],
  ['acknowledgements never come', onAppends(every(20, { kind: 'acknowledgement-lost', how: 'silence' }))],
  ['commits time out though they happen', onAppends(every(4, { kind: 'commit-timeout' }))],
  ['appends are lost', onAppends(every(3, { kind: 'lost' }))],
  ['another node is the leader', onAppends(every(5, { kind: 'not-leader' }))],
  ['answers have no position', onAppends(every(2, { kind: 'position-unknown' }))],
  ['subscriptions end without an error', whileAppending(20, (double) => double.endSubscriptions('half-closed'))],
  ['subscriptions end with an error', whileAppending(20, (double) => double.endSubscriptions('unavailable'))],
  [
    'the server is a black hole for a while',
    once((double) => {
      const fill = double.blackHole();
      void setTimeout(600).then(fill);
    }),
  ],
  ['the server restarts', once((double) => void double.restart(100))],
  ['the server restarts again and again', whileAppending(80, (double) => void double.restart(20).catch(() => undefined))],
];

describe('the event store on EventStoreDB, under load', () => {
  let double: EventStoreDouble;
  let store: EventStoreDbStore;
  beforeEach(async () => {
    double = await startEventStoreDouble();
    ({ eventStore: store } = await openEventStoreDb({ url: double.url, context: 'Fault', times }));
  });
  afterEach(async () => {
    await store.close();
    await double.close();
  });

  it.each(settings)('loses nothing, doubles nothing and keeps the order when %s', async (_, set) => {
    const category = newCategory();
    const following = followUntil(store, category, eventCount);
    set(double);
    const acknowledged = await writeStreams(store, category, load);
    double.faults.onAppend = () => undefined;
    const seen = (await following).flatMap(({ events }) => events);
    expect(seen).toHaveLength(eventCount);
    for (const [stream, ids] of acknowledged) {
      const ofStream = seen.filter((event) => event.streamName === stream);
      expect(ofStream.map((event) => event.eventId)).toEqual(ids);
      expect(ofStream.map((event) => event.streamVersion)).toEqual(ids.map((_id, version) => version));
    }
    const positions = seen.map((event) => event.position);
    expect(positions).toEqual([...new Set(positions)].sort());
  });

  it.each(['dropped', 'fall-behind'] as const)('a consumer that is too slow (%s) loses nothing', async (slowConsumers) => {
    double.faults.slowConsumers = slowConsumers;
    const category = newCategory();
    const written: Promise<void>[] = [];
    const following = followUntil(store, category, 3_000, async (batch) => {
      if (batch === 3) await Promise.all(written);
    });
    await appendUntilKnown(store, streamName(category, 'first'), 'no-stream', [newEvent()]);
    const write = async (index: number): Promise<void> => {
      const events = Array.from({ length: 100 }, () => newEvent('x'.repeat(3_000)));
      await appendUntilKnown(store, streamName(category, `${index}`), 'no-stream', events);
    };
    const writeAll = async (): Promise<void> => {
      for (let index = 0; index < 30; index += 1) await write(index);
    };
    written.push(writeAll());
    await Promise.all(written);
    const positions = (await following).flatMap(({ events }) => events.map(({ position }) => position));
    expect(positions.length).toBeGreaterThanOrEqual(3_000);
    expect(positions).toEqual([...new Set(positions)].sort());
    if (slowConsumers === 'dropped') expect(store.stats().errors).toBeGreaterThan(0);
  });

  it('says that the outcome is unknown when the acknowledgement is lost, and writes the same batch once', async () => {
    const stream = streamName(newCategory(), '1');
    const batch = [newEvent(), newEvent()];
    double.faults.onAppend = (index) => (index === 0 ? { kind: 'acknowledgement-lost', how: 'cut' } : undefined);
    await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow(UnknownOutcome);
    expect(await store.append(stream, 'no-stream', batch)).toMatchObject({ status: 'appended', streamVersion: 1 });
    expect(store.stats()).toMatchObject({ unknownOutcomes: 1, appends: 1 });
  });

  it('goes on saying so while there is no server, as long as that batch may be written', async () => {
    const stream = streamName(newCategory(), '1');
    const batch = [newEvent()];
    double.faults.onAppend = (index) => (index === 0 ? { kind: 'acknowledgement-lost', how: 'cut' } : undefined);
    await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow(UnknownOutcome);
    const restarted = double.restart(200);
    await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow(UnknownOutcome);
    await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow(UnknownOutcome);
    await expect(store.append(streamName(newCategory(), '2'), 'no-stream', [newEvent()])).rejects.toThrow(StoreUnavailable);
    await restarted;
    await appendUntilKnown(store, stream, 'no-stream', batch);
    expect(store.stats().unknownOutcomes).toBeGreaterThanOrEqual(3);
  });

  it('says that nothing was written when there is no server, and goes on when there is one again', async () => {
    const stream = streamName(newCategory(), '1');
    const batch = [newEvent()];
    const restarted = double.restart(300);
    await setTimeout(50);
    // The first call may still meet the connection that was cut.
    await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow();
    await expect(store.append(stream, 'no-stream', batch)).rejects.toThrow(StoreUnavailable);
    await restarted;
    await appendUntilKnown(store, stream, 'no-stream', batch);
    await store.check();
  });

  it('notices a subscription on which nothing comes any more', async () => {
    const category = newCategory();
    const following = followUntil(store, category, 2);
    await appendUntilKnown(store, streamName(category, '1'), 'no-stream', [newEvent()]);
    const fill = double.blackHole();
    const appending = appendUntilKnown(store, streamName(category, '1'), 0, [newEvent()]);
    await setTimeout(500);
    fill();
    await appending;
    await following;
    expect(store.stats().subscriptions).toBeGreaterThan(1);
  });
});
