/**
 * Goal: with any faults that the ports allow, whatever people do, the system stays safe and comes to a good end. Method: one
 * seed is one run of all three services on virtual time; faults, workload and crashes are drawn from it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulationFailure } from '@conference/testing-simulation';
import { describe, expect, test } from 'vitest';
import { type Coverage, sumOf } from './coverage.ts';
import type { Sabotage } from './hosted-service.ts';
import { runSeed } from './run.ts';
import { acknowledgedTooEarly, droppedInput, freshCommandIds, lostDocuments } from './sabotage.ts';

const seedsMin = 200;
const seedsMax = 600;
const budgetMs = 30_000;
const timeout = 300_000;

const kept: readonly { readonly seed: number; readonly found: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'regressions.json'), 'utf8'),
);

test('the system survives the swarm, and the swarm has tried everything that it is there for', { timeout }, async () => {
  const startedAt = performance.now();
  const coverages: Coverage[] = [];
  for (let seed = 1; seed <= seedsMax && (seed <= seedsMin || performance.now() - startedAt < budgetMs); seed++)
    coverages.push((await runSeed(seed)).coverage);
  const sum = sumOf(coverages);
  console.log(`${coverages.length} seeds in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s: ${JSON.stringify(sum)}`);
  for (const [what, times] of Object.entries(sum)) expect(times, what).toBeGreaterThan(0);
});

describe('seeds that have found something once', () => {
  test.each(kept)('$seed: $found', { timeout }, async ({ seed }) => {
    expect((await runSeed(seed)).seed).toBe(seed);
  });
});

test('one seed is one run: twice the same trace, and another seed another', { timeout }, async () => {
  const hashes: string[] = [];
  for (const seed of [1, 7, 11, 104]) {
    const [first, second] = [await runSeed(seed), await runSeed(seed)];
    expect([second.traceHash, second.points], `seed ${seed}`).toEqual([first.traceHash, first.points]);
    hashes.push(first.traceHash);
  }
  expect(new Set(hashes).size).toBe(hashes.length);
});

const plants: readonly (readonly [mistake: string, sabotage: Sabotage, found: RegExp])[] = [
  ['a process that drops an input', droppedInput, /I3 payments-are-settled/],
  ['a dispatcher that gives a command a fresh id each time', freshCommandIds, /I3 payments-are-settled/],
  ['a projection whose checkpoint runs ahead of its documents', lostDocuments, /I4 answers-agree-with-events/],
  ['a handler that takes an unknown outcome for a success', acknowledgedTooEarly, /I2 acknowledged-orders-exist/],
];
const seedsForPlant = 40;

test.each(plants)('the swarm finds %s, and says how to see it again', { timeout }, async (_, sabotage, found) => {
  for (let seed = 1; seed <= seedsForPlant; seed++) {
    const error: unknown = await runSeed(seed, sabotage).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (!(error instanceof SimulationFailure) || !found.test(error.message)) continue;
    expect(error.message).toContain(`npm run simulate -- --seed ${seed}\n`);
    expect(error.message).toMatch(/options .*latency[\s\S]*workload \{"registrants"/);
    expect(error.run.traceTail.length).toBeGreaterThan(10);
    return;
  }
  expect.unreachable(`not found in ${seedsForPlant} seeds`);
});
