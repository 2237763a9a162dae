import { serviceFlags } from '../service-process.ts';
import type { ColdLoadResult, RebuildResult, StoreJob } from './store-process.ts';
import { ms, perSecond, type Workbench } from './workbench.ts';

const longOrderEvents = 10_000;
const coldLoads = 30;
const rebuilds = 3;
const floors = { coldLoadMs: 40, rebuiltPerSecond: 50_000 };

/** In a process of its own, with the heap of a service. */
const inStoreProcess = <Result>(bench: Workbench, job: StoreJob): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = bench.forked(new URL('store-process.ts', import.meta.url), [
      ...serviceFlags,
      `--max-old-space-size=${bench.settings.heapMiB}`,
    ]);
    let result: Result | undefined;
    child.once('message', (answered) => {
      result = answered as Result;
    });
    child.once('exit', (code, signal) => {
      if (result === undefined) reject(new Error(`the part ${job.kind} ended with ${signal ?? code}`));
      else resolve(result);
    });
    child.send(job);
  });

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** "floor" is the least that is asked for: a word when it is missed. */
const against = (isMet: boolean, floor: string): string => `floor ${floor}${isMet ? '' : ': MISSED'}`;

export const coldLoad = async (bench: Workbench): Promise<void> => {
  const job = { kind: 'cold-load', dataDir: bench.newFolder(), events: longOrderEvents, times: coldLoads } as const;
  const { loadsMs } = await inStoreProcess<ColdLoadResult>(bench, job);
  const [firstMs = Number.NaN, ...others] = loadsMs;
  const medianMs = median(others);
  bench.note(
    'coldLoad',
    `cold load of an order with ${longOrderEvents} events`,
    ms(medianMs),
    `median of ${others.length}, ${ms(Math.min(...others))} to ${ms(Math.max(...others))}, the first of the process ${ms(firstMs)}; ${against(medianMs < floors.coldLoadMs, ms(floors.coldLoadMs))}`,
    { events: longOrderEvents, medianMs, firstMs, loadsMs },
  );
};

export const rebuild = async (bench: Workbench): Promise<void> => {
  const { orders, people } = bench.settings;
  const job = { kind: 'rebuild', dataDir: bench.newFolder(), orders, people, times: rebuilds } as const;
  const { events, rebuiltSeconds, filledSeconds, residentMiB } = await inStoreProcess<RebuildResult>(bench, job);
  const rates = rebuiltSeconds.map((seconds) => perSecond(events, seconds));
  const rate = median(rates);
  bench.note(
    'rebuild',
    `orders projection rebuilt from ${orders} orders`,
    `${rate} events/s`,
    `${events} events in ${median(rebuiltSeconds).toFixed(1)} s, median of ${rebuilds}, ${Math.min(...rates)} to ${Math.max(...rates)}; first filling ${perSecond(events, filledSeconds)}/s; ${residentMiB} MiB; ${against(rate >= floors.rebuiltPerSecond, `${floors.rebuiltPerSecond}/s`)}`,
    { orders, people, events, perSecond: rate, rebuiltSeconds, filledSeconds, residentMiB },
  );
};
