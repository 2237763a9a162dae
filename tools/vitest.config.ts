import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Two tests at a time: more would only make the ones that await real engines slower. */
const workersMax = 2;
const systemTestTimeoutMs = 120_000;

const nowhere = ['**/node_modules/**', '**/.*/**'];
const architecture = ['tools/architecture.spec.ts'];
const system = ['{apps,libs,tools}/**/*.system.spec.ts'];

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    maxWorkers: workersMax,
    projects: [
      { extends: true, test: { name: 'architecture', include: architecture, exclude: nowhere } },
      {
        extends: true,
        test: { name: 'tests', include: ['{apps,libs,tools}/**/*.spec.ts'], exclude: [...nowhere, ...architecture, ...system] },
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
    ],
  },
});
