import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { virtualTime } from './virtual-time.ts';

const dayMs = 24 * 60 * 60 * 1_000;

test('sleeps end in the order of their time, and those of the same time in the order in which they began', async () => {
  const time = virtualTime();
  const chance = seededRandom(4);
  const asked = Array.from({ length: 500 }, (_, index) => ({ ms: chance.integer(0, 50), index }));
  const ended: (typeof asked)[number][] = [];
  for (const sleep of asked) void time.sleep(sleep.ms).then(() => ended.push(sleep));
  await time.run(50);
  expect(ended).toEqual(asked.toSorted((a, b) => a.ms - b.ms || a.index - b.index));
});

test('the clock stands at the end of a sleep while all that follows from it comes to rest', async () => {
  const time = virtualTime();
  const seen: number[] = [];
  const follow = async (ms: number): Promise<void> => {
    await time.sleep(ms);
    for (let i = 0; i < 10_000; i++) await undefined;
    seen.push(time.elapsedMs());
  };
  void follow(10);
  void follow(11);
  await time.run(20);
  expect(seen).toEqual([10, 11]);
  expect(time.elapsedMs()).toBe(20);
});

test('a sleep of zero milliseconds ends in its turn, and time does not move', async () => {
  const time = virtualTime();
  let isOver = false;
  void time.sleep(0).then(() => {
    isOver = true;
  });
  await time.run(0);
  expect([isOver, time.elapsedMs()]).toEqual([true, 0]);
});

test('a negative time to sleep is refused', () => {
  expect(() => virtualTime().sleep(-1)).toThrow(RangeError);
  expect(() => virtualTime().sleep(Number.NaN)).toThrow(RangeError);
});

test('an aborted sleep ends at once and without an error, and takes no time', async () => {
  const time = virtualTime();
  const stop = new AbortController();
  const ended: number[] = [];
  void time.sleep(dayMs, { signal: stop.signal }).then(() => ended.push(time.elapsedMs()));
  void time.sleep(5).then(() => stop.abort());
  await time.run(() => ended.length === 1);
  expect(ended).toEqual([5]);
  await time.sleep(dayMs, { signal: stop.signal });
  expect([time.elapsedMs(), time.pending()]).toEqual([5, 0]);
});

test('aborted sleeps do not stay in memory, and leave no listener behind', async () => {
  const time = virtualTime();
  for (let i = 0; i < 10_000; i++) {
    const stop = new AbortController();
    void time.sleep(dayMs, { signal: stop.signal });
    stop.abort();
  }
  expect(time.pending()).toBe(0);
  expect((await time.run(() => false)).status).toBe('idle');
  expect(time.elapsedMs()).toBe(0);
});

test('the sleeps of an owner that is over never end, even when they are aborted', async () => {
  const time = virtualTime();
  const owner = { isOver: false };
  const stop = new AbortController();
  let ended = 0;
  const count = (): void => {
    ended += 1;
  };
  void time.sleep(10, { owner }).then(count);
  void time.sleep(20, { owner, signal: stop.signal }).then(count);
  void time.sleep(30).then(count);
  owner.isOver = true;
  time.forget(owner);
  void time.sleep(5, { owner }).then(count);
  stop.abort();
  expect(time.pending()).toBe(1);
  await time.run(100);
  expect([ended, time.pending()]).toEqual([1, 0]);
});

test('a run ends when its condition holds, and says so when it never will', async () => {
  const time = virtualTime();
  let count = 0;
  void (async () => {
    for (; count < 10; count++) await time.sleep(1);
  })();
  expect(await time.run(() => count === 3)).toEqual({ status: 'reached', steps: 3 });
  expect((await time.run(() => count === 99)).status).toBe('idle');
  expect(time.elapsedMs()).toBe(10);
});

test('a run stops when its budget of steps or of virtual time is used up, and the next one goes on', async () => {
  const time = virtualTime();
  let count = 0;
  void (async () => {
    for (;;) {
      await time.sleep(10);
      count += 1;
    }
  })();
  expect((await time.run(() => false, { steps: 5 })).status).toBe('exhausted');
  expect(count).toBe(5);
  expect((await time.run(() => false, { virtualMs: 100 })).status).toBe('exhausted');
  expect([count, time.elapsedMs()]).toEqual([15, 150]);
  expect((await time.run(1_000, { virtualMs: 10 })).status).toBe('exhausted');
  expect((await time.run(1_000)).status).toBe('reached');
  expect([count, time.elapsedMs()]).toEqual([100, 1_000]);
});

test('two runs at once are refused', async () => {
  const time = virtualTime();
  const first = time.run(10);
  await expect(time.run(10)).rejects.toThrow('under way');
  expect((await first).status).toBe('reached');
});

test('an error in the condition ends the run with it, and leaves the time usable', async () => {
  const time = virtualTime();
  await expect(
    time.run(() => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect((await time.run(5)).status).toBe('reached');
});

test('a day with a hundred events takes no time worth mentioning, and 100 000 sleeps take little', { timeout: 20_000 }, async () => {
  const time = virtualTime();
  const ends: number[] = [];
  for (let i = 0; i < 100; i++) void time.sleep((dayMs * i) / 100).then(() => ends.push(i));
  const [, dayTook] = await measured(() => time.run(dayMs));
  expect(ends).toHaveLength(100);
  expect(dayTook).toBeLessThan(500);

  const chance = seededRandom(1);
  let ended = 0;
  const worker = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) {
      await time.sleep(chance.integer(1, 1_000));
      ended += 1;
    }
  };
  const all = Promise.all(Array.from({ length: 1_000 }, worker));
  const [result, took] = await measured(() => time.run(() => ended === 100_000));
  await all;
  expect(result).toEqual({ status: 'reached', steps: 100_000 });
  expect(took).toBeLessThan(10_000);
});

/** The one place with real time: how long virtual time takes. */
const measured = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const begun = performance.now();
  return [await work(), performance.now() - begun];
};
