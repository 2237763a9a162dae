import type { Json, JsonObject } from '@conference/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { damaged, extended } from './altered-json.ts';
import type { GoldenFile } from './golden-files.ts';

type Reading = { readonly success: boolean; readonly data?: unknown; readonly error?: { readonly issues: readonly unknown[] } };
export type SafeReader = { readonly safeParse: (data: unknown) => Reading };

/** What may stand where a value stood: of every JSON type, at the edges of what numbers and texts may be. */
const anything: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, '', -1, 0, 0.5, Number.MAX_SAFE_INTEGER + 1, 1e300, [], {}, [null], { id: 1 }),
  fc.string({ maxLength: 300 }),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
);

/** The sample with another value at one of its places, or several. */
const changed = (sample: JsonObject): fc.Arbitrary<Json> =>
  fc.array(fc.tuple(fc.nat(), anything), { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce<Json>((data, [at, value]) => {
      let left = at % 40;
      return JSON.parse(JSON.stringify(data), (_, part: Json) => (left-- === 0 ? value : part)) as Json;
    }, sample),
  );

/** The text says the order of the fields too, which equality does not see. */
const said = ({ success, data, error }: Reading): string => JSON.stringify({ success, data, issues: error?.issues });

/**
 * That what a schema was compiled to reads as the schema does: the same data in the same order, or the same issues - of the
 * samples as they are, of every damaged and extended one, and of any with arbitrary values in it.
 */
export const readsTheSame = (
  schemas: { readonly [type: string]: { readonly schema: SafeReader; readonly compiled: SafeReader } },
  samples: readonly GoldenFile[],
): void => {
  it.each(Object.entries(schemas))('%s is read by its compiled schema as by its schema', (type, { schema, compiled }) => {
    const own = samples.filter((sample) => sample.type === type).map(({ data }) => data);
    expect(own).not.toEqual([]);
    expect(compiled.safeParse).not.toBe(schema.safeParse);
    const same = (data: unknown): void => {
      expect(said(compiled.safeParse(data))).toBe(said(schema.safeParse(data)));
    };
    for (const sample of own) for (const data of [sample, ...damaged(sample), ...extended(sample)]) same(data);
    fc.assert(fc.property(fc.oneof(anything, ...own.map(changed)), same), { numRuns: 300 });
  });
};
