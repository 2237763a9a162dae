import { collection, type DomainEvent, origin, type Policy, type Position, type Projection, streamName } from '@conference/kernel';
import {
  createBrokerDisk,
  createEventDisk,
  createReadModelDisk,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
} from '@conference/testing-memory';
import { calmOptions, simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { contextOf, idAt } from './account.fixture.ts';
import { commandHandler } from './command-handler.ts';
import type { ContextRuntime, Engines } from './context.ts';
import { contextRuntime } from './context-runtime.ts';
import { eventCodec } from './event-codec.ts';
import { silent } from './log.ts';
import { at, opened, round, type TabCommand, type TabEvent, tabCodec, tabProcess, tabStream } from './tab-process.fixture.ts';

// Two contexts, assembled as the real ones are: the bar keeps tabs and publishes them, the office imports them and books.

type Charged = DomainEvent<'Charged', { readonly price: number }>;
const chargedCodec = eventCodec<Charged>({ Charged: { version: 1, parse: ({ price }) => ({ price: Number(price) }) } });
type Sums = { readonly rounds: number; readonly sum: number };
const sums = collection<Sums>()({ name: 'sums', version: 1, indexes: {} });
const sumsOf = (category: string): Projection<Sums, TabEvent> => ({
  collection: sums,
  categories: [category],
  idsOf: ({ event }) => [event.data.tab],
  evolve: (before, { event }) => {
    const { rounds, sum } = before ?? { rounds: 0, sum: 0 };
    return event.type === 'RoundOrdered' ? { rounds: rounds + 1, sum: sum + event.data.price } : { rounds, sum };
  },
});
type Booking = { readonly type: 'Charge'; readonly data: { readonly tab: string; readonly price: number } };
const bookRounds: Policy<TabEvent, Booking> = {
  name: 'BookRounds',
  categories: ['OfficeInboxTab'],
  react: ({ event }) => (event.type === 'RoundOrdered' ? [{ type: 'Charge', data: event.data }] : []),
};

/** Takes what a `Charge` asks for, up to a limit; `Close` is nothing here. */
const chargesInto = (category: string, engines: Engines, limit = 1_000) =>
  commandHandler<number, TabCommand, Charged, { readonly code: 'over' }>({
    decider: {
      initialState: 0,
      decide: ({ type, data }, total) => {
        if (type === 'Close') return [];
        return total + data.price > limit ? { rejected: { code: 'over' } } : [{ type: 'Charged', data: { price: data.price } }];
      },
      evolve: (total, { data }) => total + data.price,
    },
    codec: chargedCodec,
    streamOf: ({ data }) => streamName(category, data.tab),
    eventStore: engines.eventStore,
    timer: engines.timer,
  });

const setUp = () => {
  const sim = simulation({ seed: 1, options: calmOptions });
  const [broker, disks] = [createBrokerDisk(), { bar: createEventDisk(), office: createEventDisk() }];
  const documents = { bar: createReadModelDisk(), office: createReadModelDisk() };
  const enginesOf = (service: 'bar' | 'office', instance = service as string): Engines => ({
    eventStore: memoryEventStore({ clock: sim.timer, disk: disks[service] }),
    broker: memoryMessageBroker({ disk: broker, timer: sim.timer }),
    readModels: memoryReadModelStore({ disk: documents[service], clock: sim.timer }),
    timer: sim.timer,
    ids: sim.ids,
    random: sim.chance.random,
    log: silent,
    instance,
  });
  let tabVersion = -1;
  const order = async (...events: readonly TabEvent[]): Promise<void> => {
    const store = memoryEventStore({ clock: sim.timer, disk: disks.bar });
    for (const event of events) {
      const id = idAt(100 + tabVersion);
      const metadata = { ...contextOf(id), occurredAt: sim.timer.now() };
      await sim.complete(
        store.append(tabStream, tabVersion < 0 ? 'no-stream' : tabVersion, [{ eventId: id, ...tabCodec.encode(event), metadata }]),
      );
      tabVersion += 1;
    }
  };
  const bar = (engines = enginesOf('bar')): ContextRuntime => {
    const builder = contextRuntime({ context: 'Bar', service: 'bar', categories: ['Tab', 'TabProcess', 'Bill'], engines });
    builder.project(sumsOf('Tab'), tabCodec);
    builder.process(tabProcess, tabCodec, chargesInto('Bill', engines, 20));
    builder.publish(
      [{ topic: 'tabs', categories: ['Tab'], keyOf: ({ stream }) => stream, publicForm: ({ event }) => ({ ...event, schemaVersion: 1 }) }],
      tabCodec,
    );
    return builder.build();
  };
  const office = (handle?: (engines: Engines) => ReturnType<typeof chargesInto>, engines = enginesOf('office')): ContextRuntime => {
    const builder = contextRuntime({ context: 'Office', service: 'office', categories: ['OfficeInboxTab', 'Book'], engines });
    builder.project(sumsOf('OfficeInboxTab'), tabCodec);
    builder.policy(bookRounds, tabCodec, (handle ?? ((of) => chargesInto('Book', of)))(engines));
    builder.importFrom(['tabs'], tabCodec);
    return builder.build();
  };
  const start = async (...runtimes: readonly ContextRuntime[]): Promise<void> => {
    await sim.complete(Promise.all(runtimes.map((runtime) => runtime.start())));
    await sim.complete(Promise.all(runtimes.map((runtime) => runtime.ready())));
  };
  const pass = (milliseconds: number) => sim.run(sim.elapsedMs() + milliseconds);
  const prices = (service: 'bar' | 'office', stream: string): unknown[] =>
    disks[service].events.filter((event) => event.streamName === stream).map(({ data }) => data['price']);
  const documentOf = (service: 'bar' | 'office') => enginesOf(service).readModels.get(sums, 't');
  return { sim, disks, documents, enginesOf, bar, office, order, start, pass, prices, documentOf };
};

test('A projection is waited for by its name, until it has seen a position or the time is up', async () => {
  const { sim, disks, bar, order, start } = setUp();
  const running = bar();
  await start(running);
  const seen = running.waitFor('sums', '0000000000000001' as Position, 1_000);
  await order(opened('23:00:00'), round(3));
  const position = disks.bar.events.at(-1)?.position ?? origin;
  expect(await sim.complete(running.waitFor('sums', position, 1_000))).toBe(true);
  expect(await sim.complete(seen)).toBe(true);
  expect(await sim.complete(running.waitFor('sums', '9'.repeat(16) as Position, 100))).toBe(false);
  expect(await sim.complete(running.waitFor('no such projection', origin, 100))).toBe(false);
  await sim.complete(running.stop());
});

test('an event is projected, reacted to, published, imported, projected and booked elsewhere, and its deadline fires', async () => {
  const { sim, bar, office, order, start, pass, prices, documentOf, disks } = setUp();
  const runtimes = [bar(), office()];
  await start(...runtimes);
  await order(opened('09:00:20'), round(3), round(15), round(4));
  await pass(5_000);
  expect((await documentOf('bar'))?.document).toEqual({ rounds: 3, sum: 22 });
  expect((await documentOf('office'))?.document).toEqual({ rounds: 3, sum: 22 });
  expect(prices('bar', 'Bill-t')).toEqual([3, 1, 15, 1]);
  expect(prices('office', 'Book-t')).toEqual([3, 15, 4]);
  expect(disks.office.streams.get(streamName('OfficeInboxTab', 't'))?.map(({ eventId }) => eventId)).toEqual(
    disks.bar.streams.get(tabStream)?.map(({ eventId }) => eventId),
  );
  const inputs = () => disks.bar.events.filter(({ type }) => type === 'InputHandled').map(({ data }) => JSON.stringify(data['input']));
  expect(inputs().filter((input) => input.includes('"over"'))).toHaveLength(2);
  expect(inputs().some((input) => input.includes('DeadlineReached'))).toBe(false);
  await pass(20_000);
  expect(inputs().filter((input) => input.includes(`"dueAt":"${at('09:00:20')}"`))).toHaveLength(1);
  for (const runtime of runtimes) {
    expect(runtime.status()).toMatchObject({ caughtUpOnce: true, imports: 'consuming' });
    expect(runtime.status().projections.every(({ lag }) => lag === 0)).toBe(true);
    expect(await sim.complete(runtime.status().importLag())).toBe(0);
  }
  expect(runtimes.map((runtime) => runtime.status().publishing)).toEqual([{ lag: 0, problem: undefined }, undefined]);
});

test('after a stop a new life goes on where the last one was, and nothing happens twice', async () => {
  const { bar, office, order, start, pass, prices, documentOf, sim } = setUp();
  const [first, second] = [bar(), office()];
  await start(first, second);
  await order(opened('23:00:00'), round(3));
  await pass(1_000);
  await sim.complete(Promise.all([first.stop(), second.stop()]));
  await order(round(4));
  await pass(60_000);
  expect(prices('office', 'Book-t')).toEqual([3]);
  await start(bar(), office());
  await pass(5_000);
  expect([prices('bar', 'Bill-t'), prices('office', 'Book-t')]).toEqual([
    [3, 1, 4, 1],
    [3, 4],
  ]);
  expect((await documentOf('office'))?.document).toEqual({ rounds: 2, sum: 7 });
});

test('a projection is built anew from the origin beside the live one, and what was published can be published again', async () => {
  const { sim, bar, office, order, start, pass, prices, documentOf } = setUp();
  const [barRuntime, officeRuntime] = [bar(), office()];
  await start(barRuntime, officeRuntime);
  await order(opened('23:00:00'), round(3));
  await pass(2_000);
  expect(await sim.complete(officeRuntime.rebuild('sums'))).toBe(true);
  expect(await sim.complete(officeRuntime.rebuild('nothing'))).toBe(false);
  expect(await sim.complete(barRuntime.republish(tabStream))).toBe(true);
  expect(await sim.complete(officeRuntime.republish(tabStream))).toBe(false);
  await pass(2_000);
  expect([(await documentOf('office'))?.document, prices('office', 'Book-t')]).toEqual([{ rounds: 1, sum: 3 }, [3]]);
});

test('a stop waits for what is in flight, and for its checkpoint', async () => {
  const { sim, bar, office, order, start, pass, enginesOf, disks } = setUp();
  let [begun, ended] = [0, 0];
  const slow = (engines: Engines): ReturnType<typeof chargesInto> => {
    const charge = chargesInto('Book', engines);
    return Object.assign(
      async (...[command, context]: Parameters<typeof charge>) => {
        begun += 1;
        await sim.timer.sleep(3_000);
        ended += 1;
        return charge(command, context);
      },
      { recall: charge.recall, leftBy: charge.leftBy, stateAt: charge.stateAt },
    );
  };
  const [barRuntime, officeRuntime] = [bar(), office(slow)];
  await start(barRuntime, officeRuntime);
  await order(opened('23:00:00'), round(3));
  await pass(1_000);
  expect([begun, ended]).toEqual([1, 0]);
  await sim.complete(officeRuntime.stop());
  expect([begun, ended, disks.office.streams.get(streamName('Book', 't'))?.length]).toEqual([1, 1, 1]);
  await sim.complete(enginesOf('office').readModels.close());
  await start(office(slow));
  await pass(5_000);
  expect(begun).toBe(1);
});

test('a stop does not wait for ever', async () => {
  const { sim, bar, office, order, start, pass } = setUp();
  const stuck = (engines: Engines): ReturnType<typeof chargesInto> => {
    const { recall, leftBy, stateAt } = chargesInto('Book', engines);
    return Object.assign(() => new Promise<never>(() => {}), { recall, leftBy, stateAt });
  };
  const [barRuntime, officeRuntime] = [bar(), office(stuck)];
  await start(barRuntime, officeRuntime);
  await order(opened('23:00:00'), round(3));
  await pass(1_000);
  const before = sim.elapsedMs();
  await sim.complete(officeRuntime.stop());
  expect(sim.elapsedMs() - before).toBeLessThanOrEqual(9_000);
});

test('an instance that takes over keeps an event waiting behind one that the other has parked', async () => {
  const { sim, bar, office, order, start, pass, prices, enginesOf } = setUp();
  const poisoned = (engines: Engines): ReturnType<typeof chargesInto> => {
    const charge = chargesInto('Book', engines);
    return Object.assign(
      async (...[command, context]: Parameters<typeof charge>) => {
        if (command.type === 'Charge' && command.data.price === 13) throw new Error('poison');
        return charge(command, context);
      },
      { recall: charge.recall, leftBy: charge.leftBy, stateAt: charge.stateAt },
    );
  };
  const [barRuntime, first, standby] = [bar(), office(poisoned, enginesOf('office', 'one')), office(poisoned, enginesOf('office', 'two'))];
  await start(barRuntime, first);
  await sim.complete(standby.start());
  await order(opened('23:00:00'), round(3), round(13));
  await pass(3_000);
  await sim.complete(first.stop());
  await order(round(5));
  await pass(30_000);
  expect(prices('office', 'Book-t')).toEqual([3]);
});
