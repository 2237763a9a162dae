import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConferencePlan,
  type JournalWriter,
  journalWriter,
  type OpenConference,
  openConference,
  type RegistrantOptions,
  type RetryLimits,
  type RunningServices,
  reportLines,
  type SystemClient,
  settle,
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
  /** Ends the services and removes their data. */
  stop(): Promise<void>;
}

/** Three real services on a data folder of their own. */
export const startSystem = async (options: {
  readonly env?: { readonly [name: string]: string };
  readonly waitMs: number;
  readonly limits?: Partial<RetryLimits>;
}): Promise<StartedSystem> => {
  const { env = {}, waitMs, limits } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'conference-system-'));
  const removeData = (): void => rmSync(dataDir, { recursive: true, force: true });
  const services = await startServices({ dataDir, env }).catch((error: unknown) => {
    removeData();
    throw error;
  });
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
      const { results, findings } = await settle({ system, dataDir, journal: journal.entries, asking: 'everything' }, bound);
      if (findings > 0) expect.fail(reportLines(results).join('\n'));
    },
    stop: async () => {
      await services.stop();
      removeData();
    },
  };
};
