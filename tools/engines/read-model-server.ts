/**
 * A server that speaks MongoDB's protocol on WiredTiger, for tests and trials on one machine: installed once into `.engines/`, run on
 * loopback as a process of its own. It is no part of the product, and its speed says nothing about MongoDB.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { type EngineServer, EngineToolMissing, spawnEngine, startEngine } from './engine-server.ts';

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
  /** Kept over `stop`. Default: one of its own, deleted by `stop`. In either every write is in the journal before it is acknowledged. */
  readonly dataDir?: string;
  /** Default: a free one. */
  readonly port?: number;
}

export interface ReadModelServer extends EngineServer {
  /** For `MONGODB_URL`. */
  readonly url: string;
  /** To be deleted while it does not run: it then comes back without its data. */
  readonly dataDir: string;
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
export const installReadModelServer = ({
  enginesDir,
  print = () => undefined,
}: Pick<ReadModelServerOptions, 'enginesDir' | 'print'>): string => {
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

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });

const untilConnects = async (port: number, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && !(await connects(port))) await sleep(50);
};

const programArguments = (port: number, dataDir: string, config: string): readonly string[] => [
  ...['--host', '127.0.0.1', '--port', String(port), '--config', config, '--log-level', 'ERROR'],
  ...['--enable-test-commands', '--storage-path', dataDir, '--sync-on-commit'],
];

/** Installs it when it is missing, starts it and waits until it answers. Throws one clear line otherwise; then nothing is left running. */
export const startReadModelServer = async (options: ReadModelServerOptions): Promise<ReadModelServer> => {
  const program = installReadModelServer(options);
  const port = options.port ?? (await freePort());
  const url = `mongodb://127.0.0.1:${port}/`;
  // Without a file of its own it would read one of the machine's.
  const config = join(options.enginesDir, 'mongo', 'read-model-server.toml');
  writeFileSync(config, '');
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'read-model-server-'));
  const start = (): ChildProcess => {
    mkdirSync(dataDir, { recursive: true });
    return spawnEngine(program, programArguments(port, dataDir, config));
  };
  const engine = await startEngine({
    name: 'the read-model server',
    environment: { MONGODB_URL: url },
    spawn: start,
    ready: (_, signal) => untilConnects(port, signal),
    readyMsMax,
    stopMsMax,
    ...(options.dataDir === undefined ? { stopped: () => rmSync(dataDir, { recursive: true, force: true }) } : {}),
  });
  return {
    ...engine,
    get pid() {
      return engine.pid;
    },
    url,
    dataDir,
  };
};
