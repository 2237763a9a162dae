import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { descriptionOf, fieldRows } from './field-rows.ts';

const row = (schema: z.ZodType) => {
  const [first] = fieldRows(z.object({ field: schema }));
  return first && [first.type, first.limits];
};

describe('The fields of a shape', () => {
  it('are told with their place, each before those that it holds', () =>
    expect(
      fieldRows(z.object({ items: z.array(z.object({ of: z.object({ id: z.string() }) })), note: z.string() })).map(({ field }) => field),
    ).toEqual(['items', 'items[].of', 'items[].of.id', 'note']));

  it.each([
    ['an id', z.uuid(), ['uuid', '']],
    ['a day', z.iso.date(), ['date', '']],
    ['an instant', z.iso.datetime({ precision: 3 }), ['instant', '']],
    ['a count', z.int().nonnegative(), ['integer', '≥ 0']],
    ['any integer', z.int(), ['integer', '']],
    ['a number from 1 to 20', z.int().min(1).max(20), ['integer', '≥ 1, ≤ 20']],
    ['a text', z.string().min(1).max(70), ['string', '1 to 70 characters']],
    ['a text of at most 70', z.string().max(70), ['string', '≤ 70 characters']],
    ['a pattern', z.string().regex(/^[A-Z]{3}$/), ['string', '`^[A-Z]{3}$`']],
    ['what may be null', z.string().max(3).nullable(), ['string or null', '≤ 3 characters']],
    ['what may be missing', z.boolean().optional(), ['boolean, optional', '']],
    ['one of some words', z.enum(['held', 'sold']), ['`held` or `sold`', '']],
    ['a list', z.array(z.string()).max(5), ['list of string', '≤ 5 entries']],
    ['one of some shapes', z.union([z.string(), z.int()]), ['string or integer', '']],
    ['a map', z.record(z.string(), z.unknown()), ['map', '']],
  ])('tell %s', (_, schema, expected) => expect(row(schema)).toEqual(expected));

  it('say what they mean, also where they may be null', () => {
    const schema = z.object({ a: z.string().describe('This.'), b: z.string().nullable().describe('That.') }).describe('All.');
    expect(fieldRows(schema).map(({ meaning }) => meaning)).toEqual(['This.', 'That.']);
    expect(descriptionOf(schema)).toBe('All.');
  });

  it('are not told in silence when there is something in them that nobody foresaw', () =>
    expect(() => fieldRows(z.object({ field: z.string().meta({ unforeseen: true }) }))).toThrow('unforeseen'));
});
