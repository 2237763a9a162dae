/** The shape that every server of an engine has here, and what they share: how a child process is started, awaited and ended. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** The server of an engine on loopback, as a process of its own. It keeps its port and its data over `kill` and `restart`. */
export interface EngineServer {
  /** As it stands in a sentence: `the Kafka broker`. */
  readonly name: string;
  /** What a service needs to find it: `{ KAFKA_BROKERS: '127.0.0.1:20123' }`. */
  readonly environment: { readonly [variable: string]: string };
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Resolves, with a sentence that says how, when it has ended without having been asked to; at once when it has already. */
  readonly died: Promise<string>;
  /** Asks it to end, and ends it for good after a while. Again is no harm. */
  stop(): Promise<void>;
  /** As the power would: SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after `kill` when it still runs; resolves when it answers. */
  restart(): Promise<void>;
  /** SIGSTOP: it answers nothing and closes nothing, until it resumes. */
  pause(): void;
  resume(): void;
}

/** A tool is missing or too old: the line says what to install. */
export class EngineToolMissing extends Error {
  override readonly name = 'EngineToolMissing';
}

export type EngineProcess = {
  readonly name: string;
  readonly environment: { readonly [variable: string]: string };
  /** Starts the process on its port and data. */
  readonly spawn: () => ChildProcess;
  /** Resolves when the server answers; it is given up when the process ends or the time is over. */
  readonly ready: (child: ChildProcess, signal: AbortSignal) => Promise<unknown>;
  readonly readyMsMax: number;
  readonly stopMsMax: number;
  /** When it was stopped, not when it was killed: deletes what is of no use any more. */
  readonly stopped?: () => void;
};

const outputCharactersMax = 4_000;

/** The servers that must not outlive this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

let killedWithParent: readonly string[] | undefined;
/** Where the system can, the process is killed with its parent, however that one ends. */
const withParent = (): readonly string[] => {
  const prefix = ['setpriv', '--pdeathsig', 'KILL'];
  killedWithParent ??= process.platform === 'linux' && spawnSync('setpriv', [...prefix.slice(1), 'true']).status === 0 ? prefix : [];
  return killedWithParent;
};

/** A child that ends with this process, in a group of its own so that Ctrl-C reaches only who decides when it ends. */
export const spawnEngine = (
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): ChildProcess => {
  const [program = command, ...rest] = [...withParent(), command, ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', ...options });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

/** Ends a child with the signal, and with SIGKILL after `msMax`; resolves when it is gone. A frozen one is let go first. */
export const endProcess = async (child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', msMax: number): Promise<void> => {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  if (signal === 'SIGTERM') child.kill('SIGCONT');
  const impatience = setTimeout(() => child.kill('SIGKILL'), msMax);
  await exit;
  clearTimeout(impatience);
};

const howItEnded = ({ exitCode, signalCode }: ChildProcess): string =>
  signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`;

const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? '';

/** Resolves to its first line of output that matches. */
export const lineOf = (child: ChildProcess, pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const match = pattern.exec(text);
      if (match === null) return;
      forget();
      resolve(match);
    };
    const abort = (): void => {
      forget();
      reject(signal.reason);
    };
    const forget = (): void => {
      signal.removeEventListener('abort', abort);
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read);
    };
    signal.addEventListener('abort', abort);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', read);
  });

/** Starts the server and resolves when it answers. Throws one clear line otherwise; then nothing is left running. */
export const startEngine = async (engine: EngineProcess): Promise<EngineServer> => {
  const { name, environment, stopMsMax } = engine;
  const died = Promise.withResolvers<string>();
  const asked = new WeakSet<ChildProcess>();
  const launch = async (): Promise<ChildProcess> => {
    const child = engine.spawn();
    try {
      await readyOf(engine, child);
    } catch (error) {
      await endProcess(child, 'SIGKILL', 0);
      throw error;
    }
    child.once('exit', () => {
      if (!asked.has(child)) died.resolve(`${name} ${howItEnded(child)}`);
    });
    return child;
  };
  let child = await launch();
  const end = (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    asked.add(child);
    return endProcess(child, signal, stopMsMax);
  };
  return {
    name,
    environment,
    get pid() {
      return child.pid ?? 0;
    },
    died: died.promise,
    stop: async () => {
      await end('SIGTERM');
      engine.stopped?.();
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      child = await launch();
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
};

const readyOf = async ({ name, ready, readyMsMax }: EngineProcess, child: ChildProcess): Promise<void> => {
  const over = new AbortController();
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString('utf8')}`.slice(-outputCharactersMax);
  };
  // They are read for as long as it runs: a full pipe would stop it.
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', keep);
  const failed = (reason: string): void => over.abort(new Error(`${name} ${reason}${output === '' ? '' : `: ${lastLine(output)}`}`));
  const cannotStart = (error: Error): void => failed(`cannot be started (${error.message})`);
  const ended = (): void => failed(`${howItEnded(child)} while it started`);
  const timeout = setTimeout(() => failed(`was not ready in ${readyMsMax / 1_000} s`), readyMsMax);
  child.on('error', cannotStart).once('close', ended);
  const aborted = new Promise<never>((_, reject) => over.signal.addEventListener('abort', () => reject(over.signal.reason)));
  try {
    await Promise.race([ready(child, over.signal), aborted]);
  } finally {
    clearTimeout(timeout);
    child.off('close', ended);
  }
};
