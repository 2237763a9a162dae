import { type DomainEvent, type JsonObject, streamName } from '@conference/kernel';
import { type EventCatalog, eventCodec } from '@conference/runtime';
import { describe, expect, it } from 'vitest';
import { damaged, extended } from './altered-json.ts';
import { expectEqual } from './equality.ts';
import { goldenFaults, goldenFiles, missingGoldenFiles } from './golden-files.ts';
import { fieldsOf } from './schema-fields.ts';

/** How one type of message is read, and what it looks like. */
export interface PublishedType {
  readonly version: number;
  readonly parse: (data: JsonObject) => JsonObject;
  /** Of the version that is sent now. */
  readonly jsonSchema: unknown;
}

/** All that a context says to others. */
export interface PublishedMessages {
  /** `registration`; its topics begin with it. */
  readonly context: string;
  /** Of the samples of every version that was ever sent. */
  readonly golden: URL;
  readonly types: { readonly [type: string]: PublishedType };
  readonly topics: { readonly [name: string]: { readonly name: string; readonly categories: readonly string[]; readonly key: string } };
  /** The streams that are published. */
  readonly categories: readonly string[];
  /** The messages that carry personal data, and the one field of each that holds it. */
  readonly personalData: { readonly [type: string]: string };
}

const personalFields = ['firstName', 'lastName', 'email'];
const secretFields = /access.?code|token|secret|password/i;

/** Type by type: what a consumer accepts, and what it refuses so that it is parked and seen. */
const reading = ({ golden, types }: PublishedMessages): void => {
  const files = goldenFiles(golden);
  const current = files.filter(({ type, schemaVersion }) => schemaVersion === types[type]?.version);
  const codec = eventCodec<DomainEvent>(types satisfies EventCatalog<DomainEvent>);

  it.each(current)('accepts $file and loses nothing of it', ({ file, data, ...stored }) =>
    expectEqual(codec.decode({ ...stored, data })?.data, data, `${file} is read as something else`),
  );

  it.each(current)('refuses $file with any field missing or of another type', ({ data, ...stored }) => {
    for (const bad of damaged(data))
      expect(() => codec.decode({ ...stored, data: bad as JsonObject }), JSON.stringify(bad)).toThrow('malformed');
  });

  it.each(current)('reads $file of a later minor change: what it does not know is dropped, at any depth', ({ file, data, ...stored }) => {
    for (const more of extended(data))
      expectEqual(codec.decode({ ...stored, data: more as JsonObject })?.data, data, `${file} with more is read as something else`);
  });

  it.each(files)('refuses $file from a later release', ({ type, data }) => {
    const schemaVersion = (types[type]?.version ?? 0) + 1;
    expect(() => codec.decode({ type, schemaVersion, data })).toThrow('this release knows');
  });
};

/**
 * What holds for the published messages of every context: a sample of each version that was ever sent, kept as it was; read
 * tolerantly and refused when damaged; no access code and no token in any of them, personal data only where it is declared,
 * in an object of its own; each published stream goes to exactly one topic.
 */
export const publishedMessages = (messages: PublishedMessages): void => {
  const { context, golden, types, topics, categories, personalData } = messages;
  const catalogue = Object.entries(types);

  describe(`The published messages of ${context}`, () => {
    it('has an example of every version of every message', () => {
      expect(missingGoldenFiles(golden, Object.fromEntries(catalogue.map(([type, { version }]) => [type, version])))).toEqual([]);
      for (const { file, type, schemaVersion } of goldenFiles(golden)) {
        expect(file.startsWith(`${type}.v${schemaVersion}.`), file).toBe(true);
        expect(types, file).toHaveProperty(type);
      }
    });

    it('keeps its examples as they were', () => expect(goldenFaults(golden)).toEqual([]));

    reading(messages);

    it.each(catalogue)('lets no access code and no token out in %s', (_, { jsonSchema }) =>
      expect(fieldsOf(jsonSchema).filter(([, field]) => secretFields.test(field))).toEqual([]),
    );

    it('carries personal data where it is declared, each in an object of its own, and nowhere else', () => {
      const carriers = catalogue
        .map(([type, { jsonSchema }]) => [type, fieldsOf(jsonSchema).filter(([, field]) => personalFields.includes(field))] as const)
        .filter(([, found]) => found.length > 0);
      const declared = Object.entries(personalData).map(([type, holder]) => [type, personalFields.map((field) => [holder, field])]);
      expect(Object.fromEntries(carriers)).toEqual(Object.fromEntries(declared));
    });

    it('sends every published stream to exactly one topic', () => {
      expect(
        Object.values(topics)
          .flatMap((topic) => topic.categories)
          .toSorted(),
      ).toEqual(categories.toSorted());
      for (const { name } of Object.values(topics)) expect(name).toMatch(new RegExp(`^${context}\\.[a-z]+\\.v[1-9]\\d*$`));
      for (const category of categories) expect(streamName(category, 'id')).toMatch(/^[A-Za-z]+-id$/);
    });

    it('marks the place of what is not published without a word', () => expect(types['NotPublished']?.parse({ more: 1 })).toEqual({}));
  });
};
