/** The three services as processes of their own, to be killed and started again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceName, workspaceRoot } from '@conference/platform';
import { freePort } from '../free-port.ts';
import { serviceFlags, serviceSettings } from '../service-process.ts';
import { eventually } from './eventually.ts';
import { type ServiceAddresses, serviceNames } from './system-client.ts';

export type ServicePorts = { readonly [Service in ServiceName]: number };

const portVariable = {
  'conference-management': 'CONFERENCE_MANAGEMENT_PORT',
  registration: 'REGISTRATION_PORT',
  payments: 'PAYMENTS_PORT',
} as const satisfies { readonly [Service in ServiceName]: string };

const readyMsMax = 30_000;
const stopMsMax = 10_000;
const outputCharactersMax = 60_000;

const freePorts = async (): Promise<ServicePorts> => {
  const first = await freePort();
  const second = await freePort([first]);
  return { 'conference-management': first, registration: second, payments: await freePort([first, second]) };
};

export const addressesOf = (ports: ServicePorts, host = '127.0.0.1'): ServiceAddresses => ({
  'conference-management': `http://${host}:${ports['conference-management']}`,
  registration: `http://${host}:${ports.registration}`,
  payments: `http://${host}:${ports.payments}`,
});

const isReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

/** Resolves when all of them answer that they are ready; throws when one does not within `withinMs`. */
export const awaitReady = async (urls: readonly string[], options: { readonly withinMs?: number } = {}): Promise<void> => {
  const withinMs = options.withinMs ?? readyMsMax;
  await Promise.all(
    urls.map((url) =>
      eventually(
        `${url} ready`,
        () => isReady(url),
        (ready) => ready,
        { withinMs },
      ),
    ),
  );
};

export interface RunningServices {
  readonly addresses: ServiceAddresses;
  readonly dataDir: string;
  /** Resolves when the process is gone. One that runs no more is left alone. */
  kill(service: ServiceName, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts one that was killed, on the same data and port, and waits until it is ready. */
  restart(service: ServiceName): Promise<void>;
  /** Those that run now. */
  running(): readonly ServiceName[];
  /** The end of what the service has written to stdout and stderr, over all its starts. */
  output(service: ServiceName): string;
  /** Ends all of them; those that do not end in time are killed. */
  stop(): Promise<void>;
}

/** Processes that must not outlive this one. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

type Started = { readonly child: ChildProcess; readonly exited: Promise<unknown> };

/**
 * Starts the services from their `main.ts` on a data folder and waits until they are ready. What is in `env` is added to
 * an environment without the variables that would choose other engines. Throws, with the service's output, and leaves
 * nothing running when one does not start.
 */
export const startServices = async (options: {
  readonly dataDir: string;
  readonly ports?: ServicePorts;
  readonly env?: { readonly [name: string]: string };
}): Promise<RunningServices> => {
  const { dataDir } = options;
  const ports = options.ports ?? (await freePorts());
  const addresses = addressesOf(ports);
  const started = new Map<ServiceName, Started>();
  const outputs = new Map<ServiceName, string>();
  const root = workspaceRoot();

  const environment = (): NodeJS.ProcessEnv => {
    const { EVENTSTORE_URL: _, KAFKA_BROKERS: __, MONGODB_URL: ___, ...inherited } = process.env;
    const chosen = Object.fromEntries(serviceNames.map((service) => [portVariable[service], String(ports[service])]));
    return { ...serviceSettings(root), ...inherited, LOG_LEVEL: 'warn', ...options.env, ...chosen, DATA_DIR: dataDir };
  };

  const collect = (service: ServiceName, child: ChildProcess): void => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        outputs.set(service, `${outputs.get(service) ?? ''}${text}`.slice(-outputCharactersMax));
      });
    }
  };

  const start = async (service: ServiceName): Promise<void> => {
    if (started.has(service)) return;
    const child = spawn(process.execPath, [...serviceFlags, join(root, 'apps', service, 'src/main.ts')], {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    const entry = { child, exited };
    children.add(child);
    started.set(service, entry);
    collect(service, child);
    const forget = (): void => {
      children.delete(child);
      if (started.get(service) === entry) started.delete(service);
    };
    exited.then(forget, forget);
    const giveUpAt = performance.now() + readyMsMax;
    while (!(await isReady(addresses[service]))) {
      const reason =
        child.exitCode !== null || child.signalCode !== null ? 'ended' : performance.now() > giveUpAt ? 'is not ready in time' : undefined;
      if (reason !== undefined) throw new Error(`${service} ${reason}:\n${outputs.get(service) ?? '(no output)'}`);
      await sleep(20);
    }
  };

  const kill = async (service: ServiceName, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const entry = started.get(service);
    if (entry === undefined) return;
    entry.child.kill(signal);
    const timeout = setTimeout(() => entry.child.kill('SIGKILL'), stopMsMax);
    await entry.exited;
    clearTimeout(timeout);
  };

  const stop = async (): Promise<void> => {
    await Promise.all(serviceNames.map((service) => kill(service, 'SIGTERM')));
  };

  try {
    await Promise.all(serviceNames.map(start));
  } catch (error) {
    await Promise.all(serviceNames.map((service) => kill(service, 'SIGKILL')));
    throw error;
  }
  return {
    addresses,
    dataDir,
    kill,
    restart: start,
    running: () => [...started.keys()],
    output: (service) => outputs.get(service) ?? '',
    stop,
  };
};
