import { fieldsOf } from '@conference/testing-spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiDocuments } from './api-documents.ts';
import { contexts } from './contexts.ts';
import { fieldRows } from './field-rows.ts';

type Limit = { readonly field: string; readonly max: number };

/** Every text with a limit in a JSON Schema, by the name of its field. */
const limitsIn = (node: unknown, field = ''): readonly Limit[] => {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'maxLength' in node && typeof node.maxLength === 'number' ? [{ field, max: node.maxLength }] : [];
  const properties = 'properties' in node && typeof node.properties === 'object' && node.properties !== null ? node.properties : {};
  const inside = Object.entries(properties).flatMap(([name, inner]) => limitsIn(inner, name));
  const beside = Object.entries(node).flatMap(([key, inner]) => (key === 'properties' ? [] : limitsIn(inner, field)));
  return [...own, ...inside, ...beside];
};

const bodies = z.object({ paths: z.record(z.string(), z.record(z.string(), z.object({ requestBody: z.unknown().optional() }))) });

describe('What a service accepts it can also store', () => {
  let accepted: ReadonlyMap<string, readonly Limit[]> = new Map();
  beforeAll(async () => {
    const documents = await apiDocuments();
    accepted = new Map(
      documents.map(({ service, openApi }) => [
        service,
        Object.entries(bodies.parse(openApi).paths)
          // What an operator says is stored by the runtime, which knows no limits of its own.
          .flatMap(([path, methods]) => (path.startsWith('/v1/') ? Object.values(methods) : []))
          .flatMap(({ requestBody }) => limitsIn(requestBody)),
      ]),
    );
  });

  it.each(contexts)('as long as it may be: $name', ({ name, stored }) => {
    const shapes = Object.values(stored).flatMap((types) => Object.values(types).map(({ schema }) => z.toJSONSchema(schema)));
    const storable = shapes.flatMap((shape) => limitsIn(shape));
    const tooLong = (accepted.get(name) ?? []).filter((edge) => storable.some(({ field, max }) => field === edge.field && max < edge.max));
    expect(tooLong).toEqual([]);
  });

  it('compares something', () => {
    const names = (service: string) => (accepted.get(service) ?? []).map(({ field }) => field);
    expect(names('registration')).toEqual(expect.arrayContaining(['firstName', 'lastName', 'email']));
    expect(names('conference-management')).toEqual(expect.arrayContaining(['name', 'description', 'location', 'email']));
  });
});

describe('What is stored or told of a person', () => {
  const shapes = contexts.flatMap(({ name, stored, messages }) => [
    ...Object.values(stored).flatMap((types) => Object.entries(types).map(([type, { schema }]) => ({ type: `stored ${type}`, schema }))),
    ...Object.entries(messages).map(([type, { schema }]) => ({ type: `${name}.${type}`, schema })),
  ]);

  it.each(shapes)('is marked where it stands, in an object of its own: $type', ({ schema }) => {
    const rows = fieldRows(schema);
    const holders = rows
      .filter(({ field }) => /\.(firstName|lastName|email)$/.test(field))
      .map(({ field }) => field.slice(0, field.lastIndexOf('.')));
    for (const holder of holders) expect(rows.find(({ field }) => field === holder)?.meaning).toMatch(/^PERSONAL DATA\./);
    expect(rows.filter(({ field }) => /^(firstName|lastName|email)$/.test(field))).toEqual([]);
  });

  it.each(shapes)('and every access code is marked as a secret: $type', ({ schema }) => {
    for (const { meaning } of fieldRows(schema).filter(({ field }) => field.endsWith('accessCode'))) expect(meaning).toMatch(/^SECRET\./);
  });

  it('is in the shapes that are looked at', () => {
    const holders = shapes.filter(({ schema }) => fieldsOf(z.toJSONSchema(schema)).some(([, field]) => field === 'email'));
    expect(holders.map(({ type }) => type).toSorted()).toEqual([
      'registration.OrderRegistrantAssigned',
      'registration.SeatAssigned',
      'stored ConferenceCreated',
      'stored OrderRegistrantAssigned',
      'stored SeatAssigned',
      'stored SeatAssignmentUpdated',
    ]);
  });
});
