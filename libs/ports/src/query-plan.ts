import type { Collection, JsonObject } from '@conference/kernel';
import { absent, decodeCursorKeys, encodeCursorKeys, fingerprintOf, type IndexKey } from './cursor.ts';
import type { Query } from './read-model-store.ts';

/** A query after validation: what is fixed, what orders the answer (then the id), and where to go on. The same for every engine. */
export interface QueryPlan {
  /** The fields of the index, in order: those of `equals`, then those of `orderedBy`. */
  readonly fields: readonly string[];
  readonly equals: readonly { readonly field: string; readonly value: IndexKey }[];
  readonly orderedBy: readonly string[];
  readonly atMost: IndexKey | undefined;
  readonly descending: boolean;
  readonly limit: number;
  /** The fields of `orderedBy` and the id of the last document of the page before. */
  readonly after: readonly IndexKey[] | undefined;
  readonly fingerprint: string;
}

const namePattern = /^[a-z0-9-]+$/;
const fieldPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const indexPattern = /^[A-Za-z0-9-]+$/;

const validated = (what: string, text: string, pattern: RegExp): string => {
  if (!pattern.test(text)) throw new TypeError(`not a valid ${what}: ${JSON.stringify(text)}`);
  return text;
};

/** `<name>.v<version>`. Names are in `[a-z0-9-]`, so the dots keep two collections apart and nothing needs an escape; throws `TypeError` otherwise. */
export const collectionNameOf = (collection: Collection<JsonObject>): string => {
  if (!Number.isSafeInteger(collection.version) || collection.version < 0) {
    throw new TypeError(`not a valid version of ${collection.name}: ${collection.version}`);
  }
  return `${validated('collection name', collection.name, namePattern)}.v${collection.version}`;
};

/** `<name>.v<version>.<build>`, under the same rule. */
export const buildNameOf = (collection: Collection<JsonObject>, build: string): string =>
  `${collectionNameOf(collection)}.${validated('build name', build, namePattern)}`;

export interface DeclaredIndex {
  /** Tells the fields, so that an index whose declaration changed is another one. */
  readonly name: string;
  readonly fields: readonly string[];
}

/** Throws `TypeError` for a name that could be more than a name. */
export const indexesOf = (collection: Collection<JsonObject>): readonly DeclaredIndex[] =>
  Object.entries(collection.indexes).map(([index, fields]) => declaredIndex(index, fields));

const declaredIndex = (index: string, fields: readonly string[]): DeclaredIndex => {
  for (const field of fields) validated('field name', field, fieldPattern);
  return { name: `${validated('index name', index, indexPattern)}(${fields.join(',')})`, fields };
};

/** `true` is 1 and `false` 0. Throws `TypeError` for what has no order. */
export const indexKeyOf = (field: string, value: unknown): IndexKey => {
  if (value === null || value === undefined) return absent;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`the field ${field} is not a scalar, and an index holds only scalars`);
};

/**
 * Throws `TypeError` for a programmer's error (an undeclared index, fields that are not its prefix, no limit) and `InvalidCursor`
 * for an `after` that is not of this query.
 */
export const planOf = (collection: Collection<JsonObject>, query: Query<JsonObject, string>): QueryPlan => {
  const declared = Object.hasOwn(collection.indexes, query.index) ? collection.indexes[query.index] : undefined;
  if (declared === undefined) throw new TypeError(`${collection.name} declares no index ${query.index}`);
  const { fields } = declaredIndex(query.index, declared);
  if (!Number.isSafeInteger(query.limit) || query.limit < 1) throw new TypeError(`not a valid limit: ${query.limit}`);
  const given = query.equals ?? {};
  const prefix = fields.slice(0, Object.keys(given).length);
  if (!prefix.every((field) => Object.hasOwn(given, field))) {
    throw new TypeError(`${Object.keys(given).join(', ')} is not a prefix of the index ${query.index} (${fields.join(', ')})`);
  }
  const orderedBy = fields.slice(prefix.length);
  if (query.atMost !== undefined && orderedBy.length === 0) throw new TypeError(`no field of ${query.index} is left for atMost`);
  const equals = prefix.map((field) => ({ field, value: indexKeyOf(field, given[field]) }));
  const descending = query.order === 'descending';
  const fixed = equals.map(({ field, value }) => [field, value]);
  // Ties a cursor to its query: the position in one answer means nothing in another.
  const fingerprint = fingerprintOf([collection.name, collection.version, query.index, descending, fixed]);
  const after = query.after === undefined ? undefined : decodeCursorKeys(query.after, fingerprint, orderedBy.length + 1);
  return { fields, equals, orderedBy, atMost: query.atMost, descending, limit: query.limit, after, fingerprint };
};

/** What orders a document in the answer of a plan: unique, for the id is the last. */
export const orderKeysOf = (plan: QueryPlan, { id, document }: Identified): readonly IndexKey[] => [
  ...plan.orderedBy.map((field) => indexKeyOf(field, document[field])),
  id,
];

interface Identified {
  readonly id: string;
  readonly document: JsonObject;
}

/** `read` is in the order of the plan and, where there are more, longer than its limit. */
export const pageOf = <Item extends Identified>(
  plan: QueryPlan,
  read: readonly Item[],
): { readonly items: readonly Item[]; readonly next: string | null } => {
  const items = read.slice(0, plan.limit);
  const last = items.at(-1);
  const more = read.length > items.length && last !== undefined;
  return { items, next: more ? encodeCursorKeys(plan.fingerprint, orderKeysOf(plan, last)) : null };
};
