/**
 * `npm test`: types, style, architecture and all tests. `npm run test:system`: the slow journeys over running services. `node
 * tools/test.ts engines`: the tests of the distributed engines whose address is in the environment, and a line for each other one;
 * `npm run test:engines` starts servers for them.
 */
import { notRunLines } from './engines/addresses.ts';
import { tallyOfCommand } from './tally.ts';
import { runSteps, type Step } from './test-steps.ts';
import { succeeds, vitest } from './vitest-run.ts';

const typecheck = ['run-many', '-t', 'typecheck', '--parallel=2', '--outputStyle=static'];

const tiers: { readonly [tier: string]: readonly Step[] } = {
  default: [
    { name: 'types', run: async () => tallyOfCommand(await succeeds('nx/dist/bin/nx.js', typecheck, { output: 'quiet' })) },
    { name: 'style', run: async () => tallyOfCommand(await succeeds('@biomejs/biome/bin/biome', ['check', '--error-on-warnings'])) },
    { name: 'architecture', run: () => vitest('architecture') },
    { name: 'tests', run: () => vitest('tests') },
  ],
  system: [{ name: 'system', run: () => vitest('system') }],
  engines: [{ name: 'engines', run: () => vitest('engines') }],
};

const tier = process.argv[2] ?? 'default';
const steps = tiers[tier];
if (steps === undefined) {
  console.error(`usage: node tools/test.ts [${Object.keys(tiers).join(' | ')}]`);
  process.exit(2);
}
await runSteps(steps, tier === 'system' ? [] : notRunLines());
