import {
  drawOptions,
  type Simulation,
  SimulationFailure,
  type SimulationOptions,
  seededRandom,
  simulation,
  traceLinesMax,
} from '@conference/testing-simulation';
import { type JournalWriter, journalWriter, type SystemFacts } from '@conference/tools';
import { type Coverage, coverageOf } from './coverage.ts';
import type { Sabotage } from './hosted-service.ts';
import { changeConference, openConference } from './organiser.ts';
import { register } from './registrant.ts';
import { assertRebuildable, assertSafe, assertSettled, awaitQuiet } from './settle.ts';
import { drawWorkload, type Workload } from './workload.ts';
import { createWorld, type World } from './world.ts';

export interface Run {
  readonly seed: number;
  readonly traceHash: string;
  readonly trace: readonly string[];
  readonly virtualMs: number;
  /** Await points. */
  readonly points: number;
  readonly coverage: Coverage;
}

/** What is drawn for a seed, for whoever wants to see it before the run. */
export const settingsOf = (seed: number): { readonly options: SimulationOptions; readonly workload: Workload } => {
  const drawn = drawOptions(seededRandom(seed).fork('options'));
  // Drawn for scenarios of a few dozen await points; here a start alone has more than a hundred.
  const crash = (drawn.faults.crash ?? 0) / 10;
  return { options: { ...drawn, faults: { ...drawn.faults, crash } }, workload: drawWorkload(seededRandom(seed).fork('workload')) };
};

/** Clients may take as long as their patience; the services are all there by then. */
const clientsBudget = { virtualMs: 20 * 60_000 };

/** Seen by whoever has to repeat the run: everything that was drawn. */
export const explained = (error: unknown, workload: Workload): unknown => {
  if (error instanceof SimulationFailure) error.message += `\n  workload ${JSON.stringify(workload)}`;
  return error;
};

/** One run of a system: people at work while things go wrong, then calm, then everything has to add up. */
export const runSystem = async (
  sim: Simulation,
  workload: Workload,
  people: (world: World, journal: JournalWriter) => readonly (() => Promise<void>)[],
  sabotage: Sabotage = {},
): Promise<{ readonly world: World; readonly facts: SystemFacts; readonly points: number }> => {
  const world = createWorld(sim, workload, sabotage);
  const journal = journalWriter();
  const tasks = people(world, journal);
  let busy = tasks.length;
  world.start();
  for (const task of tasks)
    sim.spawn('a client', async () => {
      await task();
      busy -= 1;
    });
  try {
    await sim.run(() => busy === 0 || (workload.calmAfterMs > 0 && sim.elapsedMs() >= workload.calmAfterMs));
    const points = sim.points();
    assertSafe(world, journal);
    world.calmDown();
    await sim.run(() => busy === 0, clientsBudget);
    await awaitQuiet(world, journal);
    const facts = await assertSettled(world, journal);
    if (workload.isRebuilt) await assertRebuildable(world);
    return { world, facts, points };
  } catch (error) {
    throw explained(error, workload);
  }
};

/** The clocks of the machines jump at their own times. */
const clockJumps = async (world: World): Promise<void> => {
  const chance = world.sim.chance.fork('clocks');
  const max = Math.max(world.sim.options.clockSkewMsMax, 2_000);
  for (let n = 0; n < world.workload.clockJumps; n++) {
    await world.sim.timer.sleep(chance.integer(500, 15_000));
    if (!world.isCalm()) world.skewClock(chance.pick(world.hosts), chance.integer(-max, max));
  }
};

const crowd = (world: World, journal: JournalWriter) => [
  () => clockJumps(world),
  async () => {
    const conference = await openConference(world, journal);
    if (conference === undefined) return;
    const names = Array.from({ length: world.workload.registrants }, (_, index) => `registrant/${index + 1}`);
    await Promise.all([changeConference(world, conference), ...names.map((name) => register(world, journal, conference, name))]);
  },
];

/** One seed of the swarm. Throws a {@link SimulationFailure} with all that is needed to see it again. */
export const runSeed = async (seed: number, sabotage: Sabotage = {}): Promise<Run> => {
  const { options, workload } = settingsOf(seed);
  const sim = simulation({ seed, options });
  const { world, facts } = await runSystem(sim, workload, crowd, sabotage);
  return {
    seed,
    traceHash: sim.trace.hash(),
    trace: sim.trace.tail(traceLinesMax),
    virtualMs: sim.elapsedMs(),
    points: sim.points(),
    coverage: coverageOf(world, facts),
  };
};
