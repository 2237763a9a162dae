import type { DomainEvent, JsonObject } from '@conference/kernel';
import type { EventCodec } from '@conference/runtime';
import { describe, expect, it } from 'vitest';
import { incomplete } from './altered-json.ts';
import { expectEqual } from './equality.ts';
import { goldenFaults, goldenFiles, missingGoldenFiles } from './golden-files.ts';

/** All that a context stores of its own. */
export interface StoredEvents<E extends DomainEvent> {
  readonly context: string;
  /** Of the samples of every version that was ever written. */
  readonly golden: URL;
  readonly codec: EventCodec<E>;
  /** Of each type, the version that is written today. */
  readonly versions: { readonly [type: string]: number };
}

/**
 * What holds for the stored events of every context: a sample of each version that was ever written, kept as it was; read as
 * what it says today; refused with any field missing, and from a later release; written and read back the same.
 */
export const storedEventsOf = <E extends DomainEvent>({ context, golden, codec, versions }: StoredEvents<E>): void => {
  const files = goldenFiles(golden);
  const current = files.filter(({ type, schemaVersion }) => schemaVersion === versions[type]);

  describe(`Every version of an event that ${context} ever stored`, () => {
    it('has a file of its own, down to the first', () => {
      expect(missingGoldenFiles(golden, versions)).toEqual([]);
      for (const { file, type, schemaVersion } of files) {
        expect(file.startsWith(`${type}.v${schemaVersion}.`), file).toBe(true);
        expect(versions, file).toHaveProperty(type);
      }
    });

    it('stays as it was written', () => expect(goldenFaults(golden)).toEqual([]));

    it.each(files)('is still read: $file', ({ type, schemaVersion, data }) =>
      expect(codec.decode({ type, schemaVersion, data })?.type).toBe(type),
    );

    it.each(current)('is read as what it says: $file', ({ file, type, schemaVersion, data }) =>
      expectEqual(codec.decode({ type, schemaVersion, data }), { type, data }, `${file} is read as something else`),
    );

    it.each(current)('is refused with any field missing: $file', ({ type, schemaVersion, data }) => {
      for (const damaged of incomplete(data))
        expect(() => codec.decode({ type, schemaVersion, data: damaged as JsonObject }), JSON.stringify(damaged)).toThrow('malformed');
    });

    it.each(files)('is refused from a later release: $file', ({ type, data }) => {
      expect(() => codec.decode({ type, schemaVersion: (versions[type] ?? 0) + 1, data })).toThrow('this release knows');
    });

    it.each(current)('is written as it is read: $file', ({ file, type, schemaVersion, data }) => {
      const event = codec.decode({ type, schemaVersion, data });
      if (event === undefined) return expect.unreachable(file);
      expectEqual(codec.encode(event), { type, schemaVersion, data }, `${file} is written as something else`);
    });
  });
};
