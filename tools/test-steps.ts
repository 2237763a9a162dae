import { noTally, sum, type Tally, tallyLine } from './tally.ts';

export type Step = { readonly name: string; readonly run: () => Promise<Tally> };
type StepResult = { readonly name: string; readonly tally: Tally; readonly seconds: number };

const run = async ({ name, run: step }: Step): Promise<StepResult> => {
  console.log(`\n━━ ${name} ${'━'.repeat(Math.max(0, 76 - name.length))}\n`);
  const started = performance.now();
  const tally = await step();
  return { name, tally, seconds: (performance.now() - started) / 1000 };
};

const summaryLine = ({ name, tally, seconds }: StepResult, width: number): string => {
  const nothing = tally.passed + tally.failed === 0;
  const verdict = tally.failed > 0 ? 'FAILED ' : nothing ? 'skipped' : 'passed ';
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  return `${verdict}  ${name.padEnd(width)}${nothing ? 'there is nothing to run' : tallyLine(tally) + skipped} (${seconds.toFixed(1)} s)`;
};

/** Runs them in this order, each to its end even when one before it has failed. The last line is always `N passed, N failed`. */
export const runSteps = async (steps: readonly Step[], notes: readonly string[] = []): Promise<void> => {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await run(step));
  const total = sum([noTally, ...results.map(({ tally }) => tally)]);
  const width = Math.max(...steps.map(({ name }) => name.length)) + 2;
  console.log(`\n━━ summary ${'━'.repeat(69)}\n`);
  for (const result of results) console.log(summaryLine(result, width));
  for (const note of notes) console.log(note);
  console.log(`\n${tallyLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
};
