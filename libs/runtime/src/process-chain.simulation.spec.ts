import { type DomainEvent, type Message, origin, streamName } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import {
  createEventDisk,
  createReadModelDisk,
  memoryEventStore,
  memoryReadModelStore,
  withEventStoreFaults,
} from '@conference/testing-memory';
import {
  type CrashPlan,
  crashAtEveryPoint,
  crashableEventStore,
  crashableReadModelStore,
  faultScripts,
  type Simulation,
  type SimulationOptions,
  simulation,
} from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { contextOf, idAt } from './account.fixture.ts';
import { checkpointOf } from './checkpoints.ts';
import { commandHandler } from './command-handler.ts';
import { follow } from './consumer-group.ts';
import { dispatchOf } from './dispatcher.ts';
import { eventCodec } from './event-codec.ts';
import { openFeed } from './feed.ts';
import { type HandleOne, keyedConsumer } from './keyed-consumer.ts';
import { silent } from './log.ts';
import { processManagerRunner } from './process-manager-runner.ts';
import { processStream, round, type TabCommand, type TabEvent, tabCodec, tabProcess, tabStream } from './tab-process.fixture.ts';

// The whole chain - event, process, dispatcher, target - under crashes at every await point.

type Charged = DomainEvent<'Charged', { readonly price: number }>;
const chargedCodec = eventCodec<Charged>({ Charged: { version: 1, parse: ({ price }) => ({ price: Number(price) }) } });

const chainRun = async (seed: number, crashes: CrashPlan, options?: SimulationOptions) => {
  const sim = simulation({ seed, crashes, ...(options === undefined ? {} : { options }) });
  const [events, documents] = [createEventDisk(), createReadModelDisk()];
  const outside = setUpEvents(sim, events);
  let lives = 0;
  const service = sim.service('bar', {
    boot: (epoch) => {
      const limit = 20 + 10 * lives++; // what was refused in one life would be accepted in the next
      const memory = memoryEventStore({ clock: epoch.timer, disk: events });
      epoch.onCrash(memory.crash);
      const eventStore = crashableEventStore(withEventStoreFaults(memory, faultScripts(sim).eventStore), epoch);
      const store = crashableReadModelStore(memoryReadModelStore({ disk: documents, clock: epoch.timer }), epoch);
      const context = { timer: epoch.timer, random: epoch.random, log: silent, signal: new AbortController().signal };
      const runner = processManagerRunner({ process: tabProcess, codec: tabCodec, eventStore, ...context });
      const charge = commandHandler<number, TabCommand, Charged, { readonly code: 'over' }>({
        decider: {
          initialState: 0,
          decide: ({ type, data }, total) => {
            if (type === 'Close') return [];
            return total + data.price > limit ? { rejected: { code: 'over' } } : [{ type: 'Charged', data: { price: data.price } }];
          },
          evolve: (total, { data }) => total + data.price,
        },
        codec: chargedCodec,
        streamOf: ({ data }) => streamName('Bill', data.tab),
        eventStore,
        ...context,
      });
      const feed = openFeed({ eventStore, categories: ['Tab', 'TabProcess'], after: origin, ...context });
      const parking = {
        isParked: () => false,
        parkBehind: async () => {},
        park: async (_: string, __: StoredEvent, error: unknown) => {
          throw sim.failure('nothing here is poisoned', error);
        },
      };
      const consume = (name: string, category: string, handleOne: HandleOne): void => {
        const run = async (): Promise<void> => {
          for (;;) {
            const consumer = keyedConsumer({
              name,
              categories: [category],
              keyOf: ({ streamName: key }) => key,
              handleOne,
              checkpoint: checkpointOf(store, name),
              parking,
              ...context,
            });
            await follow(feed, consumer, context.signal).catch(() => {});
            await epoch.timer.sleep(100);
          }
        };
        sim.spawn(name, run);
      };
      consume('process', 'Tab', runner.handleEvent);
      consume('dispatcher', 'TabProcess', dispatchOf(runner, charge));
    },
  });
  service.start();
  sim.spawn('guests', async () => {
    for (const price of [3, 6, 15, 2]) {
      await sim.timer.sleep(sim.chance.integer(0, 300));
      await outside(round(price));
    }
  });
  await sim.run(30_000);
  sim.calmDown();
  await sim.run(sim.elapsedMs() + 120_000);
  const steps = events.streams.get(processStream) ?? [];
  const inputIds = steps.map(({ data }) => (data['input'] as { id: string }).id);
  const issued = steps.flatMap(({ data }) => data['commands'] as readonly { commandId: string; command: TabCommand }[]);
  const rejected = steps
    .map(({ data }) => (data['input'] as { message: Message }).message)
    .filter(({ type }) => type === 'CommandRejected')
    .map(({ data }) => String(data['commandId']));
  const charged = (events.streams.get(streamName('Bill', 't')) ?? []).map(({ metadata }) => metadata.commandId);
  const charges = issued.filter(({ command }) => command.type === 'Charge').map(({ commandId }) => commandId);
  if (new Set(inputIds).size !== inputIds.length) throw sim.failure('an input was handled twice');
  if (charges.length !== 8) throw sim.failure(`${charges.length} charges were decided`);
  // Each charge has come to exactly one end: done once, or refused once.
  if ([...charged, ...rejected].toSorted().join() !== charges.toSorted().join())
    throw sim.failure(`charged ${charged}, rejected ${rejected}, issued ${charges}`);
  return { points: sim.points() };
};

const setUpEvents = (sim: Simulation, disk: ReturnType<typeof createEventDisk>) => {
  const eventStore = memoryEventStore({ clock: sim.timer, disk });
  let count = 0;
  return async (event: TabEvent): Promise<void> => {
    const metadata = { ...contextOf(idAt(count)), occurredAt: sim.timer.now() };
    await eventStore.append(tabStream, count === 0 ? 'no-stream' : count - 1, [
      { eventId: idAt(1_000 + count), ...tabCodec.encode(event), metadata },
    ]);
    count += 1;
  };
};

test('every decided command comes to exactly one end, wherever the service dies', async () => {
  const points = await crashAtEveryPoint((crashes) => chainRun(1, crashes));
  expect(points).toBeGreaterThan(50);
}, 60_000);

test('and in runs with many crashes and a store of unknown outcomes', async () => {
  const options: SimulationOptions = {
    faults: { crash: 0.01, 'append-acknowledgement-lost': 0.2, 'append-request-lost': 0.1, 'store-unavailable': 0.05, 'feed-broken': 0.05 },
    latencyMsMean: 5,
    clockSkewMsMax: 1_000,
    everythingTwice: false,
    restartMsMax: 1_000,
  };
  for (let seed = 0; seed < 40; seed++) await chainRun(seed, { kind: 'by-chance', probability: 0.01 }, options);
}, 60_000);
