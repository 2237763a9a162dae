import { origin, type Position } from '@conference/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { later, logPositionOf, positionOf } from './position.ts';

const max = 2n ** 64n - 2n;
const logPosition = fc.record({ commit: fc.bigInt({ min: 0n, max }), prepare: fc.bigInt({ min: 0n, max }) });
const mustBe = (position: Position | undefined): Position => position ?? expect.fail('there is a position');

describe('a position', () => {
  it('is ordered as the log is, by commit and then by prepare, and after the origin', () =>
    fc.assert(
      fc.property(logPosition, logPosition, (one, other) => {
        const isBefore = one.commit < other.commit || (one.commit === other.commit && one.prepare < other.prepare);
        expect(mustBe(positionOf(one)) < mustBe(positionOf(other))).toBe(isBefore);
        expect(origin < mustBe(positionOf(one))).toBe(true);
      }),
    ));
  it('comes back as it was', () =>
    fc.assert(
      fc.property(logPosition, (position) => {
        expect(logPositionOf(mustBe(positionOf(position)))).toEqual(position);
      }),
    ));
  it('is undefined where the server does not know it', () => {
    expect(positionOf(undefined)).toBeUndefined();
    expect(positionOf({ commit: max + 1n, prepare: max + 1n })).toBeUndefined();
  });
  it('of another engine is refused', () => expect(() => logPositionOf('0000000000000012' as Position)).toThrow(RangeError));
  it('never goes back', () => {
    const [one, other] = [mustBe(positionOf({ commit: 1n, prepare: 1n })), mustBe(positionOf({ commit: 2n, prepare: 2n }))];
    expect([later(one, other), later(other, one), later(one, undefined)]).toEqual([other, other, one]);
  });
});
