import { setTimeout as sleep } from 'node:timers/promises';
import { hotConference } from './conference.ts';
import type { HotConference, LoadResult } from './load.ts';
import { target } from './services.ts';
import { ms, perSecond, progress, type Workbench } from './workbench.ts';

const connections = 64;
const registration = target('registration');
const payments = target('payments');

/** So many orders, each answered when it is decided. */
export const place = (bench: Workbench, conference: HotConference, orders: number): Promise<LoadResult> =>
  bench.run({ kind: 'closed', target: registration, conference, connections, seconds: 3_600, orders, untilDecided: true });

/** Until all three services have done what they accepted: a whole registration takes less than a second. */
export const quiet = async (bench: Workbench): Promise<void> => {
  const conference = await hotConference('probe');
  for (let attempt = 0; attempt < 120; attempt++) {
    const one = { people: 1, seconds: 0.001 };
    const { p50Ms, accepted } = await bench.run({ kind: 'registrations', registration, payments, conference, ...one });
    if (accepted === 1 && p50Ms < 1_000) return;
    await sleep(500);
  }
};

const noteRate = (bench: Workbench, key: string, title: string, count: number, result: LoadResult): void => {
  const { seconds, p50Ms, p99Ms, failed } = result;
  bench.note(key, title, `${perSecond(count, seconds)}/s`, `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, failed ${failed}`, result);
};

export const acceptance = async (bench: Workbench, conference: HotConference): Promise<void> => {
  const { seconds } = bench.settings;
  const result = await bench.run({ kind: 'closed', target: registration, conference, connections, seconds, untilDecided: false });
  noteRate(bench, 'accepted', 'orders accepted', result.accepted, result);
  await quiet(bench);
};

export const decision = async (bench: Workbench, conference: HotConference): Promise<void> => {
  const { seconds } = bench.settings;
  const result = await bench.run({ kind: 'closed', target: registration, conference, connections, seconds, untilDecided: true });
  noteRate(bench, 'decided', 'orders decided', result.decided, result);
  await quiet(bench);
};

export const registrations = async (bench: Workbench, conference: HotConference): Promise<void> => {
  const { seconds } = bench.settings;
  const result = await bench.run({ kind: 'registrations', registration, payments, conference, people: connections, seconds });
  noteRate(bench, 'registrations', 'complete registrations', result.accepted, result);
};

/** Every order decided within a second (p99), none failed, and not slower at the end than a lag that grows would make it. */
const isHeld = (result: LoadResult, rate: number): boolean =>
  result.failed === 0 && result.p99Ms <= 1_000 && result.decided === result.accepted && result.accepted >= rate * result.seconds * 0.98;

export const sustained = async (bench: Workbench): Promise<void> => {
  const { rates, hold } = bench.settings;
  const tried: { readonly rate: number; readonly result: LoadResult; readonly held: boolean }[] = [];
  for (const rate of rates) {
    const conference = await hotConference('rate');
    const result = await bench.run({ kind: 'open', target: registration, conference, connections: 512, seconds: hold, perSecond: rate });
    const held = isHeld(result, rate);
    tried.push({ rate, result, held });
    progress(
      `${rate}/s for ${hold} s: ${held ? 'held' : 'not held'}, p50 ${ms(result.p50Ms)}, p99 ${ms(result.p99Ms)}, failed ${result.failed}`,
    );
    await quiet(bench);
    if (!held) break;
  }
  const best = tried.findLast(({ held }) => held);
  const value = best === undefined ? 'none' : `${best.rate}/s`;
  const detail = best === undefined ? 'no rate was held' : `p50 ${ms(best.result.p50Ms)}, p99 ${ms(best.result.p99Ms)}`;
  bench.note('sustained', `rate held for ${hold} s, decided within 1 s (p99)`, value, detail, tried);
};
