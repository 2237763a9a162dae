import type { Collection, JsonObject } from '@conference/kernel';
import { InvalidCursor, type Query } from '@conference/ports';

/** A field of an index: minus infinity stands for null and for "not there", and sorts first, as null does in the engines. */
type IndexKey = string | number;
const absent = Number.NEGATIVE_INFINITY;

export interface Candidate {
  readonly id: string;
  readonly document: JsonObject;
}
interface Entry<Item extends Candidate> {
  readonly item: Item;
  /** The fields that order the answer, then the id. */
  readonly keys: readonly IndexKey[];
}

const keyOf = (field: string, value: unknown): IndexKey => {
  if (value === null || value === undefined) return absent;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`the field ${field} is not a scalar, and an index holds only scalars`);
};

/** Numbers before strings, and strings by code point: as SQLite and MongoDB do, and `<` in JavaScript does not. */
const compareKeys = (a: IndexKey, b: IndexKey): number => {
  if (typeof a === 'number') {
    if (typeof b === 'string' || a < b) return -1;
    return a > b ? 1 : 0;
  }
  return typeof b === 'number' ? 1 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
};

const compareRows = (a: readonly IndexKey[], b: readonly IndexKey[]): number => {
  for (const [i, key] of a.entries()) {
    const order = compareKeys(key, b[i] ?? absent);
    if (order !== 0) return order;
  }
  return 0;
};

/** Throws `TypeError` where the engines would: an undeclared index, fields that are not its prefix, no limit. */
const fieldsOf = (
  collection: Collection<JsonObject>,
  query: Query<JsonObject, string>,
): readonly [readonly string[], readonly string[]] => {
  const fields = Object.hasOwn(collection.indexes, query.index) ? collection.indexes[query.index] : undefined;
  if (fields === undefined) throw new TypeError(`${collection.name} declares no index ${query.index}`);
  if (!Number.isSafeInteger(query.limit) || query.limit < 1) throw new TypeError(`not a valid limit: ${query.limit}`);
  const given = Object.keys(query.equals ?? {});
  const prefix = fields.slice(0, given.length);
  if (!prefix.every((field) => given.includes(field))) {
    throw new TypeError(`${given.join(', ')} is not a prefix of the index ${query.index} (${fields.join(', ')})`);
  }
  const rest = fields.slice(given.length);
  if (query.atMost !== undefined && rest.length === 0) throw new TypeError(`no field of ${query.index} is left for atMost`);
  return [prefix, rest];
};

export const findIn = <Item extends Candidate>(
  candidates: Iterable<Item>,
  collection: Collection<JsonObject>,
  query: Query<JsonObject, string>,
): { readonly items: readonly Item[]; readonly next: string | null } => {
  const [prefix, orderedBy] = fieldsOf(collection, query);
  const fixed = prefix.map((field) => [field, keyOf(field, query.equals?.[field])] as const);
  const sign = query.order === 'descending' ? -1 : 1;
  const identity = JSON.stringify([collection.name, collection.version, query.index, sign, fixed.map(([, value]) => value)]);
  const after = query.after === undefined ? undefined : decodeCursor(query.after, identity, orderedBy.length);
  const entries: Entry<Item>[] = [];
  for (const item of candidates) {
    if (!fixed.every(([field, value]) => keyOf(field, item.document[field]) === value)) continue;
    const keys = [...orderedBy.map((field) => keyOf(field, item.document[field])), item.id];
    if (query.atMost !== undefined && !isAtMost(keys[0], query.atMost)) continue;
    if (after !== undefined && compareRows(keys, after) * sign <= 0) continue;
    entries.push({ item, keys });
  }
  entries.sort((a, b) => compareRows(a.keys, b.keys) * sign);
  const page = entries.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    next: entries.length > page.length && last !== undefined ? encodeCursor(identity, last.keys) : null,
  };
};

const isAtMost = (key: IndexKey | undefined, limit: IndexKey): boolean =>
  key !== undefined && key !== absent && compareKeys(key, limit) <= 0;

/** JSON writes minus infinity as null. */
const encodeCursor = (identity: string, keys: readonly IndexKey[]): string =>
  Buffer.from(JSON.stringify([identity, ...keys]), 'utf8').toString('base64url');

const isCursorKey = (value: unknown): value is string | number | null =>
  value === null || typeof value === 'string' || typeof value === 'number';

const decodeCursor = (cursor: string, identity: string, ordered: number): readonly IndexKey[] => {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw new InvalidCursor('not a cursor', { cause: error });
  }
  if (!Array.isArray(parts) || parts.length !== ordered + 2) throw new InvalidCursor('not a cursor');
  const [of, ...keys] = parts;
  if (of !== identity || !keys.every(isCursorKey) || typeof keys.at(-1) !== 'string') throw new InvalidCursor('a cursor of another query');
  return keys.map((key) => key ?? absent);
};
