import type { Json, JsonObject } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import {
  orderCodec,
  ownCodec,
  ownSchemaVersions,
  refundCodec,
  registrationCodec,
  seatAssignmentsCodec,
  seatsAvailabilityCodec,
} from './catalog.ts';
import { golden, sampleEvents } from './golden.fixture.ts';

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every copy of `value` in which one field is missing, at any depth. */
const incomplete = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap((item: Json, i) => incomplete(item).map((bad) => value.with(i, bad)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const { [key]: _, ...missing } = value;
    return [missing, ...incomplete(field).map((bad) => ({ ...value, [key]: bad }))];
  });
};

describe('Every version of an event that was ever written', () => {
  it('has a file of its own, down to the first', () => {
    const files = new Set(golden.map(({ file }) => file));
    for (const [type, schemaVersion] of Object.entries(ownSchemaVersions))
      for (let version = 1; version <= schemaVersion; version++) expect(files).toContain(`${type}.v${version}.json`);
    for (const { file, type, schemaVersion } of golden) {
      expect(file.startsWith(`${type}.v${schemaVersion}.`)).toBe(true);
      expect(ownSchemaVersions).toHaveProperty(type);
    }
  });

  it.each(golden)('is read as what it says today: $file', ({ type, schemaVersion, data }) => {
    expect(registrationCodec.decode({ type, schemaVersion, data })).toEqual({ type, data });
    expect(ownCodec.decode({ type, schemaVersion, data })).toEqual({ type, data });
  });

  it.each(golden)('is refused with any field missing: $file', ({ type, schemaVersion, data }) => {
    for (const damaged of incomplete(data))
      expect(() => registrationCodec.decode({ type, schemaVersion, data: damaged as JsonObject }), JSON.stringify(damaged)).toThrow(
        'malformed',
      );
  });

  it.each(golden)('is refused from a later release: $file', ({ type, schemaVersion, data }) => {
    expect(() => registrationCodec.decode({ type, schemaVersion: schemaVersion + 1, data })).toThrow('this release knows');
  });
});

describe('What is written today', () => {
  it.each(sampleEvents)('is read back as it was: $type', (event) => {
    const stored = ownCodec.encode(event);
    expect(stored.schemaVersion).toBe(ownSchemaVersions[event.type]);
    expect(registrationCodec.decode({ ...stored })).toEqual(event);
  });

  it.each(sampleEvents)('belongs to one kind of stream: $type', (event) => {
    const stored = ownCodec.encode(event);
    const owners = [orderCodec, seatsAvailabilityCodec, seatAssignmentsCodec, refundCodec].filter(
      (codec) => codec.decode({ ...stored }) !== undefined,
    );
    expect(owners).toHaveLength(1);
  });

  it('is not written when it could not be read', () => {
    const placed = sampleEvents.find(({ type }) => type === 'OrderPlaced');
    if (placed?.type !== 'OrderPlaced') return expect.unreachable();
    const { data } = placed;
    expect(() => ownCodec.encode({ type: 'OrderPlaced', data: { ...data, request: 0 } })).toThrow('malformed');
    expect(() =>
      ownCodec.encode({ type: 'OrderPlaced', data: { ...data, items: data.items.map((item) => ({ ...item, unitPrice: 0.5 })) } }),
    ).toThrow('malformed');
  });
});
