import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeededRandom, seededRandom } from '@conference/testing-simulation';
import { readEventsAt, reportLines, settle } from '../checker/index.ts';
import {
  type BehaviourWeights,
  type ContinuousWorkload,
  continuousWorkload,
  drawPlan,
  type JournalWriter,
  journalWriter,
  type OpenConference,
  openConference,
  type RunningServices,
  type SystemClient,
  startServices,
  systemClient,
} from '../journey/index.ts';
import { type EventStoreServer, startEventStoreServer } from './event-store-server.ts';

/** Distributed engines are for several machines, so the services take their secrets from the environment, as the checker does. */
const secrets = {
  TOKEN_SECRET: 'secret-of-the-tokens-in-a-test-of-engines-0',
  OPERATOR_TOKEN: 'operator-of-the-services-in-a-test-of-engines',
  PROCESSOR_WEBHOOK_SECRET: `whsec_${Buffer.from('webhooks in a test of engines!!!').toString('base64')}`,
};
export const reservationSeconds = 3;
export const graceSeconds = 2;
const registrantsPerConference = 40;
/** From an answer that never came to giving up: several faults long. */
const patienceMs = 90_000;

const weights: BehaviourWeights = {
  pays: 8,
  vanishes: 2,
  cancels: 2,
  'chooses-again': 2,
  'is-rejected-first': 2,
  'pays-twice': 2,
  'pays-then-changes': 1,
  'cancels-while-paying': 1,
  'pays-late': 1,
};

/** All three services as processes on the double of EventStoreDB, which is a process too, and for the rest on embedded engines. */
export interface SystemOnEventStore {
  readonly server: EventStoreServer;
  readonly services: RunningServices;
  readonly system: SystemClient;
  readonly journal: JournalWriter;
  openConferences(count: number): Promise<readonly OpenConference[]>;
  /** People register without pause, `atOnce` at a time. */
  crowd(conferences: readonly OpenConference[], seed: number, atOnce: number): ContinuousWorkload;
  /** What does not add up, in lines; none when everything does. */
  findings(withinMs: number): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const startSystemOnEventStore = async (client: 'eventstore' | 'kurrent'): Promise<SystemOnEventStore> => {
  const folder = mkdtempSync(join(tmpdir(), 'system-on-event-store-'));
  Object.assign(process.env, secrets);
  const server = await startEventStoreServer({ dataDir: join(folder, 'event-store') });
  const dataDir = join(folder, 'services');
  const env = {
    ...secrets,
    ...server.environment,
    ESDB_CLIENT: client,
    RESERVATION_SECONDS: String(reservationSeconds),
    EXPIRY_GRACE_SECONDS: String(graceSeconds),
  };
  const services = await startServices({ dataDir, env }).catch(async (error: unknown) => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const system = systemClient(services.addresses, { withinMs: patienceMs, requestTimeoutMs: 12_000 });
  const journal = journalWriter();
  return {
    server,
    services,
    system,
    journal,
    openConferences: (count) =>
      Promise.all(
        Array.from({ length: count }, () => {
          const slug = `c_${randomUUID().replaceAll('-', '')}`;
          return openConference(system, { slug, name: 'Engines', seatTypes }, { journal, withinMs: patienceMs });
        }),
      ),
    crowd: (conferences, seed, atOnce) =>
      continuousWorkload({
        system,
        journal,
        waitMs: patienceMs,
        atOnce,
        next: (index) => registrantOf(conferences, seededRandom(seed), index),
      }),
    async findings(withinMs) {
      const events = () => readEventsAt(server.url);
      const { results, findings } = await settle({ system, dataDir, events, journal: journal.entries, asking: 'everything' }, { withinMs });
      return findings === 0 ? [] : reportLines(results);
    },
    async stop() {
      await services.stop();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const seatTypes = [
  { name: 'Talks', price: 10_000, quota: 60 },
  { name: 'Community ticket', price: 0, quota: 30 },
  { name: 'Workshop', price: 25_000, quota: 6 },
];

const registrantOf = (conferences: readonly OpenConference[], random: SeededRandom, index: number) => {
  const conference = conferences[Math.floor(index / registrantsPerConference) % conferences.length];
  if (conference === undefined) throw new Error('there is no conference to register for');
  const plan = drawPlan(random.fork(`registrant ${index}`), { conference, weights, index, arriveWithinMs: 50, hesitateMsMax: 300 });
  return { conference, plan };
};
