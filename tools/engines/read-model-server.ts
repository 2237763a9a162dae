/**
 * A server that speaks MongoDB's protocol on WiredTiger, for tests and trials on one machine: installed once into `.engines/`, run on
 * loopback as a process of its own. It is no part of the product, and its speed says nothing about MongoDB.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const serverPackage = 'secantusdb==0.7.0b3';
const pythonVersionMin = [3, 10] as const;
const installMsMax = 300_000;
const readyMsMax = 30_000;
const stopMsMax = 10_000;
const outputMax = 4_000;

export interface ReadModelServerOptions {
  /** Where engines are installed: an ignored folder, made when it is missing. */
  readonly enginesDir: string;
  readonly print?: (line: string) => void;
  /** `undefined`: in memory. A folder: durable, every write is in the journal before it is acknowledged. */
  readonly dataDir?: string;
  /** Default: a free one. */
  readonly port?: number;
}

export interface ReadModelServer {
  /** For `MONGODB_URL`. */
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends it cleanly, or for good after a while; again is no harm. */
  stop(): Promise<void>;
  /** As the power would. */
  kill(): Promise<void>;
}

/** A tool is missing or too old: the line says what to install. */
export class EngineToolMissing extends Error {
  override readonly name = 'EngineToolMissing';
}

const pythons = ['python3', 'python'];

const suits = (python: string): boolean => {
  const { status, stdout } = spawnSync(python, ['-c', 'import sys, venv, ensurepip; print(*sys.version_info[:2])'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = String(stdout).trim().split(' ').map(Number);
  return status === 0 && (major > pythonVersionMin[0] || (major === pythonVersionMin[0] && minor >= pythonVersionMin[1]));
};

const pythonOf = (): string => {
  const found = pythons.find(suits);
  if (found === undefined) {
    throw new EngineToolMissing(
      `the read-model server needs Python ${pythonVersionMin.join('.')} or later with venv and pip: install python3 and python3-venv`,
    );
  }
  return found;
};

const run = (command: string, args: readonly string[]): void => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: installMsMax });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.slice(-outputMax)}`);
};

/** Installs the server once and answers its program. A stamp is written last, so what was broken off is begun anew. */
export const installReadModelServer = ({ enginesDir, print = () => undefined }: ReadModelServerOptions): string => {
  const folder = join(enginesDir, 'mongo');
  const program = join(folder, 'bin', 'secantusd-py');
  const stamp = join(folder, 'installed');
  if (existsSync(stamp) && existsSync(program) && readFileSync(stamp, 'utf8') === serverPackage) return program;
  const python = pythonOf();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(enginesDir, { recursive: true });
  print(`read-model server: installing ${serverPackage} (about 150 MB, once) …`);
  const started = performance.now();
  run(python, ['-m', 'venv', folder]);
  run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', serverPackage]);
  writeFileSync(stamp, serverPackage);
  print(`read-model server: installed in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return program;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const late = setTimeoutKill(child);
  await exit;
  clearTimeout(late);
};
const setTimeoutKill = (child: ChildProcess): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), stopMsMax);

const programArguments = (port: number, dataDir: string | undefined, config: string): readonly string[] => [
  ...['--host', '127.0.0.1', '--port', String(port), '--config', config, '--log-level', 'ERROR', '--enable-test-commands'],
  ...(dataDir === undefined ? ['--storage-path', ':memory:'] : ['--storage-path', dataDir, '--sync-on-commit']),
];

/** Installs it when it is missing, starts it and waits until it answers. Throws one clear line otherwise; then nothing is left running. */
export const startReadModelServer = async (options: ReadModelServerOptions): Promise<ReadModelServer> => {
  const program = installReadModelServer(options);
  const port = options.port ?? (await freePort());
  // Without a file of its own it would read one of the machine's.
  const config = join(options.enginesDir, 'mongo', 'read-model-server.toml');
  writeFileSync(config, '');
  if (options.dataDir !== undefined) mkdirSync(options.dataDir, { recursive: true });
  const child = spawn(program, programArguments(port, options.dataDir, config), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-outputMax);
    });
  }
  const server: ReadModelServer = {
    url: `mongodb://127.0.0.1:${port}/`,
    port,
    process: child,
    stop: () => ended(child, 'SIGTERM'),
    kill: () => ended(child, 'SIGKILL'),
  };
  const started = performance.now();
  while (!(await answers(port))) {
    if (hasEnded(child)) throw new Error(`the read-model server did not start: ${output.trim()}`);
    if (performance.now() - started > readyMsMax) {
      await server.kill();
      throw new Error(`the read-model server does not answer after ${readyMsMax} ms: ${output.trim()}`);
    }
    await sleep(50);
  }
  return server;
};
