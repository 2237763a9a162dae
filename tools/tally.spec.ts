import { describe, expect, it } from 'vitest';
import { noTally, sum, type TestReport, tallyLine, tallyOfCommand, tallyOfReport } from './tally.ts';

const report: TestReport = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

describe('a tally', () => {
  it('counts the tests of a report, skipped ones apart', () => {
    expect(tallyOfReport(report)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });

  it('counts a failed test once', () => {
    const failed = {
      ...report,
      success: false,
      numFailedTests: 1,
      testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
    };
    expect(tallyOfReport(failed).failed).toBe(1);
  });

  it('counts a file that could not be loaded as a failure', () => {
    const broken = { ...report, success: false, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(tallyOfReport(broken).failed).toBe(1);
  });

  it('counts a run that failed without a failed test as a failure', () => {
    expect(tallyOfReport({ ...report, success: false }).failed).toBe(1);
  });

  it('counts a command as one check', () => {
    expect(sum([tallyOfCommand(true), tallyOfCommand(false)])).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('is written as one plain line', () => {
    expect(tallyLine(sum([noTally, tallyOfReport(report)]))).toBe('3 passed, 0 failed');
  });
});
