/**
 * `npm run simulate -- --seed 123 [--seeds N] [--trace]`: the whole system in one process, once per seed. The first seed that
 * fails is printed with all that was drawn, the end of its trace, and the line that repeats it.
 * `--crash-at K`: one registration, with a crash at the K-th await point; `--crash-everywhere`: at each of them, one by one.
 */
import { parseArgs } from 'node:util';
import { describeOptions } from '@conference/testing-simulation';
import { type Coverage, sumOf } from './coverage.ts';
import { crashEverywhere } from './crash-everywhere.ts';
import { runSeed, settingsOf } from './run.ts';
import { oneRegistration } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    'crash-at': { type: 'string' },
    'crash-everywhere': { type: 'boolean', default: false },
  },
});

const usage = 'usage: npm run simulate -- --seed <number> [--seeds <count>] [--trace] | --crash-at <point> | --crash-everywhere';
const numberOf = (text: string, least: number): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  console.error(usage);
  process.exit(2);
};

const nowMs = (): number => performance.now();
const startedAt = nowMs();
const seconds = (): string => ((nowMs() - startedAt) / 1_000).toFixed(1);

const swarm = async (first: number, count: number): Promise<void> => {
  const coverages: Coverage[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const { options, workload } = settingsOf(seed);
    if (count === 1) console.log(`seed ${seed}: ${describeOptions(options)}\n${JSON.stringify(workload)}`);
    const run = await runSeed(seed);
    coverages.push(run.coverage);
    if (values.trace) for (const line of run.trace) console.log(line);
    if (count === 1)
      console.log(`trace ${run.traceHash}, ${run.points} await points, ${Math.round(run.virtualMs / 1_000)} s of virtual time`);
  }
  console.log(JSON.stringify(sumOf(coverages)));
  console.log(`${count} ${count === 1 ? 'run' : 'runs'} in ${seconds()} s: everything adds up.`);
};

const crashAt = async (point: number): Promise<void> => {
  const { points, world } = await oneRegistration({ kind: 'at-point', point });
  if (values.trace) for (const line of world.sim.trace.tail(4_096)) console.log(line);
  console.log(`a crash at await point ${point} of ${points}: everything adds up.`);
};

const crashAtEach = async (): Promise<void> => {
  const { points, tried } = await crashEverywhere({ budgetMs: Number.POSITIVE_INFINITY, nowMs });
  console.log(`a crash at each of ${tried} of ${points} await points in ${seconds()} s: everything adds up.`);
};

try {
  if (values['crash-everywhere']) await crashAtEach();
  else if (values['crash-at'] !== undefined) await crashAt(numberOf(values['crash-at'], 1));
  else await swarm(numberOf(values.seed, 0), numberOf(values.seeds, 1));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof Error && error.cause instanceof Error) console.error(error.cause.stack);
  process.exitCode = 1;
}
