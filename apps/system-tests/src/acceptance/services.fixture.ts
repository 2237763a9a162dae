import { reportLines, settle } from '@conference/tools';
import { expect } from 'vitest';
import { type StartedSystem, startSystem } from '../system.fixture.ts';
import { withinMs } from './soon.ts';
import type { ReservationTime, Services } from './world.ts';

/** Long enough for all that a registrant does before the end, also on a busy machine. */
const brief: ReservationTime = { reservationSeconds: 4, graceSeconds: 1 };

/** Starts each set of services when it is asked for first; all scenarios share it. */
export const servicesOfAllScenarios = (): Services & { stop(): Promise<void> } => {
  const started = new Map<string, Promise<StartedSystem>>();
  const once = (name: string, env: { readonly [variable: string]: string }): Promise<StartedSystem> => {
    const running = started.get(name) ?? startSystem({ env, waitMs: withinMs, limits: { withinMs } });
    started.set(name, running);
    return running;
  };
  return {
    lasting: () => once('lasting', {}),
    brief: async () => {
      const env = { RESERVATION_SECONDS: String(brief.reservationSeconds), EXPIRY_GRACE_SECONDS: String(brief.graceSeconds) };
      return { ...(await once('brief', env)), ...brief };
    },
    stop: async () => {
      await Promise.all([...started.values()].map(async (running) => (await running).stop()));
    },
  };
};

/** Waits until it is quiet, and fails with the checker's report when the answers of the services do not fit together. */
export const expectAnswersToAddUp = async ({ system, journal }: StartedSystem): Promise<void> => {
  const { results, findings } = await settle({ system, journal: journal.entries }, { withinMs });
  expect(results.reduce((sum, { examined }) => sum + examined, 0)).toBeGreaterThan(0);
  if (findings > 0) expect.fail(reportLines(results).join('\n'));
};
