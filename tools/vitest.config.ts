import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { engineAddresses, isAddressed } from './engines/addresses.ts';

/** Two tests at a time: more would only make the ones that await real engines slower. */
const workersMax = 2;
/** Far more than any takes: a busy machine decides nothing. */
const testTimeoutMs = 30_000;
const systemTestTimeoutMs = 240_000;

const nowhere = ['**/node_modules/**', '**/.*/**'];
const architecture = ['tools/architecture.spec.ts'];
const system = ['{apps,libs,tools}/**/*.system.spec.ts'];
const engineSpecs = (engine: string): string => `{apps,libs,tools}/**/*.${engine}.spec.ts`;
const engines = Object.keys(engineAddresses);

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    maxWorkers: workersMax,
    projects: [
      { extends: true, test: { name: 'architecture', include: architecture, exclude: nowhere } },
      {
        extends: true,
        test: {
          name: 'tests',
          testTimeout: testTimeoutMs,
          include: ['{apps,libs,tools}/**/*.spec.ts'],
          exclude: [...nowhere, ...architecture, ...system, ...engines.map(engineSpecs)],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: system,
          exclude: nowhere,
          fileParallelism: false,
          testTimeout: systemTestTimeoutMs,
          hookTimeout: systemTestTimeoutMs,
        },
      },
      {
        extends: true,
        test: {
          name: 'engines',
          include: engines.filter((engine) => isAddressed(engine)).map(engineSpecs),
          exclude: nowhere,
          fileParallelism: false,
          testTimeout: systemTestTimeoutMs,
          hookTimeout: systemTestTimeoutMs,
        },
      },
    ],
  },
});
