import { simulation } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { backoffMs, untilDone } from './retry.ts';

const shortest = (): number => 0;
const gapsOf = (times: readonly number[]): readonly number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

test('each pause is twice as long as the one before, by chance down to half of it, and none is longer than the longest', () => {
  const pauses = (random: number): readonly number[] =>
    Array.from({ length: 10 }, (_, attempt) => backoffMs({ firstMs: 20, maxMs: 5_000 }, attempt, () => random));
  expect(pauses(0)).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280, 2_500, 2_500]);
  expect(pauses(0.999_999)).toEqual([20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_000, 5_000]);
  expect(backoffMs({ firstMs: 20, maxMs: 5_000 }, 10_000, shortest)).toBe(2_500);
});

test('what fails is tried again with growing pauses until it succeeds, and each failure is told', async () => {
  const sim = simulation({ seed: 1 });
  const triedAt: number[] = [];
  const told: number[] = [];
  const work = async (): Promise<string> => {
    triedAt.push(sim.elapsedMs());
    if (triedAt.length < 7) throw new Error('not yet');
    return 'done';
  };
  const { signal } = new AbortController();
  const options = { timer: sim.timer, random: shortest, signal, onError: (_: unknown, attempt: number) => void told.push(attempt) };
  expect(await sim.complete(untilDone(work, options))).toBe('done');
  expect(gapsOf(triedAt)).toEqual([10, 20, 40, 80, 160, 320]);
  expect(told).toEqual([0, 1, 2, 3, 4, 5]);
});

test('who is stopped during a pause is told the last failure at once', async () => {
  const sim = simulation({ seed: 1 });
  const stop = new AbortController();
  let tries = 0;
  const ended = untilDone(
    async () => {
      throw new Error(`failed ${++tries} times`);
    },
    { timer: sim.timer, random: shortest, signal: stop.signal, backoff: { firstMs: 60_000, maxMs: 60_000 }, onError: () => undefined },
  );
  const told = ended.catch((error: unknown) => String(error));
  await sim.run(31_000);
  stop.abort();
  expect(await sim.complete(told)).toBe('Error: failed 2 times');
  expect(sim.elapsedMs()).toBeLessThan(32_000);
});
