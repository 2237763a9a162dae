/** The original was slow when many came at once; its goal was an answer within five seconds. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from '../system.fixture.ts';
import { ask } from './request.fixture.ts';

const crowd = 100;
const goalMs = 5_000;

let running: StartedSystem;
beforeAll(async () => {
  running = await startSystem({ waitMs: 15_000 });
});
afterAll(() => running?.stop());

it('a crowd of 100 that orders at the same moment is told within five seconds what it holds', async () => {
  const conference = await running.open([{ name: 'Talks', price: 10_000, quota: crowd / 2 }]);
  const url = `${running.system.addresses.registration}/v1/orders`;
  const body = { conferenceId: conference.id, items: [{ seatTypeId: conference.seatTypes[0]?.id, quantity: 1 }] };
  const answers = await Promise.all(
    Array.from({ length: crowd }, async () => {
      const began = performance.now();
      const headers = { prefer: 'wait=5', 'idempotency-key': randomUUID() };
      const { status, json } = await ask(url, { method: 'POST', body, headers });
      return { status, state: Object(json?.['order']).state as unknown, tookMs: performance.now() - began };
    }),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  const held = answers.filter(({ state }) => state === 'reserved');
  expect([held.length, answers.filter(({ state }) => state === 'partially-reserved').length]).toEqual([crowd / 2, crowd / 2]);
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(goalMs);
});
