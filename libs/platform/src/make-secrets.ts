/**
 * `node libs/platform/src/make-secrets.ts <folder>`: makes the secrets that `<folder>/secrets` does not hold yet, and leaves those
 * that are there. For services on distributed engines, which have no data folder in common: each is given the files
 * (`TOKEN_SECRET_FILE` and so on). Ends with 1 and one line where the folder cannot be written.
 */
import { resolve } from 'node:path';
import { keptSecret, secretNames } from './secrets.ts';
import { startupProblems } from './startup-failure.ts';

const [folder] = process.argv.slice(2);

if (folder === undefined) {
  process.stderr.write('usage: node libs/platform/src/make-secrets.ts <folder>\n');
  process.exitCode = 2;
} else {
  try {
    for (const name of secretNames) keptSecret(resolve(folder), name);
    process.stdout.write(`the secrets are in ${resolve(folder, 'secrets')}\n`);
  } catch (error) {
    process.stderr.write(`${(startupProblems(error) ?? [String(error)]).join('\n')}\n`);
    process.exitCode = 1;
  }
}
