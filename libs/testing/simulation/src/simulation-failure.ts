import { describeOptions, type SimulationOptions } from './simulation-options.ts';

export interface FailedRun {
  readonly seed: number;
  readonly options: SimulationOptions;
  /** The line that repeats the run. */
  readonly command: string;
  readonly traceHash: string;
  readonly traceTail: readonly string[];
  /** Where in virtual time it was. */
  readonly at: string;
}

/** An invariant was broken, or the code under test threw. The message holds all that is needed to see it again. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
  readonly run: FailedRun;

  constructor(reason: string, run: FailedRun, options?: ErrorOptions) {
    super(
      [
        reason,
        `  at      ${run.at}`,
        `  seed    ${run.seed}`,
        `  options ${describeOptions(run.options)}`,
        `  trace   ${run.traceHash}`,
        `  repeat  ${run.command}`,
        `  the last ${run.traceTail.length} lines of the trace:`,
        ...run.traceTail.map((line) => `    ${line}`),
      ].join('\n'),
      options,
    );
    this.run = run;
  }
}
