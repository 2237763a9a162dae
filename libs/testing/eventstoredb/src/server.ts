import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Control, controlAt } from './control-client.ts';

export interface EventStoreServerOptions {
  /** 0, the default: one that is free. */
  readonly port?: number;
  /** Nothing that was acknowledged is lost, whatever ends the process. Default: in memory. */
  readonly dataDir?: string;
}

/** The double of EventStoreDB as a process of its own, that may die. */
export interface EventStoreServer extends Control {
  /** For `EVENTSTORE_URL`. The same after {@link restart}. */
  readonly url: string;
  readonly pid: number;
  /** Each resolves when the process has ended; again is no harm. */
  stop(): Promise<void>;
  /** With SIGKILL. */
  kill(): Promise<void>;
  /** A new process on the same ports and folder, after the old one was ended. Resolves when it answers. */
  restart(): Promise<void>;
}

const startMsMax = 30_000;
const stopMsMax = 5_000;
const program = join(import.meta.dirname, 'program.ts');

/** Resolves when it answers. Rejects, with nothing left running, when it does not. It ends with the process that started it. */
export const startEventStoreServer = async ({ port = 0, dataDir }: EventStoreServerOptions = {}): Promise<EventStoreServer> => {
  const data = dataDir === undefined ? [] : ['--data', dataDir];
  let running = await started(['--port', String(port), ...data]);
  const { url, controlUrl } = running;
  return {
    url,
    ...controlAt(controlUrl),
    get pid() {
      return running.child.pid ?? 0;
    },
    stop: () => ended(running.child, 'SIGTERM'),
    kill: () => ended(running.child, 'SIGKILL'),
    async restart() {
      await ended(running.child, 'SIGTERM');
      running = await started(['--port', portOf(url), '--control-port', portOf(controlUrl), ...data]);
    },
  };
};

const portOf = (url: string): string => /:(\d+)(?:\?|$)/.exec(url)?.[1] ?? '0';

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly controlUrl: string;
}

const started = async (args: readonly string[]): Promise<Running> => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    return await addressesOf(child);
  } catch (error) {
    await ended(child, 'SIGKILL');
    throw error;
  }
};

const addressesOf = async (child: ChildProcess): Promise<Running> => {
  if (child.stdout === null) throw new Error('the double of EventStoreDB cannot be started');
  const addresses: string[] = [];
  for await (const line of createInterface({ input: child.stdout, signal: AbortSignal.timeout(startMsMax) })) {
    addresses.push(line.slice(line.indexOf('=') + 1));
    if (addresses.length === 2) break;
  }
  // What it says later goes nowhere, and must not stop it.
  child.stdout.resume();
  const [url, controlUrl] = addresses;
  if (url === undefined || controlUrl === undefined) throw new Error('the double of EventStoreDB ended before it listened');
  return { child, url, controlUrl };
};

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const kill = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  await exit;
  clearTimeout(kill);
};
