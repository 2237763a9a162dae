import { NotInTime, RequestRefused } from '@conference/tools';
import { describe, expect, it } from 'vitest';
import { soon } from './soon.ts';

const withinMs = 200;
const readingOneByOne = (...values: readonly (number | Error)[]): (() => Promise<number>) => {
  const left = [...values];
  return async () => {
    const value = left.length > 1 ? left.shift() : left[0];
    if (typeof value === 'number') return value;
    throw value;
  };
};
const refused = (status: number): RequestRefused => new RequestRefused('GET /', { status, code: 'no', detail: '' });
const isThree = (value: number): void => expect(value).toBe(3);

describe('what is to hold soon', () => {
  it('is read until it holds', async () => {
    expect(await soon('three', readingOneByOne(1, 2, 3), isThree, { withinMs })).toBe(3);
  });

  it('fails as its assertion does, for what was read last', async () => {
    const failure = await soon('three', readingOneByOne(1, 2), isThree, { withinMs }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ actual: 2, expected: 3 });
  });

  it('is read again after a read model that was behind, and after no other refusal', async () => {
    expect(await soon('three', readingOneByOne(refused(503), 3), isThree, { withinMs })).toBe(3);
    await expect(soon('three', readingOneByOne(refused(404), 3), isThree, { withinMs })).rejects.toMatchObject({ status: 404 });
    await expect(soon('three', readingOneByOne(refused(503)), isThree, { withinMs })).rejects.toBeInstanceOf(NotInTime);
  });
});
