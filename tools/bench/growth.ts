import { setTimeout as sleep } from 'node:timers/promises';
import { hotConference } from './conference.ts';
import { enginesIn, reasonToLeaveOut } from './engines.ts';
import type { LoadResult } from './load.ts';
import { place, quiet } from './load-parts.ts';
import { folderBytes } from './services.ts';
import { ms, perSecond, type Workbench } from './workbench.ts';

const growthPart = 1_000;

const perOrder = ({ seconds, accepted }: LoadResult): number => (1000 * seconds) / accepted;

/** Many orders of one conference, on a data folder of its own; then a kill, and a start on what is there. */
export const growth = async (bench: Workbench): Promise<void> => {
  const { orders, heapMiB } = bench.settings;
  const dataDir = bench.dataFolder();
  const services = await bench.startAll(dataDir);
  const conference = await hotConference('growth');
  await place(bench, conference, growthPart); // warms the code up
  const bytesBefore = folderBytes(dataDir);
  const first = await place(bench, conference, growthPart);
  const bulk = await place(bench, conference, Math.max(1, orders - 3 * growthPart));
  const last = await place(bench, conference, growthPart);
  bench.note(
    'timePerOrder',
    `time per order, thousand 2 and thousand ${orders / 1000}`,
    `${perOrder(first).toFixed(2)} → ${perOrder(last).toFixed(2)} ms`,
    `between them ${perSecond(bulk.decided, bulk.seconds)} decided/s`,
    { first, bulk, last },
  );
  await quiet(bench);
  await sleep(3_000);
  const memory = Object.fromEntries([...services].map(([name, service]) => [name, Math.round(service.residentMiB())]));
  const shown = Object.entries(memory).map(([name, mib]) => `${name} ${mib} MiB`);
  bench.note('memory', `resident after ${orders} orders`, shown.join(', '), `heap limit ${heapMiB} MiB each`, memory);
  const noDisk = reasonToLeaveOut('disk', enginesIn(process.env));
  const bytes = Math.round((folderBytes(dataDir) - bytesBefore) / (orders - growthPart));
  if (noDisk === undefined) bench.note('diskPerOrder', 'disk per order', `${bytes} bytes`, 'all services, topics and read models', bytes);
  else bench.leaveOut('disk per order', noDisk);
  await bench.stopAll('SIGKILL');
  const again = await bench.startAll(dataDir);
  const ready = Object.fromEntries([...again].map(([name, { readyMs }]) => [name, Math.round(readyMs)]));
  const one = await place(bench, conference, 1);
  bench.note(
    'coldStart',
    `cold start with ${orders} orders, after a kill`,
    Object.entries(ready)
      .map(([name, time]) => `${name} ${time} ms`)
      .join(', '),
    `the first order then decided in ${ms(one.p50Ms)}`,
    { ready, firstDecidedMs: one.p50Ms },
  );
  await bench.stopAll('SIGTERM');
};
