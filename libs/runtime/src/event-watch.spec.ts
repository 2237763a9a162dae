import type { StoredEvent } from '@conference/ports';
import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { accountStream, contextOf, idAt, noon } from './account.fixture.ts';
import { eventWatch } from './event-watch.ts';

const stored = (account: string, type: string): StoredEvent => ({
  eventId: idAt(1),
  type,
  schemaVersion: 1,
  data: {},
  metadata: { ...contextOf(idAt(1)), occurredAt: noon },
  streamName: accountStream(account),
  streamVersion: 0,
  position: '1' as StoredEvent['position'],
  recordedAt: noon,
});
const see = (watch: ReturnType<typeof eventWatch>, ...events: readonly StoredEvent[]): void =>
  watch.see({ events, position: '1' as StoredEvent['position'], caughtUp: true });

test('whoever waits is told the first event of the stream that is the one, as soon as it is seen', async () => {
  const watch = eventWatch(simulation({ seed: 1 }).timer);
  const waiting = watch.waitFor(accountStream('a'), ({ type }) => type === 'Withdrawn', 5_000);
  see(watch, stored('a', 'Deposited'), stored('b', 'Withdrawn'));
  const wanted = stored('a', 'Withdrawn');
  see(watch, wanted, stored('a', 'Withdrawn'));
  expect(await waiting).toBe(wanted);
});

test('whoever waits in vain is told so when the time is up', async () => {
  const sim = simulation({ seed: 1 });
  const watch = eventWatch(sim.timer);
  const waiting = watch.waitFor(accountStream('a'), () => true, 5_000);
  expect(await sim.complete(waiting)).toBeUndefined();
  expect(Date.parse(sim.timer.now()) - Date.parse(simulation({ seed: 1 }).timer.now())).toBeGreaterThanOrEqual(5_000);
});
