/**
 * Goal: what people read is a function of the events, whatever becomes of the read models and of the neighbours. Method: read
 * models built anew under load and thrown away, neighbours stopped; what people see must come back whole, and the same.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  decidePayment,
  eventually,
  type OpenConference,
  type RegistrantReport,
  register,
  serviceNames,
  startPayment,
} from '@conference/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StartedSystem, startSystem } from './system.fixture.ts';
import { person, talksOf } from './talks.fixture.ts';

const waitMs = 45_000;
const testMs = 240_000;

let running: StartedSystem;
beforeEach(async () => {
  running = await startSystem({ waitMs, limits: { withinMs: waitMs } });
});
afterEach(() => running?.stop());

const { operatorAt, openOne, items, place } = talksOf(() => running);

/** What people and organisers see, to be compared before and after. */
const everythingSeen = async (conference: OpenConference, reports: readonly RegistrantReport[]) => {
  const { registrant, organiser } = running.system;
  const orders = running.journal.entries().orders.toSorted((a, b) => a.id.localeCompare(b.id));
  const byId = <Item extends { readonly id: string }>(list: readonly Item[]) => list.toSorted((a, b) => a.id.localeCompare(b.id));
  return {
    reports: reports.length,
    orders: await Promise.all(orders.map((held) => registrant.order(held))),
    seats: await Promise.all(orders.map((held) => registrant.seats(held))),
    offered: await registrant.seatTypes(conference.slug),
    managed: byId(await organiser.orders(conference)),
    attendees: (await organiser.attendees(conference)).toSorted((a, b) => a.orderId.localeCompare(b.orderId) || a.position - b.position),
    seatTypes: byId(await organiser.seatTypes(conference)),
  };
};

/** By collection, which build answers queries. */
const activeBuilds = (): ReadonlyMap<string, string> => {
  const builds = new Map<string, string>();
  for (const service of serviceNames) {
    const database = new DatabaseSync(join(running.services.dataDir, service, 'read-models.sqlite'), { readOnly: true, timeout: 5_000 });
    // The notes of superseded builds are no projection.
    for (const row of database.prepare("SELECT collection, build FROM active WHERE collection <> 'superseded-builds'").all())
      builds.set(`${service} ${row['collection']}`, String(row['build']));
    database.close();
  }
  return builds;
};

/** Of all services; resolves when every collection is answered from another build than before. */
const rebuildAll = async (): Promise<void> => {
  const before = activeBuilds();
  for (const service of serviceNames) {
    const operator = operatorAt(service);
    for (const { name } of await operator.projections()) {
      expect(await operator.post(`projections/${name}/rebuild`), name).toEqual({ status: 202 });
    }
  }
  const isNew = (builds: ReadonlyMap<string, string>): boolean =>
    [...before].every(([collection, build]) => builds.get(collection) !== build);
  expect(before.size).toBeGreaterThan(serviceNames.length);
  await eventually('every projection is built anew', async () => activeBuilds(), isNew, { withinMs: waitMs });
};

const registerOne = (conference: OpenConference, index: number): Promise<RegistrantReport> =>
  register(running.at(conference), {
    person: { ...person, email: `registrant.${index}@example.com` },
    behaviour: index % 3 === 0 ? 'cancels' : 'pays',
    items: items(conference, 2),
    secondChoice: items(conference),
    whenShort: 'gives-up',
    arrivesAfterMs: 0,
    hesitatesMs: 0,
  });

describe('read models', () => {
  it(
    'are built anew while orders come in: reads stay up, and everything is as it was told',
    async () => {
      const conference = await openOne();
      const reports: RegistrantReport[] = [];
      let isStopping = false;
      const crowd = Array.from({ length: 4 }, async (_, lane) => {
        for (let n = 0; !isStopping; n++) reports.push(await registerOne(conference, lane + 4 * n));
      });
      const unanswered: string[] = [];
      const reader = (async () => {
        const { registration } = running.services.addresses;
        while (!isStopping) {
          const { status } = await fetch(`${registration}/v1/conferences/${conference.slug}/seat-types`);
          if (status !== 200) unanswered.push(String(status));
          const ready = await fetch(`${registration}/health/ready`);
          if (ready.status !== 200) unanswered.push(`ready ${ready.status}`);
        }
      })();
      try {
        await eventually(
          'the first have registered',
          async () => reports.length,
          (count) => count > 8,
          { withinMs: waitMs },
        );
        expect(await operatorAt('registration').post('projections/nothing-of-ours/rebuild')).toMatchObject({ status: 404 });
        await rebuildAll();
        const before = reports.length;
        await eventually(
          'more have registered',
          async () => reports.length,
          (count) => count > before + 8,
          { withinMs: waitMs },
        );
      } finally {
        isStopping = true;
        await Promise.all([...crowd, reader]);
      }
      expect(unanswered).toEqual([]);
      expect(reports.map(({ refusedWith }) => refusedWith)).toEqual(reports.map(() => undefined));
      await running.expectEverythingAddsUp({ withinMs: waitMs });

      const seen = await everythingSeen(conference, reports);
      await rebuildAll();
      expect(await everythingSeen(conference, reports)).toEqual(seen);
    },
    testMs,
  );

  it(
    'come back from the events when their file is gone',
    async () => {
      const { services } = running;
      const conference = await openOne();
      const reports = [await registerOne(conference, 0), await registerOne(conference, 1), await registerOne(conference, 2)];
      await place(conference);
      await running.expectEverythingAddsUp({ withinMs: waitMs });
      const seen = await everythingSeen(conference, reports);
      await Promise.all(serviceNames.map((service) => services.kill(service, 'SIGTERM')));
      for (const service of serviceNames) {
        const folder = join(services.dataDir, service);
        const files = readdirSync(folder).filter((file) => file.startsWith('read-models'));
        expect(files).toContain('read-models.sqlite');
        for (const file of files) rmSync(join(folder, file));
      }
      await Promise.all(serviceNames.map((service) => services.restart(service)));
      expect(await everythingSeen(conference, reports)).toEqual(seen);
      await registerOne(conference, 4);
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});

describe('with payments and conference-management away', () => {
  it(
    'orders are placed and decided, and all of it is caught up with when they are back',
    async () => {
      const { services, system } = running;
      const conference = await openOne();
      const away = ['payments', 'conference-management'] as const;
      await Promise.all(away.map((service) => services.kill(service, 'SIGKILL')));
      const held = await Promise.all(Array.from({ length: 20 }, () => place(conference)));
      await Promise.all(held.map((order) => system.registrant.giveDetails(order, person)));
      expect((await fetch(`${services.addresses.registration}/health/ready`)).status).toBe(200);
      await Promise.all(away.map((service) => services.restart(service)));

      const [first] = held;
      if (first === undefined) throw new Error('nothing was placed');
      const payment = await startPayment(running.at(conference), first);
      await decidePayment(running, first, payment.id, 'accepted');
      await eventually(
        'confirmed',
        () => system.registrant.order(first),
        ({ state }) => state === 'confirmed',
        { withinMs: waitMs },
      );
      const listed = await eventually(
        'the organiser sees them',
        () => system.organiser.orders(conference),
        (orders) => orders.length === held.length && orders.some(({ state }) => state === 'confirmed'),
        { withinMs: waitMs },
      );
      expect(listed.map(({ id }) => id).toSorted()).toEqual(held.map(({ id }) => id).toSorted());
      await running.expectEverythingAddsUp({ withinMs: waitMs });
    },
    testMs,
  );
});
