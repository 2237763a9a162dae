import type { Instant } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { commandPressure, noPressure } from './pressure.ts';

const manualTimer = () => {
  let nowMs = Date.parse('2027-05-02T09:00:00.000Z');
  return {
    now: () => new Date(nowMs).toISOString() as Instant,
    sleep: async () => {},
    advance: (milliseconds: number) => {
      nowMs += milliseconds;
    },
  };
};

/** So many commands at once, none of which has an answer before `release`. */
const crowd = (during: <T>(command: () => Promise<T>) => Promise<T>, size: number) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const all = Promise.all(Array.from({ length: size }, () => during(() => promise)));
  return { release: () => resolve(), all };
};

describe('the pressure of commands', () => {
  it('is high while a crowd waits, and for a moment after it was answered, since the next burst is on its way', async () => {
    const timer = manualTimer();
    const pressure = commandPressure(timer);
    expect(pressure.isHigh()).toBe(false);
    const { release, all } = crowd(pressure.during, 64);
    expect(pressure.isHigh()).toBe(true);
    release();
    await all;
    timer.advance(100);
    expect(pressure.isHigh()).toBe(true);
    timer.advance(200);
    expect(pressure.isHigh()).toBe(false);
  });

  it('is not high for a few', async () => {
    const pressure = commandPressure(manualTimer());
    const { release, all } = crowd(pressure.during, 20);
    expect(pressure.isHigh()).toBe(false);
    release();
    await all;
  });

  it('hands on what a command answers or throws', async () => {
    const pressure = commandPressure(manualTimer());
    expect(await pressure.during(async () => 'answer')).toBe('answer');
    await expect(pressure.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await noPressure.during(async () => 'answer')).toBe('answer');
  });
});
