/**
 * `npm start`: serves the three services through Nx and ends them all when it is told to end.
 *
 * Nx runs in a process group of its own, so that Ctrl-C, which the terminal sends to every process of the group, reaches
 * only this process and is passed on once, as SIGTERM: on SIGINT Nx would also silence the services' last lines.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { whenOwnersAreGone } from './processes.ts';

/** Nx itself gives the services five seconds to finish; this is the limit for Nx, below the ten seconds promised. */
const stopTimeoutMs = 9_000;
const root = join(import.meta.dirname, '..');

const nx = spawn(
  process.execPath,
  [
    join(root, 'node_modules/nx/dist/bin/nx.js'),
    'run-many',
    '-t',
    'serve',
    '--parallel=8',
    '--outputStyle=stream',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', detached: process.platform !== 'win32', env: { ...process.env, SERVE_OWNER_PID: String(process.pid) } },
);

let stoppedBy: NodeJS.Signals | undefined;

function stop(signal: NodeJS.Signals): void {
  if (stoppedBy !== undefined) return;
  stoppedBy = signal;
  nx.kill('SIGTERM');
  setTimeout(() => nx.kill('SIGKILL'), stopTimeoutMs).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
whenOwnersAreGone([], () => stop('SIGHUP'));

nx.on('error', (error) => {
  console.error(`Nx could not be started: ${error.message}`);
  process.exitCode = 1;
});
nx.on('exit', (code, signal) => {
  if (stoppedBy !== undefined) process.exit(128 + constants.signals[stoppedBy]);
  process.exit(code ?? (signal === null ? 1 : 128 + constants.signals[signal]));
});
