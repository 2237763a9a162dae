/**
 * `npm run test:engines`: the contract suites and faults of every engine against a server of it, then journeys, acceptance scenarios and
 * the kill test with the services on all three, and on each one beside the embedded ones. The last line is `N passed, N failed`.
 *
 * Where a tool to run a server is missing it says what to install, and fails in CI.
 */
import { tallyLine } from '../tally.ts';
import { runSteps, type Step } from '../test-steps.ts';
import { vitest } from '../vitest-run.ts';
import { EngineToolMissing } from './engine-server.ts';
import { type EngineName, engineNames, installEngines, startEngines } from './servers.ts';

const specs = {
  journeys: 'apps/system-tests/src/journeys.system.spec.ts',
  acceptance: 'apps/system-tests/src/acceptance/acceptance.system.spec.ts',
  kill: 'apps/system-tests/src/kill.system.spec.ts',
} as const;
const print = (line: string): void => console.log(line);

const installed = async (): Promise<boolean> => {
  try {
    await installEngines({ print });
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    const isFailure = !(error instanceof EngineToolMissing) || (process.env['CI'] ?? '') !== '';
    console.log(isFailure ? '' : '\nnot run     the tests of the distributed engines\n');
    console.log(tallyLine({ passed: 0, failed: isFailure ? 1 : 0, skipped: 0 }));
    process.exitCode = isFailure ? 1 : 0;
    return false;
  }
};

/** The services are started with their servers, by the tests themselves. */
const services = (engines: readonly EngineName[], files: readonly string[], killRounds: number): Step => ({
  name: engines.length === engineNames.length ? 'all three' : `${engines.join(', ')} alone`,
  run: () => vitest('system', { files, env: { ENGINES_UNDER_TEST: engines.join(','), KILL_ROUNDS: String(killRounds) } }),
});

/** On servers that all of its specs share; those that break one start their own. */
const suites: Step = {
  name: 'engines',
  run: async () => {
    const engines = await startEngines({ print });
    try {
      return await vitest('engines', { env: engines.environment });
    } finally {
      await engines.stop();
    }
  },
};

if (await installed()) {
  await runSteps([
    suites,
    services(engineNames, [specs.journeys, specs.acceptance, specs.kill], 6),
    ...engineNames.map((name) => services([name], [specs.journeys, specs.kill], 3)),
  ]);
}
