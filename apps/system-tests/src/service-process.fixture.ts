/** One service as a process, with its streams and its exit code; also one that is not meant to start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineVariables, type ServiceName, workspaceRoot } from '@conference/platform';
import {
  addressesOf,
  awaitReady,
  freePort,
  type ServiceAddresses,
  type ServicePorts,
  serviceFlags,
  serviceSettings,
} from '@conference/tools';

export type Environment = { readonly [name: string]: string };
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export interface ServiceProcess {
  /** Rejects when it ends first. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

const readyWithinMs = 60_000;
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Ends whatever is still running of what was launched: after each test, also one that failed or took too long. */
export const endLaunched = async (): Promise<void> => {
  const left = [...children];
  const gone = left.map((child) => new Promise<void>((resolve) => void child.once('close', () => resolve())));
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(gone);
};

export const portVariable = {
  'conference-management': 'CONFERENCE_MANAGEMENT_PORT',
  registration: 'REGISTRATION_PORT',
  payments: 'PAYMENTS_PORT',
} as const satisfies { readonly [Service in ServiceName]: string };

export const somePorts = async (): Promise<ServicePorts> => {
  const first = await freePort();
  const second = await freePort([first]);
  return { 'conference-management': first, registration: second, payments: await freePort([first, second]) };
};

export const portsOf = (addresses: ServiceAddresses): ServicePorts => ({
  'conference-management': Number(new URL(addresses['conference-management']).port),
  registration: Number(new URL(addresses.registration).port),
  payments: Number(new URL(addresses.payments).port),
});

export const portsAsVariables = (ports: ServicePorts): Environment => ({
  CONFERENCE_MANAGEMENT_PORT: String(ports['conference-management']),
  REGISTRATION_PORT: String(ports.registration),
  PAYMENTS_PORT: String(ports.payments),
});

const inherited = (): NodeJS.ProcessEnv => {
  const chosenByTests: readonly string[] = [...engineVariables, 'HOST', 'TOKEN_SECRET', 'OPERATOR_TOKEN', 'PROCESSOR_WEBHOOK_SECRET'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !chosenByTests.includes(name)));
};

/** Starts a service from its `main.ts`; `environment` comes on top of one that chooses nothing. */
export const launch = (service: ServiceName, environment: Environment): ServiceProcess => {
  const root = workspaceRoot();
  const child = spawn(process.execPath, [...serviceFlags, join(root, 'apps', service, 'src/main.ts')], {
    cwd: root,
    env: { ...serviceSettings(root), ...inherited(), LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let stdout = '';
  let stderr = '';
  const said = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (stdout.includes('ready at')) said.resolve();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      children.delete(child);
      said.reject(new Error(`${service} ended with ${code}:\n${stdout}${stderr}`));
      resolve({ code, stdout, stderr });
    });
  });
  const listening = addressesOf({ 'conference-management': 0, registration: 0, payments: 0, [service]: portIn(service, environment) });
  const ready = said.promise.then(() => awaitReady([listening[service]], { withinMs: readyWithinMs }));
  ready.catch(() => {});
  return { ready, ended, kill: (signal) => void child.kill(signal) };
};

const portIn = (service: ServiceName, environment: Environment): number => Number(environment[portVariable[service]]);

/** A folder that is removed with `remove`. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'conference-faults-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
