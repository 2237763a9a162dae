/**
 * `npm run mutate`, or `npm run mutate -- payments` for one context: changes the code of the domain in every way that Stryker
 * knows, one at a time, and shows each change that no example notices. Fails when a library's score falls below the threshold
 * in `stryker.config.json`. Takes minutes, so `npm test` does not run it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');

/** What tells, and what declares alone, is not changed. */
const unchanged = ['spec', 'examples', 'events'].map((kind) => `!**/*.${kind}.ts`).concat('!**/index.ts');

function isStrongEnough(context: string): boolean {
  const sources = `libs/${context}/domain/src`;
  const needed = [`/${sources}/**`, '/tools/vitest.mutation.config.ts', '/package.json', '/tsconfig.base.json'];
  const sandbox = mkdtempSync(join(tmpdir(), 'conference-mutate-'));
  try {
    const settings = {
      mutate: [`${sources}/**/*.ts`, ...unchanged],
      ignorePatterns: ['**', ...needed.map((path) => `!${path}`)],
      tempDirName: [sandbox],
    };
    const flags = Object.entries(settings).flatMap(([name, values]) => [`--${name}`, values.join(',')]);
    const { status } = spawnSync(process.execPath, [stryker, 'run', 'tools/mutation/stryker.config.json', ...flags], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return status === 0;
  } finally {
    rmSync(sandbox, { recursive: true, force: true });
  }
}

const contexts = readdirSync(join(root, 'libs')).filter((name) => existsSync(join(root, 'libs', name, 'domain')));
const asked = process.argv.slice(2);
const unknown = asked.filter((context) => !contexts.includes(context));
if (unknown.length > 0) {
  console.error(`no domain of ${unknown.join(', ')}; there are ${contexts.join(', ')}`);
  process.exit(2);
}

const weak: string[] = [];
for (const context of asked.length > 0 ? asked : contexts) {
  console.log(`\n━━ ${context} ${'━'.repeat(76 - context.length)}\n`);
  if (!isStrongEnough(context)) weak.push(context);
}
if (weak.length > 0) console.log(`below the threshold: ${weak.join(', ')}`);
process.exitCode = weak.length > 0 ? 1 : 0;
