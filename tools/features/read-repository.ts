import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Facts } from './feature-rules.ts';
import { rowsOf } from './feature-table.ts';
import type { SpecFile } from './spec-titles.ts';

/** Specs, the scenarios that the acceptance tests tell, and the suites that every engine or every contract runs. */
const testSources = [
  '{apps,libs,tools}/**/*.spec.ts',
  'apps/**/*.feature.ts',
  'libs/testing/contracts/src/*.ts',
  'libs/testing/spec/src/published-messages.ts',
];

export const featureTable = 'docs/FEATURES.md';

export const readFacts = (root: string): Facts => ({
  rows: rowsOf(readFileSync(join(root, featureTable), 'utf8')),
  specs: globSync(testSources, { cwd: root, exclude: (path) => path.split(sep).includes('node_modules') })
    .map((path) => path.split(sep).join('/'))
    .map((path): SpecFile => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  exists: (path) => existsSync(join(root, path)),
});
