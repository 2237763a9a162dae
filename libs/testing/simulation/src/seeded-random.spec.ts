import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const draws = (seed: number, count = 1_000): readonly number[] => {
  const { random } = seededRandom(seed);
  return Array.from({ length: count }, random);
};

test('the same seed draws the same numbers, and a seed beside it draws others', () => {
  expect(draws(7)).toEqual(draws(7));
  const seeds = [0, 1, 2, 7, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  expect(new Set(seeds.map((seed) => draws(seed, 2).join())).size).toBe(seeds.length);
});

test('what is no seed is refused', () => {
  for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => seededRandom(seed)).toThrow(RangeError);
});

test('numbers are uniform in [0, 1), whatever the seed', () => {
  for (const seed of [0, 1, 123_456]) {
    const buckets = Array.from({ length: 10 }, () => 0);
    for (const drawn of draws(seed, 10_000)) {
      expect(drawn).toBeGreaterThanOrEqual(0);
      const bucket = Math.floor(drawn * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  }
});

test('a fork is a function of the seed and its name, not of what was drawn before', () => {
  const [fresh, used] = [seededRandom(3), seededRandom(3)];
  for (let i = 0; i < 10; i++) used.random();
  expect(used.fork('delays').random()).toBe(fresh.fork('delays').random());
  expect(used.fork('delays').random()).not.toBe(used.fork('ids').random());
  expect(used.fork('a').fork('b').random()).not.toBe(used.fork('b').fork('a').random());
});

test('an integer reaches both of its ends and nothing beyond', () => {
  const chance = seededRandom(1);
  expect(new Set(Array.from({ length: 200 }, () => chance.integer(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]));
});

test('a probability of 0 never happens and one of 1 always does', () => {
  const chance = seededRandom(1);
  for (let i = 0; i < 1_000; i++) expect([chance.chance(0), chance.chance(1)]).toEqual([false, true]);
});

test('every choice is picked some time, and nothing can be picked from an empty list', () => {
  const chance = seededRandom(5);
  expect(new Set(Array.from({ length: 100 }, () => chance.pick(['a', undefined, 'c'])))).toEqual(new Set(['a', undefined, 'c']));
  expect(() => chance.pick([])).toThrow(RangeError);
});

test('a shuffled list has the same items, and the first of it may be any', () => {
  const chance = seededRandom(9);
  const items = [1, 2, 3, 4];
  expect([...chance.shuffled(items)].sort()).toEqual(items);
  expect(new Set(Array.from({ length: 100 }, () => chance.shuffled(items)[0]))).toEqual(new Set(items));
  expect(items).toEqual([1, 2, 3, 4]);
});

test('exponential delays have the mean that was asked for', () => {
  const chance = seededRandom(11);
  const drawn = Array.from({ length: 20_000 }, () => chance.exponential(50));
  expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(50, -1);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
});

test('ids are UUIDs of version 4 in form, and unique', () => {
  const chance = seededRandom(2);
  const ids = Array.from({ length: 10_000 }, () => chance.uuid());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});
