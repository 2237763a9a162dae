import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PersistentMap, persistentMap } from './persistent-map.ts';

type Step = { readonly key: string; readonly value: number | undefined };

/** Few keys, so that steps meet; and two that have the same 32-bit hash, which 100,000 keys are bound to have. */
const [collidingA, collidingB] = ['k4uzx', 'kf2ad'] as const;
const step: fc.Arbitrary<Step> = fc.record({
  key: fc.oneof(fc.constantFrom('a', 'b', 'c', '', collidingA, collidingB), fc.string({ maxLength: 3 }), fc.uuid()),
  value: fc.option(fc.integer(), { nil: undefined }),
});

const apply = (map: PersistentMap<number>, { key, value }: Step): PersistentMap<number> =>
  value === undefined ? map.delete(key) : map.set(key, value);
const applyToModel = (model: ReadonlyMap<string, number>, { key, value }: Step): ReadonlyMap<string, number> => {
  const after = new Map(model);
  if (value === undefined) after.delete(key);
  else after.set(key, value);
  return after;
};
const contentOf = (entries: Iterable<readonly [string, number]>): readonly (readonly [string, number])[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

describe('a persistent map', () => {
  it('holds what a map holds, after any steps, and every earlier one stays what it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const history: { readonly map: PersistentMap<number>; readonly model: ReadonlyMap<string, number> }[] = [
          { map: persistentMap(), model: new Map() },
        ];
        for (const next of steps) {
          const { map, model } = history.at(-1) ?? { map: persistentMap<number>(), model: new Map<string, number>() };
          history.push({ map: apply(map, next), model: applyToModel(model, next) });
        }
        for (const { map, model } of history) {
          expect(map.size).toBe(model.size);
          expect(contentOf(map)).toEqual(contentOf(model));
          for (const { key } of steps) expect(map.get(key)).toBe(model.get(key));
        }
      }),
    );
  });

  it('is deeply equal to one of the same content, in whatever order it was made', () => {
    const keys = Array.from({ length: 500 }, (_, n) => `key ${n}`);
    const forwards = persistentMap(keys.map((key) => [key, key] as const));
    const backwards = persistentMap(keys.toReversed().map((key) => [key, key] as const));
    expect(backwards).toEqual(forwards);
    expect(forwards.set('another', '').delete('another')).toEqual(forwards);
  });

  it('answers itself when there is nothing to delete', () => {
    const map = persistentMap([['a', 1]]);
    expect(map.delete('b')).toBe(map);
  });

  it('keeps 100,000 entries apart', () => {
    const size = 100_000;
    let map = persistentMap<number>();
    for (let n = 0; n < size; n++) map = map.set(`reservation ${n}`, n);
    expect(map.size).toBe(size);
    for (let n = 0; n < size; n += 997) expect(map.get(`reservation ${n}`)).toBe(n);
  });
});
