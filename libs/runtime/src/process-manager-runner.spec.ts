import { type DeadlineReached, type Instant, type Message, origin, streamName } from '@conference/kernel';
import type { EventStore, StoredEvent } from '@conference/ports';
import { createEventDisk, createReadModelDisk, memoryEventStore, memoryReadModelStore } from '@conference/testing-memory';
import { type Simulation, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { contextOf, idAt } from './account.fixture.ts';
import { follow } from './consumer-group.ts';
import { recorded } from './event-codec.ts';
import { openFeed } from './feed.ts';
import { silent } from './log.ts';
import { deadlinesOf, deadlineTimer, processEventCodec, processManagerRunner } from './process-manager-runner.ts';
import { projectionRunner } from './projection-runner.ts';
import {
  at,
  opened,
  processStream,
  round,
  type TabCommand,
  type TabEvent,
  type TabInput,
  tabCodec,
  tabProcess,
  tabStream,
} from './tab-process.fixture.ts';
import { uuidv5 } from './uuid.ts';

const setUp = (sim: Simulation = simulation({ seed: 1 })) => {
  const disk = createEventDisk();
  const eventStore = memoryEventStore({ clock: sim.timer, disk });
  const makeRunner = (of: EventStore = eventStore) =>
    processManagerRunner({
      process: tabProcess,
      codec: tabCodec,
      eventStore: of,
      timer: sim.timer,
      random: sim.chance.random,
      log: silent,
    });
  const runner = makeRunner();
  let events = 0;
  const happened = async (event: TabEvent, traceparent?: string): Promise<StoredEvent> => {
    const version = disk.streams.get(tabStream)?.length ?? 0;
    const traced = traceparent === undefined ? {} : { traceparent };
    const metadata = { ...contextOf(idAt(events)), ...traced, occurredAt: sim.timer.now() };
    await eventStore.append(tabStream, version === 0 ? 'no-stream' : version - 1, [
      { eventId: idAt(1_000 + events++), ...tabCodec.encode(event), metadata },
    ]);
    const stored = disk.streams.get(tabStream)?.at(-1);
    if (stored === undefined) throw new Error('not stored');
    return stored;
  };
  const steps = () => (disk.streams.get(processStream) ?? []).map(({ data }) => data);
  const inputs = () => steps().map((data) => (data['input'] as { message: { type: string } }).message.type);
  const commandsSent = () =>
    steps().flatMap((data) => (data['commands'] as readonly { command: TabCommand }[]).map(({ command }) => command));
  return { sim, disk, eventStore, runner, makeRunner, happened, steps, inputs, commandsSent };
};
const reached = (dueAt: string, firedAt: string): DeadlineReached => ({
  type: 'DeadlineReached',
  data: { deadline: 'evening', dueAt: at(dueAt) as Instant, firedAt: at(firedAt) as Instant },
});

test('an input that comes twice makes one event, and its commands have ids that derive from it', async () => {
  const { happened, makeRunner, runner, disk } = setUp();
  const stored = await happened(round(5));
  await runner.handleEvent(stored);
  await runner.handleEvent(stored);
  await makeRunner().handleEvent(stored);
  const events = disk.streams.get(processStream) ?? [];
  expect(events).toHaveLength(1);
  expect(events[0]?.data).toEqual({
    input: {
      message: { type: 'Round', data: { price: 5 } },
      id: stored.eventId,
      causationId: stored.metadata.commandId,
      receivedAt: stored.recordedAt,
    },
    commands: [5, 1].map((price, index) => ({
      commandId: uuidv5(stored.eventId, `TabProcess/${index}`),
      command: { type: 'Charge', data: { tab: 't', price } },
    })),
    deadlines: [],
  });
  expect(events[0]?.metadata).toMatchObject({ correlationId: stored.metadata.correlationId, causationId: stored.eventId });
});

test('two runners of one process never write the same version, and what both are given stands there once', async () => {
  let conflicts = 0;
  for (let seed = 0; seed < 20; seed++) {
    const { sim, disk, eventStore, makeRunner, happened, steps } = setUp(simulation({ seed }));
    const counted: EventStore = {
      ...eventStore,
      append: async (...append) => {
        await sim.timer.sleep(sim.chance.integer(0, 20));
        const result = await eventStore.append(...append);
        if (result.status === 'conflict') conflicts += 1;
        return result;
      },
    };
    const given: StoredEvent[] = [];
    for (let n = 0; n < 12; n++) given.push(await happened(round(n)));
    const handle = async (events: readonly StoredEvent[]): Promise<void> => {
      const runner = makeRunner(counted);
      for (const stored of events) {
        await sim.timer.sleep(sim.chance.integer(0, 20));
        await runner.handleEvent(stored);
      }
    };
    await sim.complete(Promise.all([handle(given), handle(given.toReversed())]));
    const handled = steps().map((data) => (data['input'] as { readonly id: string }).id);
    expect(handled.toSorted(), `seed ${seed}`).toEqual(given.map(({ eventId }) => eventId).toSorted());
    expect(disk.streams.get(processStream)?.map(({ streamVersion }) => streamVersion)).toEqual(handled.map((_, version) => version));
  }
  expect(conflicts).toBeGreaterThan(20);
});

test('an input stands in the trace and the correlation of its event, and so does a deadline that it sets', async () => {
  const { happened, runner, disk } = setUp();
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const stored = await happened(opened('20:00:00'), trace);
  await runner.handleEvent(stored);
  await runner.handleEvent(await happened(round(5)));
  const [traced, untraced] = disk.streams.get(processStream) ?? [];
  if (traced === undefined || untraced === undefined) throw new Error('not handled');
  const { correlationId } = stored.metadata;
  expect(traced.metadata).toMatchObject({ correlationId, traceparent: trace });
  expect('traceparent' in untraced.metadata).toBe(false);
  const event = processEventCodec<TabInput, TabCommand>().decode(traced);
  if (event === undefined) throw new Error('not of a process');
  const deadline = deadlinesOf('TabProcess').evolve(undefined, recorded(traced, event), 't/evening');
  expect(deadline).toMatchObject({ setBy: traced.eventId, correlationId, traceparent: trace });
});

test('a deadline that fires early, twice, after it was moved, or after it was cleared, changes nothing', async () => {
  const { happened, runner, inputs, commandsSent } = setUp();
  const fire = (id: number, message: DeadlineReached): Promise<void> =>
    runner.handleInput('t', { message, id: idAt(id), causationId: idAt(0), receivedAt: message.data.firedAt }, { correlationId: 'c' });
  await runner.handleEvent(await happened(opened('20:00:00')));
  await fire(1, reached('20:00:00', '19:59:59'));
  expect(inputs()).toEqual(['Opened']);
  await runner.handleEvent(await happened({ type: 'EveningExtended', data: { tab: 't', closesAt: at('22:00:00') } }));
  await fire(2, reached('20:00:00', '20:00:01'));
  expect(inputs()).toEqual(['Opened', 'Extended']);
  await fire(3, reached('22:00:00', '22:00:00'));
  await fire(3, reached('22:00:00', '22:00:01'));
  await fire(4, reached('22:00:00', '22:00:02'));
  expect(inputs()).toEqual(['Opened', 'Extended', 'DeadlineReached']);
  expect(commandsSent()).toEqual([{ type: 'Close', data: { tab: 't', because: 'evening' } }]);

  await runner.handleEvent(await happened({ type: 'EveningExtended', data: { tab: 't', closesAt: at('23:00:00') } }));
  await runner.handleEvent(await happened({ type: 'Settled', data: { tab: 't' } }));
  await fire(5, reached('23:00:00', '23:30:00'));
  expect(inputs().slice(3)).toEqual(['Extended', 'Settled']);
});

test('one that fired early fires again with the same id when its time has come', async () => {
  const { happened, runner, inputs } = setUp();
  await runner.handleEvent(await happened(opened('20:00:00')));
  for (const firedAt of ['19:59:00', '20:00:00'])
    await runner.handleInput(
      't',
      { message: reached('20:00:00', firedAt), id: idAt(1), causationId: idAt(0), receivedAt: at(firedAt) as Instant },
      { correlationId: 'c' },
    );
  expect(inputs()).toEqual(['Opened', 'DeadlineReached']);
});

test('the timer fires each deadline once it is due, and not before, also when it was moved, and all of many', async () => {
  const { sim, happened, runner, eventStore, disk, steps } = setUp();
  const store = memoryReadModelStore({ disk: createReadModelDisk(), clock: sim.timer });
  const signal = new AbortController().signal;
  const context = { timer: sim.timer, random: sim.chance.random, log: silent, signal };
  const deadlines = deadlinesOf('TabProcess');
  const feed = openFeed({ eventStore, categories: ['TabProcess'], after: origin, ...context });
  const parking = { isParked: () => false, parkBehind: async () => {}, park: async () => {} };
  const projection = projectionRunner({
    projection: deadlines,
    codec: processEventCodec<TabInput, TabCommand>(),
    store,
    timer: sim.timer,
    parking,
    log: silent,
  });
  void follow(feed, projection, signal);
  void deadlineTimer({ runner, collection: deadlines.collection, store, timer: sim.timer, log: silent, signal, everyMs: 5_000 });
  await runner.handleEvent(await happened(opened('09:10:00')));
  await runner.handleEvent(await happened({ type: 'EveningExtended', data: { tab: 't', closesAt: at('09:20:00') } }, 'the trace'));
  const others = Array.from({ length: 120 }, (_, n) => `other${n}`);
  for (const [n, instance] of others.entries())
    await runner.handleInput(
      instance,
      {
        message: { type: 'Opened', data: { closesAt: at('09:15:00') } },
        id: idAt(5_000 + n),
        causationId: idAt(0),
        receivedAt: sim.timer.now(),
      },
      { correlationId: 'c' },
    );
  const firedOf = (instance: string) =>
    (disk.streams.get(streamName('TabProcess', instance)) ?? []).filter(
      ({ data }) => (data['input'] as { message: Message }).message.type === 'DeadlineReached',
    );
  await sim.run(15 * 60_000 - 1);
  expect([firedOf('t').length, ...others.map((other) => firedOf(other).length)].every((count) => count === 0)).toBe(true);
  await sim.run(16 * 60_000);
  expect(others.every((other) => firedOf(other).length === 1)).toBe(true);
  await sim.run(20 * 60_000 - 1);
  expect(firedOf('t')).toHaveLength(0);
  await sim.run(60 * 60_000);
  expect(firedOf('t')).toHaveLength(1);
  expect(steps().at(-1)?.['commands']).toMatchObject([{ command: { type: 'Close' } }]);
  expect(firedOf('t')[0]?.metadata.traceparent).toBe('the trace');
});
