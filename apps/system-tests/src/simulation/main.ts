/**
 * `npm run simulate -- --seed 123 [--seeds N] [--trace]`: the whole system in one process, once per seed. The first seed that
 * fails is printed with all that was drawn, the end of its trace, and the line that repeats it.
 */
import { parseArgs } from 'node:util';
import { describeOptions } from '@conference/testing-simulation';
import { type Coverage, sumOf } from './coverage.ts';
import { runSeed, settingsOf } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
if (!Number.isSafeInteger(first) || first < 0 || !Number.isSafeInteger(count) || count < 1) {
  console.error('usage: npm run simulate -- --seed <number> [--seeds <count>] [--trace]');
  process.exit(2);
}

const startedAt = performance.now();
const coverages: Coverage[] = [];
try {
  for (let seed = first; seed < first + count; seed++) {
    const { options, workload } = settingsOf(seed);
    if (count === 1) console.log(`seed ${seed}: ${describeOptions(options)}\n${JSON.stringify(workload)}`);
    const run = await runSeed(seed);
    coverages.push(run.coverage);
    if (values.trace) for (const line of run.trace) console.log(line);
    if (count === 1)
      console.log(`trace ${run.traceHash}, ${run.points} await points, ${(run.virtualMs / 1_000).toFixed(0)} s of virtual time`);
  }
  console.log(JSON.stringify(sumOf(coverages)));
  console.log(`${count} ${count === 1 ? 'run' : 'runs'} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s: everything adds up.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof Error && error.cause instanceof Error) console.error(error.cause.stack);
  process.exitCode = 1;
}
