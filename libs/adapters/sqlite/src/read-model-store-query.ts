import { createHash } from 'node:crypto';
import type { Collection, JsonObject } from '@conference/kernel';
import { InvalidCursor, type Query } from '@conference/ports';

/** What a field of an index is in SQL. JSON has no infinity, so minus infinity stands for null and for "not there". */
export type IndexKey = string | number;
const absent = Number.NEGATIVE_INFINITY;
const absentLiteral = '-9e999';

/** A query after validation: what is fixed, what orders the answer (then the id), and where to go on. */
export interface QueryPlan {
  readonly equals: readonly { readonly field: string; readonly value: IndexKey }[];
  readonly orderedBy: readonly string[];
  readonly atMost: IndexKey | undefined;
  readonly descending: boolean;
  readonly limit: number;
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

/** The names are in `[a-z0-9-]`, so the dots between them keep two builds apart and nothing needs an escape. */
export const tableOf = (collection: Collection<JsonObject>, build: string): string => {
  if (!Number.isSafeInteger(collection.version) || collection.version < 0) {
    throw new TypeError(`not a valid version of ${collection.name}: ${collection.version}`);
  }
  const name = validated('collection name', collection.name, namePattern);
  return `documents.${name}.v${collection.version}.${validated('build name', build, namePattern)}`;
};

/** The query and the index have to say the same, or SQLite does not use the index. */
const expressionOf = (field: string): string =>
  `ifnull(json_extract(body, '$.${validated('field name', field, fieldPattern)}'), ${absentLiteral})`;

export interface IndexStatement {
  readonly name: string;
  readonly create: string;
}

/** The name tells the fields, so that an index whose declaration changed is another one. */
export const indexStatements = (collection: Collection<JsonObject>, table: string): readonly IndexStatement[] =>
  Object.entries(collection.indexes).map(([index, fields]) => {
    const name = `${table}:${validated('index name', index, indexPattern)}(${fields.join(',')})`;
    const columns = [...fields.map(expressionOf), 'id'].join(', ');
    return { name, create: `CREATE INDEX IF NOT EXISTS "${name}" ON "${table}" (${columns}) WHERE body IS NOT NULL` };
  });

const keyOf = (field: string, value: unknown): IndexKey => {
  if (value === null || value === undefined) return absent;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`the field ${field} is not a scalar, and an index holds only scalars`);
};

export const planOf = (collection: Collection<JsonObject>, query: Query<JsonObject, string>): QueryPlan => {
  const fields = Object.hasOwn(collection.indexes, query.index) ? collection.indexes[query.index] : undefined;
  if (fields === undefined) throw new TypeError(`${collection.name} declares no index ${query.index}`);
  if (!Number.isSafeInteger(query.limit) || query.limit < 1) throw new TypeError(`not a valid limit: ${query.limit}`);
  const given = query.equals ?? {};
  const prefix = fields.slice(0, Object.keys(given).length);
  if (!prefix.every((field) => Object.hasOwn(given, field))) {
    throw new TypeError(`${Object.keys(given).join(', ')} is not a prefix of the index ${query.index} (${fields.join(', ')})`);
  }
  const orderedBy = fields.slice(prefix.length);
  if (query.atMost !== undefined && orderedBy.length === 0) throw new TypeError(`no field of ${query.index} is left for atMost`);
  const equals = prefix.map((field) => ({ field, value: keyOf(field, given[field]) }));
  const descending = query.order === 'descending';
  const fingerprint = fingerprintOf(collection, query, equals, descending);
  const after = query.after === undefined ? undefined : decodeCursor(query.after, fingerprint, orderedBy.length);
  return { equals, orderedBy, atMost: query.atMost, descending, limit: query.limit, after, fingerprint };
};

/** Ties a cursor to its query: the position in one answer means nothing in another. */
const fingerprintOf = (
  collection: Collection<JsonObject>,
  query: Query<JsonObject, string>,
  equals: QueryPlan['equals'],
  descending: boolean,
): string => {
  const parts = [collection.name, collection.version, query.index, descending, equals.map(({ field, value }) => [field, value])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
};

const isCursorKey = (value: unknown): value is string | number | null =>
  value === null || typeof value === 'string' || typeof value === 'number';

const decodeCursor = (cursor: string, fingerprint: string, ordered: number): readonly IndexKey[] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== ordered + 2) throw new InvalidCursor('not a cursor');
    const [of, ...keys] = parts;
    if (of !== fingerprint || !keys.every(isCursorKey)) throw new InvalidCursor('a cursor of another query');
    if (typeof keys.at(-1) !== 'string') throw new InvalidCursor('a cursor without an id');
    return keys.map((key) => key ?? absent);
  } catch (error) {
    if (error instanceof InvalidCursor) throw error;
    throw new InvalidCursor('not a cursor', { cause: error });
  }
};

/** JSON writes minus infinity as null, which {@link decodeCursor} turns back. */
export const encodeCursor = (plan: QueryPlan, document: JsonObject, id: string): string => {
  const keys = plan.orderedBy.map((field) => keyOf(field, document[field]));
  return Buffer.from(JSON.stringify([plan.fingerprint, ...keys, id]), 'utf8').toString('base64url');
};

export interface FindStatement {
  readonly sql: string;
  readonly values: readonly IndexKey[];
}

/** One more than the limit is read, to know whether there is a next page. Only validated names get into the text. */
export const findStatement = (table: string, plan: QueryPlan): FindStatement => {
  const terms = ['body IS NOT NULL', ...plan.equals.map(({ field }) => `${expressionOf(field)} = ?`)];
  const values: IndexKey[] = plan.equals.map(({ value }) => value);
  const columns = [...plan.orderedBy.map(expressionOf), 'id'];
  const [first] = plan.orderedBy;
  if (plan.atMost !== undefined && first !== undefined) {
    terms.push(`${expressionOf(first)} <= ?`, `${expressionOf(first)} > ${absentLiteral}`);
    values.push(plan.atMost);
  }
  if (plan.after !== undefined) {
    // SQLite seeks in an index of expressions by a single comparison only, not by one of rows: so both.
    const [start] = plan.after;
    if (first !== undefined && start !== undefined) {
      terms.push(`${expressionOf(first)} ${plan.descending ? '<=' : '>='} ?`);
      values.push(start);
    }
    terms.push(`(${columns.join(', ')}) ${plan.descending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`);
    values.push(...plan.after);
  }
  const direction = plan.descending ? 'DESC' : 'ASC';
  const sql = `SELECT id, position, version, body FROM "${table}" WHERE ${terms.join(' AND ')}
    ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`;
  return { sql, values: [...values, plan.limit + 1] };
};
