import { expect, it } from 'vitest';
import { eventLoopLoad } from './event-loop-load.ts';

const block = (milliseconds: number): void => {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
};

it('the event loop is overloaded after it was held up for longer than the limit, and no longer when it runs freely', async () => {
  const load = eventLoopLoad({ delayMsMax: 300, sampleMs: 50 });
  expect(load.overloaded()).toBe(false);
  await new Promise(setImmediate);
  const seen = new Promise<void>((resolve) => {
    const look = (): void => (load.overloaded() ? resolve() : void setImmediate(look));
    setImmediate(look);
  });
  // The histogram ticks every 20 ms: it must have begun before it can be late.
  await expect.poll(() => performance.now()).toBeGreaterThan(0);
  const began = performance.now();
  await expect.poll(() => performance.now() - began, { interval: 10 }).toBeGreaterThan(60);
  block(600);
  await seen;
  await expect.poll(() => load.overloaded(), { timeout: 5_000 }).toBe(false);
  load.close();
});
