/**
 * Goal: what the Dockerfile runs works on a clean checkout. There need be no container engine here: its commands are run, in its order,
 * in a folder that holds what `.dockerignore` lets through, with the Node that the image has too.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { eventually } from '../journey/index.ts';
import { root, servicesOfOurs, stage } from './compose-file.ts';

const installMs = 240_000;

let folder: string;
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const patterns = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
/** The last pattern that speaks of a file, or of a folder that it is in, decides. */
const isSent = (file: string): boolean => {
  const paths = file.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
  const deciding = patterns.findLast((pattern) => paths.some((path) => matchesGlob(path, pattern.replace(/^!/, ''))));
  return deciding === undefined || deciding.startsWith('!');
};

const context = (): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(root, file)) && isSent(file));

const copyTo = (target: string, files: readonly string[]): void => {
  for (const file of files) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(root, file), join(target, file));
  }
};

const commandOf = (name: string, instruction: 'RUN' | 'CMD'): string => {
  const found = stage(name).lines.find(([each]) => each === instruction)?.[1];
  if (found === undefined) throw new Error(`stage ${name} has no ${instruction}`);
  return found.replace(/^(--mount=\S+ )+/, '');
};
const environment = { PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`, HOME: process.env['HOME'] ?? '' };
/** With the registry's settings of the machine, and nothing else of it. */
const settingsOfMachine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(npm_config_registry|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$/i.test(name)),
);
const shell = (command: string, cwd: string): void => {
  execFileSync('sh', ['-ec', command], { cwd, env: { ...environment, ...settingsOfMachine }, stdio: ['ignore', 'pipe', 'pipe'] });
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conference-image-'));
  const files = context();
  copyTo(folder, files);
  shell(commandOf('manifests', 'RUN'), folder);
  expect(existsSync(join(folder, 'apps', 'registration', 'src', 'main.ts'))).toBe(false);
  shell(commandOf('dependencies', 'RUN'), folder);
  copyTo(folder, files);
}, installMs);

it('holds what services run on, and no tool that checks or builds', () => {
  expect(existsSync(join(folder, 'node_modules', 'fastify'))).toBe(true);
  for (const name of ['typescript', 'nx', '@biomejs', '@stryker-mutator', 'dclint'])
    expect(existsSync(join(folder, 'node_modules', name)), name).toBe(false);
  expect(existsSync(join(folder, 'libs', 'testing', 'memory', 'src'))).toBe(false);
});

it('makes secrets that are there the next time', () => {
  const [program = '', ...args] = JSON.parse(commandOf('secrets', 'CMD')) as readonly string[];
  const where = join(folder, 'run');
  const make = (): void =>
    void execFileSync(program, [...args.slice(0, -1), where], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  make();
  const secret = readFileSync(join(where, 'secrets', 'token-secret'), 'utf8');
  make();
  expect(readFileSync(join(where, 'secrets', 'token-secret'), 'utf8')).toBe(secret);
});

it.each(servicesOfOurs)('starts %s, which says that it is well and ends when it is told to', async (name) => {
  const [program = '', ...args] = JSON.parse(commandOf(name, 'CMD')) as readonly string[];
  const port = String(await freePort());
  const variable = `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...environment, DATA_DIR: join(folder, 'data'), [variable]: port, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.add(child);
  const isHealthy = async (): Promise<boolean> => {
    const probe = spawn(program, ['infra/healthy.mjs', `http://127.0.0.1:${port}/health/ready`], {
      cwd: folder,
      env: environment,
      stdio: 'ignore',
    });
    const [code] = await once(probe, 'exit');
    return code === 0;
  };
  await eventually(`${name} healthy`, isHealthy, (healthy) => healthy, { withinMs: 60_000 });
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  children.delete(child);
  expect(code).toBe(0);
});
