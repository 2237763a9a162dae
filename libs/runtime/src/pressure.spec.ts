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

const rushOf = async (timer: ReturnType<typeof manualTimer>, perSecond: number, seconds: number) => {
  const pressure = commandPressure(timer);
  for (let n = 0; n < perSecond * seconds; n++) {
    await pressure.during(async () => 'accepted');
    timer.advance(1_000 / perSecond);
  }
  return pressure;
};

describe('the pressure of commands', () => {
  it('is high while more of them come than can be decided, and for a moment after', async () => {
    const timer = manualTimer();
    const pressure = await rushOf(timer, 2_000, 1);
    expect(pressure.isHigh()).toBe(true);
    timer.advance(100);
    expect(pressure.isHigh()).toBe(true);
    timer.advance(500);
    expect(pressure.isHigh()).toBe(false);
  });

  it('is not high at a rate that can be held', async () => {
    expect((await rushOf(manualTimer(), 500, 2)).isHigh()).toBe(false);
  });

  it('hands on what a command answers or throws', async () => {
    const pressure = commandPressure(manualTimer());
    expect(await pressure.during(async () => 'answer')).toBe('answer');
    await expect(pressure.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await noPressure.during(async () => 'answer')).toBe('answer');
  });
});
