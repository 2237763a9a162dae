/**
 * A server that speaks MongoDB's protocol on WiredTiger, for tests and trials on one machine: installed once into `.engines/`, run on
 * loopback as a process of its own. It is no part of the product, and its speed says nothing about MongoDB.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { type EngineServer, spawnEngine, startEngine } from './engine-server.ts';
import { installOnce, requirePython, runTool } from './install.ts';

/** A pre-release: pinned with all that it needs. */
const serverPackages = [
  'secantusdb==0.7.0b3',
  'dnspython==2.9.2',
  'future==1.0.0',
  'numpy==2.4.6',
  'pymongo==4.20.1',
  'python-dateutil==4.0.0',
  's2sphere==0.2.5',
  'shapely==2.2.0',
  'tzdata==2026.6',
];
const readyMsMax = 30_000;
const stopMsMax = 10_000;

export interface ReadModelServerOptions {
  /** Where engines are installed: an ignored folder, made when it is missing. */
  readonly enginesDir: string;
  readonly print?: (line: string) => void;
  /** Kept over `stop`. Default: one of its own, deleted by `stop`. In either every write is in the journal before it is acknowledged. */
  readonly dataDir?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Further ones of the server: `--auth`. */
  readonly flags?: readonly string[];
}

export interface ReadModelServer extends EngineServer {
  /** For `MONGODB_URL`. */
  readonly url: string;
  /** To be deleted while it does not run: it then comes back without its data. */
  readonly dataDir: string;
}

/** Installs the server once and answers its program. */
export const installReadModelServer = async ({
  enginesDir,
  print = () => undefined,
}: Pick<ReadModelServerOptions, 'enginesDir' | 'print'>): Promise<string> => {
  const folder = join(enginesDir, 'mongo');
  const install = async (): Promise<void> => {
    await runTool(await requirePython(), ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await runTool(join(folder, 'bin', 'python'), [...pip, ...serverPackages]);
  };
  await installOnce({ folder, wanted: serverPackages.join(), what: 'the read-model server (about 150 MB)', print, install });
  return join(folder, 'bin', 'secantusd-py');
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
  const program = await installReadModelServer(options);
  const port = options.port ?? (await freePort());
  const url = `mongodb://127.0.0.1:${port}/`;
  // Without a file of its own it would read one of the machine's.
  const config = join(options.enginesDir, 'mongo', 'read-model-server.toml');
  writeFileSync(config, '');
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'read-model-server-'));
  const start = (): ChildProcess => {
    mkdirSync(dataDir, { recursive: true });
    return spawnEngine(program, [...programArguments(port, dataDir, config), ...(options.flags ?? [])]);
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
