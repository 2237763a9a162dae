import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSecret, type SecretName } from '@conference/platform';
import {
  type ConferencePlan,
  type EventsOfServices,
  engineNames,
  type JournalWriter,
  journalWriter,
  type OpenConference,
  openConference,
  type RegistrantOptions,
  type RetryLimits,
  type RunningServices,
  readEvents,
  readEventsAt,
  reportLines,
  type SystemClient,
  settle,
  startEngines,
  startServices,
  systemClient,
} from '@conference/tools';
import { expect } from 'vitest';

export interface StartedSystem {
  readonly services: RunningServices;
  readonly system: SystemClient;
  readonly journal: JournalWriter;
  /** A conference of its own for every test. */
  open(seatTypes: ConferencePlan['seatTypes']): Promise<OpenConference>;
  /** What the building blocks of a registrant need. */
  at(conference: OpenConference): RegistrantOptions;
  /** Waits until everything is quiet, and fails with the checker's report when something does not add up. */
  expectEverythingAddsUp(options: { readonly withinMs: number }): Promise<void>;
  /** Of all three services, as they lie now. */
  readEvents(): Promise<EventsOfServices>;
  /** Ends the services, and removes their data. */
  stop(): Promise<void>;
}

/**
 * On which servers: `ENGINES_UNDER_TEST=event-store,broker,read-models`, or some of them. They are started for each system, and gone with
 * it. By default there are none: the embedded engines.
 */
const underTest = (process.env['ENGINES_UNDER_TEST'] ?? '').split(',').filter((name) => name !== '');
const secretNames: readonly SecretName[] = ['TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET'];

const enginesFor = async (
  dataDir: string,
): Promise<{ readonly env: { readonly [name: string]: string }; readonly stop: () => Promise<void> }> => {
  if (underTest.length === 0) return { env: {}, stop: async () => undefined };
  const engines = await startEngines({ engines: engineNames.filter((name) => underTest.includes(name)) });
  const secrets = Object.fromEntries(secretNames.map((name) => [name, keptSecret(dataDir, name)]));
  return { env: { ...secrets, ...engines.environment }, stop: engines.stop };
};

/** Three real services on a data folder of their own. */
export const startSystem = async (options: {
  readonly env?: { readonly [name: string]: string };
  readonly waitMs: number;
  readonly limits?: Partial<RetryLimits>;
}): Promise<StartedSystem> => {
  const { env = {}, waitMs, limits } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'conference-system-'));
  const removeData = (): void => rmSync(dataDir, { recursive: true, force: true });
  const engines = await enginesFor(dataDir);
  const services = await startServices({ dataDir, env: { ...engines.env, ...env } }).catch(async (error: unknown) => {
    await engines.stop();
    removeData();
    throw error;
  });
  const { EVENTSTORE_URL: eventStoreUrl } = engines.env;
  const events = async (): Promise<EventsOfServices> => (eventStoreUrl === undefined ? readEvents(dataDir) : readEventsAt(eventStoreUrl));
  const system = systemClient(services.addresses, limits);
  const journal = journalWriter();
  return {
    services,
    system,
    journal,
    open: (seatTypes) =>
      openConference(system, { slug: `c_${randomUUID().replaceAll('-', '')}`, name: 'Journey', seatTypes }, { journal, withinMs: waitMs }),
    at: (conference) => ({ system, conference, journal, waitMs }),
    expectEverythingAddsUp: async (bound) => {
      const { results, findings } = await settle({ system, dataDir, events, journal: journal.entries, asking: 'everything' }, bound);
      if (findings > 0) expect.fail(reportLines(results).join('\n'));
    },
    readEvents: events,
    stop: async () => {
      await services.stop();
      await engines.stop();
      removeData();
    },
  };
};
