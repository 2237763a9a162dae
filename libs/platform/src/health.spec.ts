import type { ContextStatus } from '@conference/runtime';
import { describe, expect, it } from 'vitest';
import { exampleServer } from './example-server.fixture.ts';
import { type HealthSource, readinessOf } from './health.ts';
import { contextHealth } from './operator-routes.ts';

const well: HealthSource = { eventStore: async () => true, caughtUpOnce: () => true, degraded: () => [] };
const brokerAway = { part: 'broker', problem: 'reconnecting' };

describe('readiness', () => {
  it('is there when the event store answers and the projections have caught up once', async () => {
    expect(await readinessOf(well)).toEqual({ status: 'ready', missing: [] });
  });

  it('is degraded while something else is away', async () => {
    expect(await readinessOf({ ...well, degraded: async () => [brokerAway] })).toEqual({ status: 'degraded', missing: [brokerAway] });
  });

  it.each<[string, Partial<HealthSource>, string]>([
    ['the event store says no', { eventStore: async () => false }, 'event-store'],
    ['the event store fails', { eventStore: () => Promise.reject(new Error('x')) }, 'event-store'],
    ['the event store does not answer', { eventStore: () => new Promise(() => {}) }, 'event-store'],
    ['the projections have not caught up yet', { caughtUpOnce: () => false }, 'projections'],
  ])('is not there while %s', async (_, change, part) => {
    const { status, missing } = await readinessOf({ ...well, ...change }, { withinMs: 5 });
    expect([status, missing[0]?.part]).toEqual(['unavailable', part]);
  });

  it('does not hang on parts that do not answer', async () => {
    const { status } = await readinessOf({ ...well, degraded: () => new Promise(() => {}) }, { withinMs: 5 });
    expect(status).toBe('degraded');
  });

  it('is not there while the service closes', async () => {
    expect((await readinessOf(well, { closing: true })).status).toBe('unavailable');
  });
});

describe('the health routes', () => {
  it('answer by status code', async () => {
    let degraded = [brokerAway];
    let caughtUp = false;
    const { http } = await exampleServer(undefined, { health: { ...well, caughtUpOnce: () => caughtUp, degraded: () => degraded } });
    expect((await http.inject('/health/live')).json()).toEqual({ status: 'live' });
    const ready = async () => {
      const answer = await http.inject('/health/ready');
      return [answer.statusCode, answer.json().status];
    };
    expect(await ready()).toEqual([503, 'unavailable']);
    caughtUp = true;
    expect(await ready()).toEqual([200, 'degraded']);
    degraded = [];
    expect(await ready()).toEqual([200, 'ready']);
  });
});

describe('the health of a context', () => {
  const status: ContextStatus = {
    projections: [],
    caughtUpOnce: true,
    publishing: { lag: 0, problem: undefined },
    imports: 'consuming',
    importLag: async () => 0,
  };
  const missing = async (change: Partial<ContextStatus>) =>
    (await readinessOf(contextHealth({ status: () => ({ ...status, ...change }) }, async () => {}))).missing;

  it('is degraded while an event without a public form stops what is published, or nothing comes in', async () => {
    expect(await missing({})).toEqual([]);
    expect(await missing({ publishing: undefined })).toEqual([]);
    expect(await missing({ publishing: { lag: 3, problem: 'has no public form' }, imports: 'reconnecting' })).toEqual([
      { part: 'broker', problem: 'reconnecting' },
      { part: 'publisher', problem: 'has no public form' },
    ]);
  });

  it('is degraded while documents that were lost are written anew', async () => {
    const projections = [
      { name: 'orders', position: '7', lag: 0, isFilled: false },
      { name: 'seats', position: '7', lag: 0, isFilled: true },
    ];
    expect(await missing({ projections })).toEqual([{ part: 'projections', problem: 'orders is filled anew' }]);
    const unready = await missing({ projections, caughtUpOnce: false });
    expect(unready).toEqual([{ part: 'projections', problem: 'have not caught up since the start' }]);
  });
});
