import { type CrashPlan, calmOptions, type SimulationOptions, simulation } from '@conference/testing-simulation';
import type { JournalWriter, SystemFacts } from '@conference/tools';
import { openConference } from './organiser.ts';
import { type Plan, register } from './registrant.ts';
import { runSystem } from './run.ts';
import { calmWorkload, type Workload } from './workload.ts';
import type { World } from './world.ts';

export interface ScenarioRun {
  readonly world: World;
  readonly facts: SystemFacts;
  /** Await points until everybody had their last answer. */
  readonly points: number;
}

const pays: Plan = { choosesAgain: 0, ending: 'pays', assigns: 2 };

/** In this order, so that who gets which seats does not depend on who is faster. */
const plans: readonly Plan[] = [
  pays,
  { choosesAgain: 1, ending: 'is-rejected-then-pays', assigns: 1 },
  { choosesAgain: 0, ending: 'pays-twice', assigns: 0 },
  { choosesAgain: 0, ending: 'cancels', assigns: 0 },
  { choosesAgain: 0, ending: 'gives-up', assigns: 0 },
  { choosesAgain: 0, ending: 'cancels-while-paying', assigns: 0 },
];

const oneAfterTheOther = (of: readonly Plan[]) => (world: World, journal: JournalWriter) => [
  async () => {
    const conference = await openConference(world, journal);
    if (conference === undefined) throw world.sim.failure('the conference is never offered');
    for (const [index, plan] of of.entries()) await register(world, journal, conference, `registrant/${index + 1}`, plan);
  },
];

/** Fewer await points, and each of them in every run: no delay is drawn, nothing waits for a clock that need not. */
const brisk: SimulationOptions = { ...calmOptions, latencyMsMean: 0, restartMsMax: 50 };
const briskWorkload: Workload = { ...calmWorkload, seatTypes: [{ price: 9_900, quota: 10 }] };

/** Publish, place, reserve, give details, pay, confirm, assign; the service that comes to the point of the plan dies there. */
export const oneRegistration = async (crashes: CrashPlan): Promise<ScenarioRun> => {
  const command = (): string => `npm run simulate -- --crash-at ${crashes.kind === 'at-point' ? crashes.point : 0}`;
  const sim = simulation({ seed: 1, options: brisk, crashes, command });
  const run = await runSystem(sim, briskWorkload, oneAfterTheOther([pays]));
  const [order] = run.facts.recorded?.orders ?? [];
  if (order?.state !== 'confirmed' || order.confirmations !== 1) throw sim.failure(`the order is ${order?.state ?? 'not there'}`);
  const seats = run.facts.recorded?.assignments[0]?.seats ?? [];
  if (seats.length === 0) throw sim.failure('the order has no seats to assign');
  return run;
};

/** Six people, one after the other, with every message once or twice. */
export const sixRegistrations = (everythingTwice: boolean): Promise<ScenarioRun> => {
  const callbacks = { ...calmWorkload.callbacks, doubled: everythingTwice ? 1 : 0 };
  const sim = simulation({ seed: 1, options: { ...brisk, everythingTwice } });
  return runSystem(sim, { ...calmWorkload, reservationSeconds: 120, isRebuilt: true, callbacks }, oneAfterTheOther(plans));
};
