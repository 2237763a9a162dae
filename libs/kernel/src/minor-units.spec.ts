import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorUnitsOf } from './minor-units.ts';

describe('A decimal amount in minor units', () => {
  it.each([
    [199, 19900],
    [199.5, 19950],
    ['199.50', 19950],
    ['0', 0],
    [0.07, 7],
    [1.1, 110],
    [4.35, 435],
    [-12.34, -1234],
  ])('%s is %d: nothing is lost to binary fractions', (decimal, expected) => expect(minorUnitsOf(decimal)).toBe(expected));

  it.each([
    [9.987, 999],
    ['0.005', 0],
    ['0.015', 2],
    ['0.025', 2],
    ['0.0250', 2],
    ['0.02501', 3],
    [1.005, 100],
    [2.675, 268],
    [-0.015, -2],
    [-0.004, 0],
  ])('%s is %d: halves go to the even one (PRC-3)', (decimal, expected) => expect(minorUnitsOf(decimal)).toBe(expected));

  it.each(['', 'free', '1,50', '1e3', 'NaN', '.5'])('%j is none', (text) => expect(() => minorUnitsOf(text)).toThrow(RangeError));

  it('is what it was when it comes back as a decimal', () =>
    fc.assert(fc.property(fc.integer({ min: 0, max: 10_000_000 }), (cents) => minorUnitsOf((cents / 100).toFixed(2)) === cents)));
});
