/**
 * Runs before `npm start` and `npm test`: installs what the lockfile names when it is not there yet, so that a fresh clone
 * needs no other command. Plain JavaScript, because it runs on whatever Node the machine has (20 or later); everything
 * after it runs on the Node that it installs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockfile = join(root, 'package-lock.json');
/** npm writes it last, so an installation that was interrupted does not have it. */
const installedLockfile = join(root, 'node_modules/.package-lock.json');
const pinnedNode = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
/** Holds the process id of whoever installs: `npm start` and `npm test` may be the first commands at the same time. */
const turnstile = join(root, '.nx/installing');
const turnPollMs = 500;
/** No installation takes this long: the process id in an older turnstile is somebody else's. */
const turnMsMax = 600_000;

const isInstalled = () => existsSync(installedLockfile) && statSync(installedLockfile).mtimeMs >= statSync(lockfile).mtimeMs;

function npm(...args) {
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  const { status, error } =
    cli !== undefined && basename(cli) === 'npm-cli.js'
      ? spawnSync(process.execPath, [cli, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (error !== undefined) console.error(`npm could not be run: ${error.message}`);
  return status === 0;
}

function install() {
  console.log('Installing the dependencies (npm ci); this happens once and takes a minute at most …');
  if (!npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error')) return false;
  // The package `node` fetches its binary in an install script; a machine may be set up to run none.
  return existsSync(pinnedNode) || npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
}

/** True when it is our turn, false while a living process has it. A turn whose owner has died is taken over. */
function takeTurn() {
  try {
    mkdirSync(join(root, '.nx'), { recursive: true });
    writeSync(openSync(turnstile, 'wx'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const tooOld = Date.now() - statSync(turnstile).mtimeMs > turnMsMax;
    if (tooOld) rmSync(turnstile, { force: true });
    else process.kill(Number(readFileSync(turnstile, 'utf8')), 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(turnstile, { force: true });
  }
  return false;
}

while (!isInstalled()) {
  if (!takeTurn()) {
    await sleep(turnPollMs);
    continue;
  }
  try {
    if (isInstalled()) break;
    if (install() && existsSync(pinnedNode)) continue;
    console.error('The dependencies could not be installed. Run `npm ci` to see why.');
    process.exitCode = 1;
    break;
  } finally {
    rmSync(turnstile, { force: true });
  }
}
