import { describe, expect, it } from 'vitest';
import { turnstile } from './turnstile.ts';

describe('a turnstile', () => {
  it('lets so many through at a time, in the order in which they came', async () => {
    const pass = turnstile(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const works = [0, 1, 2, 3].map((index) =>
      pass(async () => {
        begun.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[0]?.();
    await works[0];
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    ends[1]?.();
    await works[1];
    ends[2]?.();
    await works[2];
    ends[3]?.();
    await works[3];
    expect(begun).toEqual([0, 1, 2, 3]);
  });
  it('goes on after a failure', async () => {
    const pass = turnstile(1);
    await expect(pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pass(async () => 1)).toBe(1);
  });
});
