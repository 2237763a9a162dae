/**
 * Goal: while the read models or the broker are away, orders go on being accepted, and health says what is missing. Method:
 * somebody else locks the files of the embedded engines, or takes them away, under running services.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually, type Held, type OpenConference, type ServiceName } from '@conference/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from './system.fixture.ts';
import { talksOf } from './talks.fixture.ts';

const waitMs = 45_000;
const testMs = 180_000;
/** An order that is accepted while something is away is accepted at once, not after somebody's patience. */
const acceptedWithinMs = 2_000;

type Readiness = { readonly status: string; readonly missing: readonly { readonly part: string; readonly problem: string }[] };

let running: StartedSystem;
beforeEach(async () => {
  running = await startSystem({ waitMs, limits: { withinMs: waitMs } });
});
afterEach(() => running?.stop());

const readiness = async (service: ServiceName): Promise<Readiness & { readonly code: number }> => {
  const response = await fetch(`${running.services.addresses[service]}/health/ready`);
  return { code: response.status, ...((await response.json()) as Readiness) };
};
const becomes = (service: ServiceName, status: 'ready' | 'degraded') =>
  eventually(
    `${service} ${status}`,
    () => readiness(service),
    (seen) => seen.status === status,
    { withinMs: waitMs },
  );
const { openOne } = talksOf(() => running);

/** Once, without waiting for its seats. */
const accepted = async (conference: OpenConference): Promise<Held> => {
  const from = performance.now();
  const response = await fetch(`${running.services.addresses.registration}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ conferenceId: conference.id, items: [{ seatTypeId: conference.seatTypes[0]?.id, quantity: 1 }] }),
  });
  const body = (await response.json()) as { readonly id: string; readonly token: string };
  expect([response.status, performance.now() - from < acceptedWithinMs], JSON.stringify(body)).toEqual([201, true]);
  running.journal.order({ id: body.id, token: body.token, conferenceId: conference.id });
  return body;
};
const allReserved = async (orders: readonly Held[]): Promise<void> => {
  for (const held of orders)
    await eventually(
      `${held.id} reserved`,
      () => running.system.registrant.order(held),
      ({ state }) => state === 'reserved',
      { withinMs: waitMs },
    );
};

/** A write lock, as a shell or a backup may hold one; ended by what it answers. */
const lock = (file: string): (() => void) => {
  const database = new DatabaseSync(join(running.services.dataDir, file), { timeout: 5_000 });
  database.exec('BEGIN IMMEDIATE');
  return () => {
    database.exec('ROLLBACK');
    database.close();
  };
};

/** Orders placed while it lasts: accepted, and afterwards decided like all others. */
const placedWhile = async (conference: OpenConference, away: () => () => void, expected: { readonly part: string }) => {
  const end = away();
  const orders: Held[] = [];
  try {
    for (let n = 0; n < 5; n++) orders.push(await accepted(conference));
    const { code, missing } = await becomes('registration', 'degraded');
    expect(code).toBe(200);
    expect(missing.map(({ part }) => part)).toEqual([expected.part]);
    for (const { problem } of missing) expect(problem).not.toBe('');
    for (let n = 0; n < 5; n++) orders.push(await accepted(conference));
    expect((await fetch(`${running.services.addresses.registration}/v1/conferences/${conference.slug}`)).status).toBe(200);
    expect((await fetch(`${running.services.addresses.registration}/health/live`)).status).toBe(200);
  } finally {
    end();
  }
  expect(await becomes('registration', 'ready')).toEqual({ code: 200, status: 'ready', missing: [] });
  return orders;
};

describe('While read models cannot be written', () => {
  it(
    'orders are accepted, what is known is answered, and all of it is caught up with',
    async () => {
      const conference = await openOne();
      const orders = await placedWhile(conference, () => lock(join('registration', 'read-models.sqlite')), { part: 'read-models' });
      await allReserved(orders);
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});

describe('While the broker', () => {
  it(
    'takes nothing from us, orders are accepted and decided, and published when it does again',
    async () => {
      const conference = await openOne();
      const topic = join('topics', 'registration.orders.v1.sqlite');
      const orders = await placedWhile(conference, () => lock(topic), { part: 'broker' });
      await allReserved(orders);
      const listed = await eventually(
        'the organiser sees them',
        () => running.system.organiser.orders(conference),
        ({ length }) => length === orders.length,
        { withinMs: waitMs },
      );
      expect(listed.map(({ id }) => id).toSorted()).toEqual(orders.map(({ id }) => id).toSorted());
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );

  it(
    'gives us nothing, orders are accepted and decided',
    async () => {
      const conference = await openOne();
      const orders = await placedWhile(conference, () => withoutFile('payments.payments.v1.sqlite'), { part: 'broker' });
      await allReserved(orders);
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});

/** The topic's file is not to be had; its publisher keeps what it has open. */
const withoutFile = (name: string): (() => void) => {
  const folder = join(running.services.dataDir, 'topics');
  const files = ['', '-wal', '-shm'].map((suffix) => join(folder, `${name}${suffix}`));
  for (const file of files) renameSync(file, `${file}.away`);
  mkdirSync(join(folder, name));
  return () => {
    rmdirSync(join(folder, name));
    for (const file of files) renameSync(`${file}.away`, file);
  };
};
