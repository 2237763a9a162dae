import { type Instant, origin, streamName } from '@conference/kernel';
import { type EventStore, type EventToAppend, StoreUnavailable, type Timer, UnknownOutcome } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import { memoryEventStore } from './event-store.ts';
import { type EventStoreFault, type EventStoreOperation, withEventStoreFaults } from './event-store-faults.ts';

const clock = { now: () => '2027-05-02T09:00:00.000Z' as Instant };
const stream = streamName('Order', '1');
const event = (eventId: string): EventToAppend => ({
  eventId,
  type: 'OrderPlaced',
  schemaVersion: 1,
  data: {},
  metadata: { commandId: eventId, correlationId: 'c', causationId: 'c', actor: 'a', occurredAt: clock.now() },
});
const idsIn = async (store: EventStore): Promise<readonly string[]> => {
  const ids: string[] = [];
  for await (const page of store.readStream(stream)) ids.push(...page.map(({ eventId }) => eventId));
  return ids;
};
/** The fault happens to the first operation of that name. */
const once =
  (name: EventStoreOperation['name'], fault: EventStoreFault) =>
  (operation: EventStoreOperation, n: number): EventStoreFault | undefined =>
    operation.name === name && n === 0 ? fault : undefined;

describe('an event store with faults', () => {
  it('loses the acknowledgement of an append that is written; sent again, it gives the result of then', async () => {
    const inner = memoryEventStore({ clock });
    const store = withEventStoreFaults(inner, once('append', { kind: 'acknowledgement-lost' }));
    await expect(store.append(stream, 'no-stream', [event('e1')])).rejects.toThrow(UnknownOutcome);
    expect(await idsIn(inner)).toEqual(['e1']);
    expect(await store.append(stream, 'no-stream', [event('e1')])).toMatchObject({ status: 'appended', streamVersion: 0 });
    expect(await idsIn(inner)).toEqual(['e1']);
  });
  it('loses an append on its way, which looks the same', async () => {
    const inner = memoryEventStore({ clock });
    const store = withEventStoreFaults(inner, once('append', { kind: 'request-lost' }));
    await expect(store.append(stream, 'no-stream', [event('e1')])).rejects.toThrow(UnknownOutcome);
    expect(await idsIn(inner)).toEqual([]);
    expect(await store.append(stream, 'no-stream', [event('e1')])).toMatchObject({ status: 'appended' });
  });
  it('lets another writer be first, so that the conflict is a real one', async () => {
    const inner = memoryEventStore({ clock });
    const store = withEventStoreFaults(inner, once('append', { kind: 'competing-append', events: [event('theirs')] }));
    expect(await store.append(stream, 'no-stream', [event('ours')])).toEqual({ status: 'conflict', actual: 0 });
    expect(await idsIn(inner)).toEqual(['theirs']);
    expect(await store.append(stream, 0, [event('ours')])).toMatchObject({ status: 'appended', streamVersion: 1 });
  });
  it('is unavailable: certain that nothing was done', async () => {
    const inner = memoryEventStore({ clock });
    const store = withEventStoreFaults(inner, () => ({ kind: 'unavailable' }));
    await expect(store.append(stream, 'no-stream', [event('e1')])).rejects.toThrow(StoreUnavailable);
    await expect(idsIn(store)).rejects.toThrow(StoreUnavailable);
    await expect(store.loadSnapshot(stream, 1)).rejects.toThrow(StoreUnavailable);
    await expect(store.saveSnapshot(stream, { foldVersion: 1, streamVersion: 0, state: 1 })).rejects.toThrow(StoreUnavailable);
    expect(await idsIn(inner)).toEqual([]);
    expect(await inner.loadSnapshot(stream, 1)).toBeUndefined();
  });
  it('delays with the timer that it is given', async () => {
    const slept: number[] = [];
    const timer: Timer = {
      ...clock,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
      },
    };
    const store = withEventStoreFaults(memoryEventStore({ clock }), once('append', { kind: 'delayed', milliseconds: 250 }), { timer });
    expect(await store.append(stream, 'no-stream', [event('e1')])).toMatchObject({ status: 'appended' });
    expect(slept).toEqual([250]);
  });
  it('delivers a batch twice', async () => {
    const inner = memoryEventStore({ clock });
    await inner.append(stream, 'no-stream', [event('e1'), event('e2')]);
    const store = withEventStoreFaults(inner, once('feedBatch', { kind: 'delivered-twice' }));
    const seen: string[] = [];
    for await (const { events } of store.subscribeToAll({ after: origin, signal: new AbortController().signal })) {
      seen.push(...events.map(({ eventId }) => eventId));
      if (seen.length === 4) break;
    }
    expect(seen).toEqual(['e1', 'e2', 'e1', 'e2']);
  });
  it('breaks a subscription before a batch, which comes again to whoever subscribes again', async () => {
    const inner = memoryEventStore({ clock });
    await inner.append(stream, 'no-stream', [event('e1')]);
    const store = withEventStoreFaults(inner, once('feedBatch', { kind: 'unavailable' }));
    const first = async (): Promise<readonly string[]> => {
      for await (const { events } of store.subscribeToAll({ after: origin, signal: new AbortController().signal }))
        return events.map(({ eventId }) => eventId);
      return [];
    };
    await expect(first()).rejects.toThrow(StoreUnavailable);
    expect(await first()).toEqual(['e1']);
  });
  it('loses the acknowledgement of a snapshot, or the snapshot', async () => {
    const inner = memoryEventStore({ clock });
    const faults: readonly EventStoreFault[] = [{ kind: 'request-lost' }, { kind: 'acknowledgement-lost' }];
    const store = withEventStoreFaults(inner, ({ name }, n) => (name === 'saveSnapshot' ? faults[n] : undefined));
    const snapshot = { foldVersion: 1, streamVersion: 0, state: 1 };
    await expect(store.saveSnapshot(stream, snapshot)).rejects.toThrow(UnknownOutcome);
    expect(await inner.loadSnapshot(stream, 1)).toBeUndefined();
    await expect(store.saveSnapshot(stream, snapshot)).rejects.toThrow(UnknownOutcome);
    expect(await inner.loadSnapshot(stream, 1)).toEqual(snapshot);
  });
  it('counts the operations of each name, so that a seed decides the same each time', async () => {
    const asked: string[] = [];
    const store = withEventStoreFaults(memoryEventStore({ clock }), ({ name }, n) => {
      asked.push(`${name} ${n}`);
      return undefined;
    });
    await store.append(stream, 'no-stream', [event('e1')]);
    await idsIn(store);
    await store.append(stream, 0, [event('e2')]);
    expect(asked).toEqual(['append 0', 'readStream 0', 'append 1']);
  });
  it('refuses a script whose fault cannot happen to the operation', async () => {
    const store = withEventStoreFaults(memoryEventStore({ clock }), () => ({ kind: 'delivered-twice' }));
    await expect(store.append(stream, 'no-stream', [event('e1')])).rejects.toThrow(TypeError);
    const delayed = withEventStoreFaults(memoryEventStore({ clock }), () => ({ kind: 'delayed', milliseconds: 1 }));
    await expect(delayed.append(stream, 'no-stream', [event('e1')])).rejects.toThrow('a delay needs a timer');
  });
});
