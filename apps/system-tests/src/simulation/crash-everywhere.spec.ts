/**
 * Goal: wherever a service dies while somebody registers, the registration comes to its end, once. Method: as SQLite tests
 * its I/O errors, the same run again and again, with a crash at the k-th await point, for k = 1, 2, 3 …
 */
import { expect, test } from 'vitest';
import { crashEverywhere } from './crash-everywhere.ts';

const budgetMs = 25_000;
const pointsMin = 400;
const triedMin = 60;

test('one registration, with a crash of whichever service comes to the k-th await point', { timeout: 300_000 }, async () => {
  const { points, tried } = await crashEverywhere({ budgetMs, nowMs: () => performance.now() });
  if (tried < points) console.log(`${tried} of ${points} await points fit into the time: npm run simulate -- --crash-everywhere tries all`);
  expect(points).toBeGreaterThan(pointsMin);
  expect(tried).toBeGreaterThan(triedMin);
});
