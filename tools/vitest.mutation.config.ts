import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * What a mutant has to get past (`npm run mutate`): the examples of the domain. Properties are left out on purpose: chance would
 * make the score differ from run to run, and it is the examples that tell a reader what the rule is.
 */
export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    include: ['libs/*/domain/src/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/*.properties.spec.ts'],
  },
});
