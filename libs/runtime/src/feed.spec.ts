import { origin } from '@conference/kernel';
import type { EventStore } from '@conference/ports';
import { createEventDisk, memoryEventStore } from '@conference/testing-memory';
import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { accountStream, contextOf, idAt, noon } from './account.fixture.ts';
import { openFeed } from './feed.ts';
import { silent } from './log.ts';

const setUp = async (events: number) => {
  const sim = simulation({ seed: 1 });
  const disk = createEventDisk();
  const memory = memoryEventStore({ clock: sim.timer, disk });
  const stop = new AbortController();
  const append = async (n: number): Promise<void> => {
    const event = {
      eventId: idAt(n),
      type: 'Deposited',
      schemaVersion: 1,
      data: { amount: n },
      metadata: { ...contextOf(idAt(n)), occurredAt: noon },
    };
    await memory.append(accountStream('a'), n === 1 ? 'no-stream' : n - 2, [event]);
  };
  for (let n = 1; n <= events; n++) await append(n);
  let subscriptions = 0;
  const subscriptionsMax = 1_000;
  const eventStore: EventStore = {
    ...memory,
    subscribeToAll: (options) => {
      subscriptions += 1;
      // Who spins never gives the test its turn: end it, so that it can say so.
      if (subscriptions > subscriptionsMax) stop.abort();
      return memory.subscribeToAll(options);
    },
  };
  const open = (after = disk.events.at(-1)?.position ?? origin) =>
    openFeed({ eventStore, categories: ['Account'], after, timer: sim.timer, random: sim.chance.random, log: silent, signal: stop.signal });
  return { sim, disk, memory, stop, append, open, subscriptions: () => subscriptions };
};

test('a reader that is behind catches up from the store, and goes on with what comes', async () => {
  const { sim, stop, append, open } = await setUp(3);
  const seen: number[] = [];
  const reader = open().reader(['Account'], origin, stop.signal);
  sim.spawn('reader', async () => {
    for await (const { events } of reader) seen.push(...events.map(({ streamVersion }) => streamVersion + 1));
  });
  await sim.run(100);
  await append(4);
  await sim.run(200);
  expect(seen).toEqual([1, 2, 3, 4]);
});

test('a reader that is behind a closed store waits between its tries, and ends with its signal', async () => {
  const { sim, memory, stop, open, subscriptions } = await setUp(3);
  const feed = open();
  await sim.complete(memory.close());
  const reader = feed.reader(['Account'], origin, stop.signal);
  const next = reader.next();
  await sim.run(60_000);
  expect(subscriptions()).toBeLessThan(100);
  stop.abort();
  expect(await sim.complete(next)).toEqual({ done: true, value: undefined });
});
