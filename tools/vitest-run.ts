import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Tally, tallyOfCommand, tallyOfReport } from './tally.ts';

const root = join(import.meta.dirname, '..');

type Options = { readonly output?: 'shown' | 'quiet'; readonly env?: { readonly [name: string]: string } };

/**
 * Runs a command of `node_modules` with the Node that runs this file; `quiet` shows its output only when it has failed. What this process
 * has started besides goes on meanwhile.
 */
export const succeeds = async (script: string, args: readonly string[], { output = 'shown', env = {} }: Options = {}): Promise<boolean> => {
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: output === 'shown' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  try {
    const [code] = await once(child, 'close');
    if (code !== 0 && output === 'quiet') console.log(Buffer.concat(chunks).toString());
    return code === 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
};

/** Runs a project of `vitest.config.ts`, all of it or some files, and counts. */
export const vitest = async (
  project: string,
  { files = [], env = {} }: { readonly files?: readonly string[]; readonly env?: { readonly [name: string]: string } } = {},
): Promise<Tally> => {
  const folder = mkdtempSync(join(tmpdir(), 'conference-test-'));
  const report = join(folder, 'report.json');
  try {
    const arguments_ = ['run', '--config', 'tools/vitest.config.ts', '--project', project, '--passWithNoTests'];
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const passed = await succeeds('vitest/vitest.mjs', [...arguments_, ...reporters, ...files], { env });
    const tally = tallyOfReport(JSON.parse(readFileSync(report, 'utf8')));
    return passed || tally.failed > 0 ? tally : { ...tally, failed: 1 };
  } catch (error) {
    console.error(`Vitest left no report: ${error instanceof Error ? error.message : String(error)}`);
    return tallyOfCommand(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
