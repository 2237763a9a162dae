import { readdirSync, readFileSync } from 'node:fs';
import type { DomainEvent, Json, JsonObject } from '@conference/kernel';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type PaymentMessage, publicMessages, topics } from './index.ts';

type Golden = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };
const folder = new URL('../golden/', import.meta.url);
const files = readdirSync(folder);
const golden = files.map((file) => ({ file, ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden) }));
const catalogue = Object.entries(publicMessages);
const schemaOf = (type: string) => new Map(catalogue).get(type)?.schema ?? expect.unreachable(type);

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const wrongValueFor = (value: Json): Json =>
  typeof value === 'string' ? 7 : typeof value === 'number' ? 0.5 : value === null ? true : 'wrong';

/** Every copy of `value` in which one leaf is of another type or one field is missing. */
const damaged = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return ['wrong', ...value.flatMap((item: Json, i) => damaged(item).map((bad) => value.with(i, bad)))];
  if (!isObject(value)) return [wrongValueFor(value)];
  return Object.entries(value).flatMap(([key, field]) => {
    const { [key]: _, ...missing } = value;
    return [missing, ...damaged(field).map((bad) => ({ ...value, [key]: bad }))];
  });
};
/** Every copy of `value` in which one object has a field more. */
const extended = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap((item: Json, i) => extended(item).map((more) => value.with(i, more)));
  if (!isObject(value)) return [];
  const deeper = Object.entries(value).flatMap(([key, field]) => extended(field).map((more) => ({ ...value, [key]: more })));
  return [{ ...value, addedLater: 'unknown' }, ...deeper];
};

/** The name of every field, at any depth, with the name of the field that holds it. */
const fields = (schema: z.ZodType): readonly (readonly [holder: string, field: string])[] => {
  const found: [string, string][] = [];
  const visit = (node: unknown, holder: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, inner] of Object.entries(node)) {
      if (key !== 'properties') visit(inner, holder);
      else
        for (const [field, type] of Object.entries(inner as object)) {
          found.push([holder, field]);
          visit(type, field);
        }
    }
  };
  visit(z.toJSONSchema(schema), '');
  return found;
};
const personal = ['firstName', 'lastName', 'email'];

describe('The published messages of payments', () => {
  it('has an example of every version of every message', () => {
    const wanted = catalogue.flatMap(([type, { version }]) => Array.from({ length: version }, (_, i) => `${type}.v${i + 1}.json`));
    expect(files).toEqual(expect.arrayContaining(wanted));
    for (const { file, type, schemaVersion } of golden) expect(file.startsWith(`${type}.v${schemaVersion}.`)).toBe(true);
  });

  it.each(golden)('accepts $file and loses nothing of it', ({ type, data }) => {
    expect(schemaOf(type).parse(data)).toEqual(data);
  });

  it.each(golden)('refuses $file with any field missing or of another type', ({ type, data }) => {
    for (const bad of damaged(data)) expect(schemaOf(type).safeParse(bad).success, JSON.stringify(bad)).toBe(false);
  });

  it.each(golden)('reads $file of a later minor change: what it does not know is dropped, at any depth', ({ type, data }) => {
    for (const more of extended(data)) expect(schemaOf(type).parse(more)).toEqual(data);
  });

  it.each([
    { amount: 199.5, currency: 'USD' },
    { amount: -1, currency: 'USD' },
    { amount: '19900', currency: 'USD' },
    { amount: 19900, currency: 'usd' },
  ])('refuses %j as money', (amount) => {
    const completed = golden.find(({ type }) => type === 'PaymentCompleted')?.data;
    expect(schemaOf('PaymentCompleted').safeParse({ ...completed, amount }).success).toBe(false);
  });

  it('never lets an access code out', () => {
    for (const [type, { schema }] of catalogue)
      expect(
        fields(schema).map(([, field]) => field.toLowerCase()),
        type,
      ).not.toContain('accesscode');
  });

  it('carries no personal data', () => {
    for (const [type, { schema }] of catalogue)
      expect(
        fields(schema).filter(([, field]) => personal.includes(field)),
        type,
      ).toEqual([]);
  });

  it('finds a field wherever it hides', () => {
    const hidden = z.object({ a: z.array(z.object({ b: z.object({ accessCode: z.string() }).nullable() })) });
    expect(fields(hidden)).toEqual([
      ['', 'a'],
      ['a', 'b'],
      ['b', 'accessCode'],
    ]);
  });

  it('sends every published stream to exactly one topic', () => {
    const categories = Object.values(topics).flatMap((topic) => [...topic.categories]);
    expect(categories.toSorted()).toEqual(['Payment']);
    for (const { name } of Object.values(topics)) expect(name).toMatch(/^payments\.[a-z]+\.v1$/);
  });

  it('has a key in every message of the topic', () => {
    for (const { type, data } of golden) if (type !== 'NotPublished') expect(data).toHaveProperty(topics.payments.key);
  });

  it('is typed as what an event store and a broker take', () => {
    expectTypeOf<PaymentMessage>().toExtend<DomainEvent>();
  });
});
