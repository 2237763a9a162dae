/** How the servers of the engines get onto a machine: each once, into a folder of its own that the repository ignores. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineToolMissing } from './engine-server.ts';

const javaVersionMin = 17;
const pythonVersionMin = [3, 11] as const;
const installMsMax = 600_000;
const progressEveryMs = 10_000;
const outputCharactersMax = 20_000;

type Outcome = { readonly status: number | null; readonly output: string; readonly missing: boolean };

const outcomeOf = (command: string, args: readonly string[], msMax: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: msMax });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk.toString('utf8')}`.slice(-outputCharactersMax);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ status: null, output: error.message, missing: true }));
    child.once('close', (status) => resolve({ status, output, missing: false }));
  });

const lastLineOf = (output: string): string => output.trim().split('\n').at(-1) ?? '';

/** Runs a command of an installation; rejects with one line, its last, when it fails. */
export const runTool = async (command: string, args: readonly string[]): Promise<void> => {
  const { status, output } = await outcomeOf(command, args, installMsMax);
  if (status !== 0)
    throw new Error(`${command} failed (${status === null ? 'it did not end' : `exit code ${status}`}): ${lastLineOf(output)}`);
};

/** Resolves when there is a Java that runs the broker. */
export const requireJava = async (): Promise<void> => {
  const { status, output } = await outcomeOf('java', ['-version'], installMsMax);
  const version = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
  if (status === 0 && version >= javaVersionMin) return;
  const found = version === 0 ? '' : ` (found ${version})`;
  throw new EngineToolMissing(
    `the Kafka broker needs Java ${javaVersionMin} or later${found}: install openjdk-${javaVersionMin}-jre-headless, or another Java`,
  );
};

/** Resolves when there is a Maven; it is needed to install the broker, not to run it. */
export const requireMaven = async (): Promise<void> => {
  const { status } = await outcomeOf('mvn', ['-version'], installMsMax);
  if (status !== 0) throw new EngineToolMissing('the Kafka broker is installed by Maven: install maven');
};

const suits = async (python: string): Promise<boolean> => {
  const { status, output } = await outcomeOf(python, ['-c', 'import sys, venv, ensurepip; print(*sys.version_info[:2])'], installMsMax);
  const [major = 0, minor = 0] = output.trim().split(' ').map(Number);
  const [majorMin, minorMin] = pythonVersionMin;
  return status === 0 && (major > majorMin || (major === majorMin && minor >= minorMin));
};

/** The Python that installs and runs the read-model server. */
export const requirePython = async (): Promise<string> => {
  for (const python of ['python3', 'python']) if (await suits(python)) return python;
  throw new EngineToolMissing(
    `the read-model server needs Python ${pythonVersionMin.join('.')} or later with venv and pip: install python3 and python3-venv`,
  );
};

export type Installation = {
  readonly folder: string;
  /** Whatever decides what is installed: another text installs anew. */
  readonly wanted: string;
  /** What is printed: `Apache Kafka 4.4.0 (45 jars, 43 MB)`. */
  readonly what: string;
  readonly print: (line: string) => void;
  readonly install: () => Promise<void>;
};

/** Installs once. A stamp is written last, so that what was broken off, or is another version, is begun anew in an empty folder. */
export const installOnce = async ({ folder, wanted, what, print, install }: Installation): Promise<void> => {
  const stamp = join(folder, 'installed');
  const hash = createHash('sha256').update(wanted).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  print(`${what}: installing, once …`);
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1_000).toFixed(0)} s`;
  const progress = setInterval(() => print(`${what}: still installing, ${seconds()}`), progressEveryMs);
  try {
    await install();
  } finally {
    clearInterval(progress);
  }
  writeFileSync(stamp, hash);
  print(`${what}: installed in ${seconds()}`);
};
