import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceFlags, serviceSettings } from '../service-process.ts';
import type { Target } from './load.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const serviceNames = ['conference-management', 'registration', 'payments'] as const;
export type ServiceName = (typeof serviceNames)[number];
export const ports: { readonly [S in ServiceName]: number } = { 'conference-management': 4101, registration: 4102, payments: 4103 };
const portVariables = {
  'conference-management': 'CONFERENCE_MANAGEMENT_PORT',
  registration: 'REGISTRATION_PORT',
  payments: 'PAYMENTS_PORT',
} as const;

export const target = (service: ServiceName): Target => ({ host: '127.0.0.1', port: ports[service] });

export interface Service {
  readonly name: ServiceName;
  readonly process: ChildProcess;
  /** From its start until it was ready. */
  readonly readyMs: number;
  /** Resident memory now, in MiB. */
  residentMiB(): number;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const residentKiB = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'NaN');

export interface ServiceOptions {
  readonly dataDir: string;
  readonly heapMiB: number;
  /** Beside those of the environment, which also names the engines. */
  readonly secrets: { readonly [name: string]: string };
}

/** Resolves when the service has printed its ready line. */
export const startService = (name: ServiceName, options: ServiceOptions): Promise<Service> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const variables = Object.fromEntries(serviceNames.map((service) => [portVariables[service], String(ports[service])]));
    const flags = [...serviceFlags, `--max-old-space-size=${options.heapMiB}`];
    const child = spawn(process.execPath, [...flags, join(root, 'apps', name, 'src', 'main.ts')], {
      cwd: root,
      env: { ...serviceSettings(root), ...process.env, ...options.secrets, ...variables, DATA_DIR: options.dataDir, LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!String(chunk).includes(`${name} ready at`)) return;
      resolve({
        name,
        process: child,
        readyMs: performance.now() - started,
        residentMiB: () => residentKiB(child.pid) / 1024,
        stop: (signal) => {
          child.kill(signal);
          return ended;
        },
      });
    });
  });

/** Everything below a folder, in bytes. */
export const folderBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
