/** Goal: a message that comes twice changes nothing. Method: the same people with every message once, and twice. */
import { expect, test } from 'vitest';
import { type ScenarioRun, sixRegistrations } from './scenarios.ts';

/** What the run has come to: every stream with what happened in it, and everything that the events say. */
const resultOf = ({ world: { hosts }, facts: { recorded } }: ScenarioRun) => ({
  streams: Object.fromEntries(
    hosts.flatMap(({ service, events }) =>
      [...events.streams].map(
        ([name, stored]) => [`${service.name}: ${name}`, stored.map(({ type, eventId }) => `${type} ${eventId}`)] as const,
      ),
    ),
  ),
  orders: recorded?.orders.map(({ releaseAt: _, ...order }) => order),
  payments: recorded?.payments,
  refunds: recorded?.refunds,
  seatTypes: recorded?.seatTypes,
  reservations: recorded?.reservations,
  assignments: recorded?.assignments,
});

test('every message published twice, and every batch handed over twice, leads to the very same events', { timeout: 60_000 }, async () => {
  const [once, twice] = [await sixRegistrations(false), await sixRegistrations(true)];
  expect(resultOf(twice)).toEqual(resultOf(once));
  const lines = (run: ScenarioRun): number => run.world.sim.trace.tail(4_096).filter((line) => line.includes('broker.handle')).length;
  expect(lines(twice)).toBeGreaterThan(1.5 * lines(once));
  expect([...new Set(once.facts.recorded?.orders.map(({ state }) => state))].toSorted()).toEqual(['cancelled', 'confirmed', 'expired']);
});
