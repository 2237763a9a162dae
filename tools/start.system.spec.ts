/** `npm start` as its users meet it: three services in one terminal, which end with it, however it ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const services = ['conference-management', 'registration', 'payments'] as const;
type Service = (typeof services)[number];

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const pollMs = 100;

type Started = { readonly npm: ChildProcess; readonly pid: number; readonly output: () => string };

let dataFolder: string;
let ports: { readonly [S in Service]: number };
let started: Started | undefined;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answers(service: Service): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${ports[service]}/health/live`)).ok;
  } catch {
    return false;
  }
}

async function until(condition: () => Promise<boolean> | boolean, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms; the output so far:\n${started?.output()}`);
    await sleep(pollMs);
  }
}

const all = async (expected: boolean, among: readonly Service[] = services): Promise<boolean> =>
  (await Promise.all(among.map(answers))).every((answer) => answer === expected);

/** The processes whose command line names the entry file of a service: the service itself, in every clone of its own. */
function pidsOf(service: Service): readonly number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(join(root, 'apps', service, 'src/main.ts'))).map((line) => Number.parseInt(line, 10));
}

const allEnded = async (): Promise<boolean> => (await all(false)) && services.every((service) => pidsOf(service).length === 0);

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'conference-start-'));
  ports = { 'conference-management': await freePort(), registration: await freePort(), payments: await freePort() };
  const npm = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATA_DIR: dataFolder,
      CONFERENCE_MANAGEMENT_PORT: String(ports['conference-management']),
      REGISTRATION_PORT: String(ports.registration),
      PAYMENTS_PORT: String(ports.payments),
    },
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  started = { npm, pid: Number(npm.pid), output: () => output };
  await until(() => all(true), startTimeoutMs);
});

afterEach(async () => {
  if (started !== undefined && started.npm.exitCode === null && started.npm.signalCode === null) process.kill(-started.pid, 'SIGTERM');
  await until(allEnded, stopTimeoutMs);
  rmSync(dataFolder, { recursive: true, force: true });
});

describe('npm start', () => {
  it.each([
    ['SIGTERM to npm', 'SIGTERM', 1],
    ['SIGINT to npm', 'SIGINT', 1],
    ['Ctrl-C, which reaches the whole process group', 'SIGINT', -1],
    ['SIGKILL to npm', 'SIGKILL', 1],
    ['SIGKILL to the whole process group', 'SIGKILL', -1],
  ] as const)('ends every service within ten seconds on %s', async (_, signal, sign) => {
    process.kill(sign * Number(started?.pid), signal);
    await until(allEnded, stopTimeoutMs);
  });

  it('says which service has died, and the others go on', async () => {
    for (const pid of pidsOf('payments')) process.kill(pid, 'SIGKILL');
    await until(() => started?.output().includes('payments died (killed by SIGKILL)') === true, stopTimeoutMs);
    expect(await all(true, ['conference-management', 'registration'])).toBe(true);
    expect(await all(false, ['payments'])).toBe(true);
  });
});
