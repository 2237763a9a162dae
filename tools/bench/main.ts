import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { hotConference } from './conference.ts';
import type { HotConference, LoadResult } from './load.ts';
import { type Row, table } from './report.ts';
import { folderBytes, type Service, type ServiceName, serviceNames, startService, target } from './services.ts';

const help = `npm run bench -- [options]

One hot conference, three seat types, orders of one to three seats, all three services and the load
generator (a process of its own) on this machine. Prints a table and writes the same as JSON.

  --json FILE       where the JSON goes (default: below the table)
  --orders N        orders for the part about growth (default 100000)
  --seconds N       of each closed-loop part (default 10)
  --hold N          seconds for which the highest rate must be held (default 50)
  --rates A,B,C     orders a second to try to hold, in this order (default 300,500,750,1000,1500,2000)
  --heap N          heap limit of each service in MiB (default 192)
  --help
`;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    orders: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    hold: { type: 'string', default: '50' },
    rates: { type: 'string', default: '300,500,750,1000,1500,2000' },
    heap: { type: 'string', default: '192' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const whole = z.coerce.number().int().positive();
const settings = {
  orders: whole.parse(values.orders),
  seconds: whole.parse(values.seconds),
  hold: whole.parse(values.hold),
  rates: z.array(whole).min(1).parse(values.rates.split(',')),
  heapMiB: whole.parse(values.heap),
};

const connections = 64;
const growthPart = 1_000;
const progress = (line: string): void => void process.stderr.write(`bench: ${line}\n`);

// ---- the load generator

const generator = fork(fileURLToPath(new URL('generator.ts', import.meta.url)));
const measured = z.object({ result: z.custom<LoadResult>().optional(), error: z.string().optional() });
const run = (job: object): Promise<LoadResult> =>
  new Promise((resolve, reject) => {
    generator.once('message', (message: unknown) => {
      const { result, error } = measured.parse(message);
      if (result === undefined) reject(new Error(error ?? 'the load generator gave no answer'));
      else resolve(result);
    });
    generator.send(job);
  });
const registration = target('registration');

// ---- the services, on a folder of their own

const folders: string[] = [];
const running = new Set<Service>();
const startAll = async (dataDir: string): Promise<ReadonlyMap<ServiceName, Service>> => {
  const started = await Promise.all(serviceNames.map((name) => startService(name, { dataDir, heapMiB: settings.heapMiB })));
  for (const service of started) running.add(service);
  return new Map(started.map((service) => [service.name, service]));
};
const stopAll = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
  await Promise.all([...running].map((service) => service.stop(signal)));
  running.clear();
};
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'conference-bench-'));
  folders.push(folder);
  return folder;
};

const rows: Row[] = [];
const report: Record<string, unknown> = {};
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const perSecond = (count: number, seconds: number): number => Math.round(count / seconds);
const note = (key: string, title: string, value: string, detail: string, data: unknown): void => {
  rows.push({ title, value, detail });
  report[key] = data;
  progress(`${title}: ${value} (${detail})`);
};

// ---- the parts

const acceptance = async (conference: HotConference): Promise<void> => {
  const result = await run({
    kind: 'closed',
    target: registration,
    conference,
    connections,
    seconds: settings.seconds,
    untilDecided: false,
  });
  const { accepted, seconds, p50Ms, p99Ms, failed } = result;
  note('accepted', 'orders accepted', `${perSecond(accepted, seconds)}/s`, `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, failed ${failed}`, result);
};

const decision = async (conference: HotConference): Promise<void> => {
  const result = await run({
    kind: 'closed',
    target: registration,
    conference,
    connections,
    seconds: settings.seconds,
    untilDecided: true,
  });
  const { decided, seconds, p50Ms, p99Ms, failed } = result;
  note('decided', 'orders decided', `${perSecond(decided, seconds)}/s`, `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, failed ${failed}`, result);
};

const registrations = async (conference: HotConference): Promise<void> => {
  const payments = target('payments');
  const result = await run({ kind: 'registrations', registration, payments, conference, people: connections, seconds: settings.seconds });
  const { accepted, seconds, p50Ms, p99Ms, failed } = result;
  note(
    'registrations',
    'complete registrations',
    `${perSecond(accepted, seconds)}/s`,
    `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, failed ${failed}`,
    result,
  );
};

/** Every order decided within a second (p99), none failed, and not slower at the end than a lag that grows would make it. */
const isHeld = (result: LoadResult, rate: number): boolean =>
  result.failed === 0 && result.p99Ms <= 1_000 && result.decided === result.accepted && result.accepted >= rate * result.seconds * 0.98;

const tryRate = async (conference: HotConference, rate: number, seconds: number): Promise<LoadResult> =>
  run({ kind: 'open', target: registration, conference, connections: 512, seconds, perSecond: rate });

const sustained = async (conference: () => Promise<HotConference>): Promise<void> => {
  const tried: { readonly rate: number; readonly result: LoadResult; readonly held: boolean }[] = [];
  for (const rate of settings.rates) {
    const result = await tryRate(await conference(), rate, settings.hold);
    const held = isHeld(result, rate);
    tried.push({ rate, result, held });
    progress(
      `${rate}/s for ${settings.hold} s: ${held ? 'held' : 'not held'}, p50 ${ms(result.p50Ms)}, p99 ${ms(result.p99Ms)}, failed ${result.failed}`,
    );
    await quiet();
    if (!held) break;
  }
  const best = tried.findLast(({ held }) => held);
  const value = best === undefined ? 'none' : `${best.rate}/s`;
  const detail = best === undefined ? 'no rate was held' : `p50 ${ms(best.result.p50Ms)}, p99 ${ms(best.result.p99Ms)}`;
  note('sustained', `rate held for ${settings.hold} s, decided within 1 s (p99)`, value, detail, tried);
};

/** Until registration has decided what it accepted: an order placed now is decided at once. */
const quiet = async (): Promise<void> => {
  const probe = await hotConference('probe');
  for (let attempt = 0; attempt < 120; attempt++) {
    const { p50Ms, decided } = await run({
      kind: 'closed',
      target: registration,
      conference: probe,
      connections: 1,
      seconds: 5,
      orders: 1,
      untilDecided: true,
    });
    if (decided === 1 && p50Ms < 200) return;
    await sleep(500);
  }
};

const place = (conference: HotConference, orders: number): Promise<LoadResult> =>
  run({ kind: 'closed', target: registration, conference, connections, seconds: 3_600, orders, untilDecided: true });

const growth = async (): Promise<void> => {
  const dataDir = newFolder();
  const services = await startAll(dataDir);
  const conference = await hotConference('growth');
  await place(conference, growthPart); // warms the code up
  const bytesBefore = folderBytes(dataDir);
  const first = await place(conference, growthPart);
  const middle = Math.max(1, settings.orders - 3 * growthPart);
  const bulk = await place(conference, middle);
  const last = await place(conference, growthPart);
  const perOrder = ({ seconds, accepted }: LoadResult): number => (1000 * seconds) / accepted;
  note(
    'timePerOrder',
    `time per order, thousand 2 and thousand ${settings.orders / 1000}`,
    `${perOrder(first).toFixed(2)} → ${perOrder(last).toFixed(2)} ms`,
    `between them ${perSecond(bulk.decided, bulk.seconds)} decided/s`,
    { first, bulk, last },
  );
  await quiet();
  await sleep(3_000);
  const memory = Object.fromEntries([...services].map(([name, service]) => [name, Math.round(service.residentMiB())]));
  const shown = Object.entries(memory).map(([name, mib]) => `${name} ${mib} MiB`);
  note('memory', `resident after ${settings.orders} orders`, shown.join(', '), `heap limit ${settings.heapMiB} MiB each`, memory);
  const bytes = Math.round((folderBytes(dataDir) - bytesBefore) / (settings.orders - growthPart));
  note('diskPerOrder', 'disk per order', `${bytes} bytes`, 'all services, topics and read models', bytes);
  await stopAll('SIGKILL');
  const again = await startAll(dataDir);
  const ready = Object.fromEntries([...again].map(([name, { readyMs }]) => [name, Math.round(readyMs)]));
  const one = await place(conference, 1);
  note(
    'coldStart',
    `cold start with ${settings.orders} orders, after a kill`,
    Object.entries(ready)
      .map(([name, time]) => `${name} ${time} ms`)
      .join(', '),
    `the first order then decided in ${ms(one.p50Ms)}`,
    { ready, firstDecidedMs: one.p50Ms },
  );
  await stopAll('SIGTERM');
};

const main = async (): Promise<void> => {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  progress(
    `${machine.cpus} × ${machine.model}, ${machine.memoryGiB} GiB, Node ${machine.node}; heap limit ${settings.heapMiB} MiB a service`,
  );
  report['machine'] = machine;
  report['settings'] = settings;
  await startAll(newFolder());
  const conference = await hotConference('first');
  await place(conference, 2_000); // warms the code up
  await acceptance(conference);
  await quiet();
  await decision(conference);
  await quiet();
  await registrations(conference);
  await sustained(() => hotConference('rate'));
  await stopAll('SIGTERM');
  await growth();
};

const clean = async (): Promise<void> => {
  await stopAll('SIGKILL');
  generator.disconnect();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void clean().then(() => process.exit(130)));
try {
  await main();
  process.stdout.write(`${table(rows)}\n`);
  const json = JSON.stringify(report, null, 2);
  if (values.json === undefined) process.stdout.write(`${json}\n`);
  else writeFileSync(values.json, `${json}\n`);
} finally {
  await clean();
}
