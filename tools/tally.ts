/** How many checks passed and failed; skipped ones are named, but are neither. */
export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const noTally: Tally = { passed: 0, failed: 0, skipped: 0 };

export const sum = (tallies: readonly Tally[]): Tally =>
  tallies.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }), noTally);

/** A command counts as one check. */
export const tallyOfCommand = (succeeded: boolean): Tally => ({ passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 });

/** The part of Vitest's JSON report that is counted. */
export type TestReport = {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[];
};

/**
 * Besides the failed tests, what has failed without one: a file that could not be loaded counts as one failure, and a run
 * that failed for no visible reason (an unhandled rejection) as one.
 */
export function tallyOfReport(report: TestReport): Tally {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const unexplained = !report.success && failed === 0 && report.testResults.length > 0;
  return {
    passed: report.numPassedTests,
    failed: failed + (unexplained ? 1 : 0),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export const tallyLine = ({ passed, failed }: Tally): string => `${passed} passed, ${failed} failed`;
