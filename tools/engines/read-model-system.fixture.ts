/** Three services as processes with one of their engines on a server of its own, a crowd that uses them, and the checker. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSecret, type SecretName } from '@conference/platform';
import { type SeededRandom, seededRandom } from '@conference/testing-simulation';
import { expect } from 'vitest';
import {
  continuousWorkload,
  drawPlan,
  eventually,
  journalWriter,
  type OpenConference,
  openConference,
  reportLines,
  type ServiceName,
  serviceNames,
  settle,
  startServices,
  systemClient,
} from '../index.ts';
import type { EngineServer } from './engine-server.ts';
import { startReadModelServer } from './read-model-server.ts';

const enginesDir = join(import.meta.dirname, '..', '..', '.engines');
const secretNames: readonly SecretName[] = ['TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET'];
const reservationSeconds = 8;
const graceSeconds = 3;
const waitMs = 90_000;
const registrantsAtOnce = 6;
const weights = { pays: 6, vanishes: 1, cancels: 2, 'chooses-again': 3, 'is-rejected-first': 1, 'pays-then-changes': 1 };

export type Readiness = { readonly status: string; readonly missing: readonly { readonly part: string; readonly problem: string }[] };

/** What somebody is told who places an order once and has little patience. */
export type Placement = { readonly status: number; readonly code: string | undefined; readonly ms: number };

export const startReadModelSystem = async () =>
  startSystemOn(await startReadModelServer({ enginesDir, print: (line) => console.log(line) }), 'read-models');

/** The services on the server, which is the part of their health and metrics that is called so. It is stopped with them. */
export const startSystemOn = async <Server extends EngineServer>(server: Server, part: 'broker' | 'read-models') => {
  const dataDir = mkdtempSync(join(tmpdir(), 'read-model-system-'));
  const env = {
    ...Object.fromEntries(secretNames.map((name) => [name, keptSecret(dataDir, name)])),
    ...server.environment,
    RESERVATION_SECONDS: String(reservationSeconds),
    EXPIRY_GRACE_SECONDS: String(graceSeconds),
  };
  const services = await startServices({ dataDir, env }).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const system = systemClient(services.addresses, { withinMs: waitMs, requestTimeoutMs: 15_000 });
  const journal = journalWriter();

  const readiness = async (service: ServiceName): Promise<Readiness> =>
    (await (await fetch(`${services.addresses[service]}/health/ready`)).json()) as Readiness;
  const becomes = (service: ServiceName, status: 'ready' | 'degraded'): Promise<Readiness> =>
    eventually(
      `${service} ${status}`,
      () => readiness(service),
      (seen) => seen.status === status,
      { withinMs: waitMs },
    );
  const isAway = async (service: ServiceName): Promise<boolean> =>
    new RegExp(`^engine_away\\{part="${part}",.*\\} 1$`, 'm').test(await (await fetch(`${services.addresses[service]}/metrics`)).text());

  const conferences = (): Promise<readonly OpenConference[]> =>
    Promise.all(
      Array.from({ length: 2 }, () =>
        openConference(
          system,
          {
            slug: `c_${randomUUID().replaceAll('-', '')}`,
            name: 'Engines',
            seatTypes: [
              { name: 'Talks', price: 10_000, quota: 5_000 },
              { name: 'Community ticket', price: 0, quota: 500 },
              { name: 'Workshop', price: 25_000, quota: 20 },
            ],
          },
          { journal, withinMs: waitMs },
        ),
      ),
    );
  const crowd = (at: readonly OpenConference[], random: SeededRandom) =>
    continuousWorkload({
      system,
      journal,
      waitMs,
      atOnce: registrantsAtOnce,
      next: (index) => {
        const conference = at[index % at.length];
        if (conference === undefined) throw new Error('there is no conference to register for');
        return {
          conference,
          plan: drawPlan(random.fork(`${index}`), { conference, weights, index, arriveWithinMs: 50, hesitateMsMax: 300 }),
        };
      },
    });
  /** Once; what is acknowledged goes into the journal, so the checker asks for it. */
  const place = async (conference: OpenConference): Promise<Placement> => {
    const from = performance.now();
    const response = await fetch(`${services.addresses.registration}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), prefer: 'wait=5' },
      body: JSON.stringify({ conferenceId: conference.id, items: [{ seatTypeId: conference.seatTypes[0]?.id, quantity: 1 }] }),
    });
    const body = (await response.json()) as { id: string; token: string; code?: string; order?: { state: string } };
    if (response.status === 201) journal.order({ id: body.id, token: body.token, conferenceId: conference.id });
    return { status: response.status, code: body.code ?? body.order?.state, ms: performance.now() - from };
  };
  /** Of every kind of read, what it is answered. */
  const reads = async (conference: OpenConference): Promise<readonly number[]> =>
    Promise.all(
      [
        `${services.addresses.registration}/v1/conferences`,
        `${services.addresses.registration}/v1/conferences/${conference.slug}/seat-types`,
        `${services.addresses['conference-management']}/v1/conferences/${conference.id}/orders`,
      ].map(async (url) => (await fetch(url, { headers: { authorization: `Bearer ${conference.token}` } })).status),
    );

  return {
    server,
    services,
    journal,
    conferences,
    crowd,
    place,
    reads,
    readiness,
    becomes,
    isAway,
    allBecome: (status: 'ready' | 'degraded') => Promise.all(serviceNames.map((service) => becomes(service, status))),
    /** Waits until everything is quiet, and fails with the checker's report when something does not add up. */
    expectEverythingAddsUp: async (): Promise<void> => {
      const { results, findings } = await settle({ system, dataDir, journal: journal.entries, asking: 'everything' }, { withinMs: waitMs });
      if (findings > 0) expect.fail(reportLines(results).join('\n'));
    },
    stop: async (): Promise<void> => {
      await services.stop();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
export type ReadModelSystem = Awaited<ReturnType<typeof startReadModelSystem>>;

/** Repeatable by its seed. */
export const randomOf = (name: string): { readonly seed: number; readonly random: SeededRandom } => {
  const seed = Number(process.env['ENGINES_SEED'] ?? Math.floor(Math.random() * 1_000_000));
  return { seed, random: seededRandom(seed).fork(name) };
};
