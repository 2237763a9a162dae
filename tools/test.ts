/**
 * `npm test`: types, style, architecture and all tests, in this order, each to its end even when one before it has failed.
 * `npm run test:system`: the slow journeys over running services. `node tools/test.ts engines`: the tests of the distributed engines whose
 * address is in the environment, and a line for each other one. The last line is always `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notRunLines } from './engines/addresses.ts';
import { noTally, sum, type Tally, tallyLine, tallyOfCommand, tallyOfReport } from './tally.ts';

const root = join(import.meta.dirname, '..');
const outputBytesMax = 64 * 1024 * 1024;

type Step = { readonly name: string; readonly run: () => Tally };
type StepResult = { readonly name: string; readonly tally: Tally; readonly seconds: number };

/** Runs a command of `node_modules` with the Node that runs this file; `quiet` shows its output only when it has failed. */
function succeeds(script: string, args: readonly string[], output: 'shown' | 'quiet' = 'shown'): boolean {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: output === 'shown' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    maxBuffer: outputBytesMax,
  });
  if (error !== undefined) console.error(error.message);
  if (output === 'quiet' && status !== 0) console.log(`${stdout}${stderr}`);
  return status === 0;
}

function vitest(project: string): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'conference-test-'));
  const report = join(folder, 'report.json');
  try {
    const arguments_ = ['run', '--config', 'tools/vitest.config.ts', '--project', project, '--passWithNoTests'];
    const passed = succeeds('vitest/vitest.mjs', [...arguments_, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
    const tally = tallyOfReport(JSON.parse(readFileSync(report, 'utf8')));
    return passed || tally.failed > 0 ? tally : { ...tally, failed: 1 };
  } catch (error) {
    console.error(`Vitest left no report: ${error instanceof Error ? error.message : String(error)}`);
    return tallyOfCommand(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tiers: { readonly [tier: string]: readonly Step[] } = {
  default: [
    {
      name: 'types',
      run: () =>
        tallyOfCommand(succeeds('nx/dist/bin/nx.js', ['run-many', '-t', 'typecheck', '--parallel=2', '--outputStyle=static'], 'quiet')),
    },
    { name: 'style', run: () => tallyOfCommand(succeeds('@biomejs/biome/bin/biome', ['check', '--error-on-warnings'])) },
    { name: 'architecture', run: () => vitest('architecture') },
    { name: 'tests', run: () => vitest('tests') },
  ],
  system: [{ name: 'system', run: () => vitest('system') }],
  engines: [{ name: 'engines', run: () => vitest('engines') }],
};

function run({ name, run: step }: Step): StepResult {
  console.log(`\n━━ ${name} ${'━'.repeat(Math.max(0, 76 - name.length))}\n`);
  const started = performance.now();
  const tally = step();
  return { name, tally, seconds: (performance.now() - started) / 1000 };
}

function summaryLine({ name, tally, seconds }: StepResult): string {
  const nothing = tally.passed + tally.failed === 0;
  const verdict = tally.failed > 0 ? 'FAILED ' : nothing ? 'skipped' : 'passed ';
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  return `${verdict}  ${name.padEnd(14)}${nothing ? 'there is nothing to run' : tallyLine(tally) + skipped} (${seconds.toFixed(1)} s)`;
}

const steps = tiers[process.argv[2] ?? 'default'];
if (steps === undefined) {
  console.error(`usage: node tools/test.ts [${Object.keys(tiers).join(' | ')}]`);
  process.exit(2);
}

const results = steps.map(run);
const total = sum([noTally, ...results.map(({ tally }) => tally)]);
console.log(`\n━━ summary ${'━'.repeat(69)}\n`);
for (const result of results) console.log(summaryLine(result));
if (process.argv[2] !== 'system') for (const line of notRunLines()) console.log(line);
console.log(`\n${tallyLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
