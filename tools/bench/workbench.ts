import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { enginesIn, isDistributed, secretsFor } from './engines.ts';
import type { Job } from './generator.ts';
import type { LoadResult } from './load.ts';
import type { Row } from './report.ts';
import { type Service, type ServiceName, serviceNames, startService } from './services.ts';
import type { Settings } from './settings.ts';

export const progress = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const perSecond = (count: number, seconds: number): number => Math.round(count / seconds);

/** What every part works with; everything that it starts and makes is gone after `clean`. */
export interface Workbench {
  readonly settings: Settings;
  readonly rows: readonly Row[];
  readonly report: Readonly<Record<string, unknown>>;
  /** A row of the table, and `data` under `key` in the JSON. */
  note(key: string, title: string, value: string, detail: string, data: unknown): void;
  /** A row and a line in the JSON that say why a figure is not there. */
  leaveOut(title: string, reason: string): void;
  /** One run of the load generator. */
  run(job: Job): Promise<LoadResult>;
  newFolder(): string;
  /**
   * Of services: a new one for each part on embedded engines. Servers remember the parts before, so what stays embedded beside them has to
   * remember the same: one folder for the whole run.
   */
  dataFolder(): string;
  startAll(dataDir: string): Promise<ReadonlyMap<ServiceName, Service>>;
  stopAll(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** A process of its own, ended by `clean` if it does not end before. */
  forked(file: URL, execArgv?: readonly string[]): ChildProcess;
  clean(): Promise<void>;
}

const measured = z.object({ result: z.custom<LoadResult>().optional(), error: z.string().optional() });

export const workbench = (settings: Settings, head: Readonly<Record<string, unknown>>): Workbench => {
  const rows: Row[] = [];
  const report: Record<string, unknown> = { ...head };
  const folders: string[] = [];
  const running = new Set<Service>();
  const children = new Set<ChildProcess>();
  const leftOut: { readonly title: string; readonly reason: string }[] = [];
  let generator: ChildProcess | undefined;
  let secrets: { readonly [name: string]: string } | undefined;
  let sharedFolder: string | undefined;

  const forked: Workbench['forked'] = (file, execArgv = []) => {
    const child = fork(fileURLToPath(file), { execArgv: [...execArgv] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'conference-bench-'));
    folders.push(folder);
    return folder;
  };
  const stopAll: Workbench['stopAll'] = async (signal) => {
    await Promise.all([...running].map((service) => service.stop(signal)));
    running.clear();
  };

  return {
    settings,
    rows,
    report,
    note: (key, title, value, detail, data) => {
      rows.push({ title, value, detail });
      report[key] = data;
      progress(`${title}: ${value} (${detail})`);
    },
    leaveOut: (title, reason) => {
      rows.push({ title, value: 'left out', detail: reason });
      leftOut.push({ title, reason });
      report['leftOut'] = leftOut;
      progress(`${title}: left out (${reason})`);
    },
    run: (job) =>
      new Promise((resolve, reject) => {
        generator ??= forked(new URL('generator.ts', import.meta.url));
        generator.once('message', (message: unknown) => {
          const { result, error } = measured.parse(message);
          if (result === undefined) reject(new Error(error ?? 'the load generator gave no answer'));
          else resolve(result);
        });
        generator.send(job);
      }),
    newFolder,
    dataFolder: () => {
      if (!isDistributed(enginesIn(process.env))) return newFolder();
      sharedFolder ??= newFolder();
      return sharedFolder;
    },
    startAll: async (dataDir) => {
      secrets ??= secretsFor(process.env, newFolder);
      const options = { dataDir, heapMiB: settings.heapMiB, secrets };
      const started = await Promise.all(serviceNames.map((name) => startService(name, options)));
      for (const service of started) running.add(service);
      return new Map(started.map((service) => [service.name, service]));
    },
    stopAll,
    forked,
    clean: async () => {
      await stopAll('SIGKILL');
      for (const child of children) child.kill('SIGKILL');
      for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
