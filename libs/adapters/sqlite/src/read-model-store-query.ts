import type { Collection, JsonObject } from '@conference/kernel';
import { buildNameOf, type IndexKey, indexesOf, type QueryPlan } from '@conference/ports';

/** What stands for null and for "not there" in SQL: `absent`, before every number and text. */
const absentLiteral = '-9e999';

export const tableOf = (collection: Collection<JsonObject>, build: string): string => `documents.${buildNameOf(collection, build)}`;

/** The query and the index have to say the same, or SQLite does not use the index. Fields are validated where they come from. */
const expressionOf = (field: string): string => `ifnull(json_extract(body, '$.${field}'), ${absentLiteral})`;

export interface IndexStatement {
  readonly name: string;
  readonly create: string;
}

export const indexStatements = (collection: Collection<JsonObject>, table: string): readonly IndexStatement[] =>
  indexesOf(collection).map((index) => {
    const name = `${table}:${index.name}`;
    const columns = [...index.fields.map(expressionOf), 'id'].join(', ');
    return { name, create: `CREATE INDEX IF NOT EXISTS "${name}" ON "${table}" (${columns}) WHERE body IS NOT NULL` };
  });

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
