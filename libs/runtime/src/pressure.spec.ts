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

/** So many commands that come at once, and the way to let them all in. */
const crowdOf = (pressure: ReturnType<typeof commandPressure>, count: number) => {
  const door = Promise.withResolvers<void>();
  const answers = Array.from({ length: count }, () => pressure.during(() => door.promise));
  return {
    letIn: async () => {
      door.resolve();
      await Promise.all(answers);
    },
  };
};

describe('the pressure of commands', () => {
  it('is high while a crowd stands at the door, and for a moment after, since the next one follows', async () => {
    const timer = manualTimer();
    const pressure = commandPressure(timer);
    const crowd = crowdOf(pressure, 40);
    expect(pressure.isHigh()).toBe(true);
    await crowd.letIn();
    timer.advance(250);
    expect(pressure.isHigh()).toBe(true);
    timer.advance(250);
    expect(pressure.isHigh()).toBe(false);
  });

  it('stays high while the crowd has to stand there', () => {
    const timer = manualTimer();
    const pressure = commandPressure(timer);
    crowdOf(pressure, 40);
    timer.advance(5_000);
    expect(pressure.isHigh()).toBe(true);
  });

  it('is not high for a few at a time, however fast they come', async () => {
    const timer = manualTimer();
    const pressure = commandPressure(timer);
    for (let n = 0; n < 200; n++) {
      await crowdOf(pressure, 10).letIn();
      timer.advance(5);
    }
    expect(pressure.isHigh()).toBe(false);
  });

  it('is not high while those who were let in wait for what follows', async () => {
    const pressure = commandPressure(manualTimer());
    await crowdOf(pressure, 40).letIn();
    const decision = Promise.withResolvers<string>();
    const waiting = Array.from({ length: 30 }, () => pressure.awaiting(decision.promise));
    expect(pressure.isHigh()).toBe(false);
    decision.resolve('reserved');
    expect(await Promise.all(waiting)).toContain('reserved');
    expect(pressure.isHigh()).toBe(true);
  });

  it('hands on what a command answers or throws', async () => {
    const pressure = commandPressure(manualTimer());
    expect(await pressure.during(async () => 'answer')).toBe('answer');
    await expect(pressure.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await noPressure.during(async () => 'answer')).toBe('answer');
  });
});
