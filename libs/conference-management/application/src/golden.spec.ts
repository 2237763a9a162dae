import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { type ConferenceManagementEvent, conferenceManagementCodec, ownSchemaVersions } from './catalog.ts';

type Golden = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };
const folder = new URL('../golden/', import.meta.url);
const golden = readdirSync(folder).map((file) => ({ file, ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden) }));
const written = Object.entries(ownSchemaVersions).map(([type, schemaVersion]) => ({ type, schemaVersion }));
const decode = (stored: Golden): ConferenceManagementEvent | undefined => conferenceManagementCodec.decode(stored);

describe('Every version of an event that was ever written', () => {
  it('has a file of its own, down to the first', () => {
    const files = new Set(golden.map(({ file }) => file));
    for (const { type, schemaVersion } of written) {
      for (let version = 1; version <= schemaVersion; version++) expect(files).toContain(`${type}.v${version}.json`);
    }
    for (const { file, type, schemaVersion } of golden) expect(file.startsWith(`${type}.v${schemaVersion}.`)).toBe(true);
  });

  it.each(golden)('is read as what it says today: $file', ({ type, schemaVersion, data }) => {
    expect(decode({ type, schemaVersion, data })).toEqual({ type, data });
  });

  it.each(golden)('is refused with any field missing: $file', ({ type, schemaVersion, data }) => {
    for (const field of Object.keys(data)) {
      const { [field]: _, ...damaged } = data;
      expect(() => decode({ type, schemaVersion, data: damaged }), field).toThrow('malformed');
    }
  });

  it.each(golden)('is refused from a later release: $file', ({ type, schemaVersion, data }) => {
    expect(() => decode({ type, schemaVersion: schemaVersion + 1, data })).toThrow('this release knows');
  });
});
