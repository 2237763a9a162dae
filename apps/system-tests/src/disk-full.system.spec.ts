/**
 * Goal: a full disk costs nothing but time. Method: all three services on a small file system in memory that is filled to
 * the last byte while orders are placed; what was answered 201 has to be there in the end, and nothing else has happened.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type JournalWriter,
  journalWriter,
  type OpenConference,
  openConference,
  type RunningServices,
  reportLines,
  type ServiceName,
  type SystemClient,
  serviceNames,
  settle,
  startServices,
  systemClient,
} from '@conference/tools';
import { afterEach, describe, expect, it } from 'vitest';
import { endLaunched, launch, portsAsVariables, portsOf } from './service-process.fixture.ts';
import { mountVolume, type Volume } from './volume.fixture.ts';

const volumeMegabytes = 96;
const waitMs = 60_000;
const testMs = 240_000;

type Refusal = { readonly status: number; readonly code: string };
type Attempt = { readonly id: string; readonly token: string } | Refusal;
const isRefusal = (attempt: Attempt): attempt is Refusal => 'status' in attempt;

let volume: Volume | undefined;
let services: RunningServices | undefined;
afterEach(async () => {
  await endLaunched();
  await services?.stop();
  volume?.unmount();
  services = undefined;
  volume = undefined;
});

interface OnVolume {
  readonly volume: Volume;
  readonly services: RunningServices;
  readonly system: SystemClient;
  readonly journal: JournalWriter;
  readonly conference: OpenConference;
}

const startOnVolume = async (): Promise<OnVolume | undefined> => {
  const mounted = mountVolume(volumeMegabytes);
  if (mounted === undefined) return undefined;
  volume = mounted;
  const running = await startServices({ dataDir: join(mounted.path, 'data') });
  services = running;
  const system = systemClient(running.addresses, { withinMs: waitMs });
  const journal = journalWriter();
  const plan = { slug: 'full', name: 'Full', seatTypes: [{ name: 'Talks', price: 100, quota: 100_000 }] };
  const conference = await openConference(system, plan, { journal, withinMs: waitMs });
  return { volume: mounted, services: running, system, journal, conference };
};

/** Once, with no repeat. */
const place = async ({ services: { addresses }, conference, journal }: OnVolume): Promise<Attempt> => {
  const response = await fetch(`${addresses.registration}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ conferenceId: conference.id, items: [{ seatTypeId: conference.seatTypes[0]?.id, quantity: 1 }] }),
  });
  const body = (await response.json()) as { readonly id: string; readonly token: string; readonly code: string };
  if (response.status !== 201) return { status: response.status, code: body.code };
  journal.order({ id: body.id, token: body.token, conferenceId: conference.id });
  return { id: body.id, token: body.token };
};

const placeMany = async (on: OnVolume, count: number): Promise<readonly Attempt[]> =>
  (
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const attempts: Attempt[] = [];
        for (let n = 0; n < count / 8; n++) attempts.push(await place(on));
        return attempts;
      }),
    )
  ).flat();

/** Until nothing is accepted any more. Whatever is refused is refused as temporary, with an answer. */
const placeUntilFull = async (on: OnVolume): Promise<void> => {
  for (let round = 0; round < 200; round++) {
    const attempts = await placeMany(on, 40);
    const refusals = attempts.filter(isRefusal);
    for (const refusal of refusals) expect(refusal).toEqual({ status: 503, code: 'temporarily-unavailable' });
    if (refusals.length === attempts.length) return;
  }
  expect.unreachable('the disk never got full');
};

const expectReadsAnswer = async ({ services: running, system, journal, conference }: OnVolume): Promise<void> => {
  expect(running.running().toSorted(), 'no service dies of it').toEqual([...serviceNames].toSorted());
  expect((await system.registrant.seatTypes(conference.slug)).length).toBe(1);
  expect((await system.organiser.conference(conference)).isPublished).toBe(true);
  expect(await system.organiser.orders(conference)).toEqual(expect.any(Array));
  for (const service of serviceNames) {
    expect((await fetch(`${running.addresses[service]}/health/live`)).status).toBe(200);
    expect((await fetch(`${running.addresses[service]}/metrics`)).status).toBe(200);
  }
  const history = journal.entries().orders.slice(0, 3);
  for (const { id, token } of history) expect((await system.registrant.order({ id, token })).id).toBe(id);
};

/** The log of a database may have room inside; otherwise temporarily unavailable, and never another failure. */
const expectOtherCommandsAreAnswered = async ({ services: { addresses } }: OnVolume): Promise<void> => {
  const owner = { name: 'Olga Organiser', email: 'olga@example.com' };
  const conference = { name: 'Other', description: 'Other.', location: 'Oslo', startDate: '2027-05-02', endDate: '2027-05-04', owner };
  for (let n = 0; n < 20; n++) {
    const response = await fetch(`${addresses['conference-management']}/v1/conferences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...conference, slug: `o_${randomUUID().replaceAll('-', '')}` }),
    });
    await response.body?.cancel();
    expect([201, 503]).toContain(response.status);
  }
};

/** Started on a disk that is still full, a service says in one line why it cannot, or becomes ready when there is room. */
const expectStartIsRefusedOrWaits = async ({ services: { addresses, dataDir }, volume: full }: OnVolume): Promise<void> => {
  const environment = { DATA_DIR: dataDir, ...portsAsVariables(portsOf(addresses)) };
  const processes = serviceNames.map((service) => launch(service, environment));
  const settled = new Set<string>();
  const live = async (service: ServiceName): Promise<boolean> =>
    fetch(`${addresses[service]}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    for (const [index, process] of processes.entries()) {
      const service = serviceNames[index] ?? 'registration';
      void process.ended.then(() => settled.add(service));
      await expect.poll(async () => settled.has(service) || (await live(service)), { timeout: waitMs, message: service }).toBe(true);
    }
    full.makeRoom();
    for (const process of processes) {
      const refused = await Promise.race([process.ready.then(() => undefined), process.ended]);
      if (refused !== undefined) expect([refused.code, refused.stdout, refused.stderr.trim().split('\n').length]).toEqual([1, '', 1]);
    }
  } finally {
    for (const process of processes) process.kill('SIGKILL');
    await Promise.all(processes.map(({ ended }) => ended));
  }
};

const expectOrdersAreAcceptedAgain = async (on: OnVolume): Promise<void> => {
  await expect.poll(async () => isRefusal(await place(on)), { timeout: waitMs }).toBe(false);
  expect((await placeMany(on, 40)).filter(isRefusal)).toEqual([]);
};

/** Everything that was acknowledged is there and is decided, and the three services agree. */
const expectAllDecided = async ({ system, journal, services: running }: OnVolume): Promise<void> => {
  for (const held of journal.entries().orders) {
    await expect.poll(async () => (await system.registrant.order(held)).state, { timeout: waitMs, message: held.id }).toBe('reserved');
  }
  const sources = { system, dataDir: running.dataDir, journal: journal.entries, asking: 'everything' } as const;
  const { results, findings } = await settle(sources, { withinMs: waitMs });
  if (findings > 0) expect.fail(reportLines(results).join('\n'));
  for (const service of serviceNames) {
    const { status } = await fetch(`${running.addresses[service]}/health/ready`);
    expect(status, service).toBe(200);
  }
};

describe('a full disk', () => {
  it(
    'refuses commands as temporarily unavailable, goes on reading, and is forgotten when there is room again',
    async () => {
      const on = await startOnVolume();
      if (on === undefined) return;
      expect((await placeMany(on, 80)).filter(isRefusal)).toEqual([]);
      for (const leftBytes of [512 * 1024, 0]) {
        on.volume.fill(leftBytes);
        await placeUntilFull(on);
        on.volume.fill(0);
        await expectReadsAnswer(on);
        await expectOtherCommandsAreAnswered(on);
        on.volume.makeRoom();
        await expectOrdersAreAcceptedAgain(on);
      }
      await expectAllDecided(on);
    },
    testMs,
  );

  it(
    'and a kill -9 on it lose nothing that was acknowledged',
    async () => {
      const on = await startOnVolume();
      if (on === undefined) return;
      on.volume.fill(1024 * 1024);
      await placeUntilFull(on);
      expect(on.journal.entries().orders.length).toBeGreaterThan(0);
      await Promise.all(serviceNames.map((service) => on.services.kill(service, 'SIGKILL')));
      on.volume.fill(0);
      await expectStartIsRefusedOrWaits(on);
      await Promise.all(serviceNames.map((service) => on.services.restart(service)));
      await expectOrdersAreAcceptedAgain(on);
      await expectAllDecided(on);
    },
    testMs,
  );
});
