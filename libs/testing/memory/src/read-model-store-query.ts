import type { Collection, JsonObject } from '@conference/kernel';
import { absent, type IndexKey, indexKeyOf, orderKeysOf, pageOf, planOf, type Query } from '@conference/ports';

export interface Candidate {
  readonly id: string;
  readonly document: JsonObject;
}
interface Entry<Item extends Candidate> {
  readonly item: Item;
  /** The fields that order the answer, then the id. */
  readonly keys: readonly IndexKey[];
}

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

export const findIn = <Item extends Candidate>(
  candidates: Iterable<Item>,
  collection: Collection<JsonObject>,
  query: Query<JsonObject, string>,
): { readonly items: readonly Item[]; readonly next: string | null } => {
  const plan = planOf(collection, query);
  const sign = plan.descending ? -1 : 1;
  const entries: Entry<Item>[] = [];
  for (const item of candidates) {
    if (!plan.equals.every(({ field, value }) => indexKeyOf(field, item.document[field]) === value)) continue;
    const keys = orderKeysOf(plan, item);
    if (plan.atMost !== undefined && !isAtMost(keys[0], plan.atMost)) continue;
    if (plan.after !== undefined && compareRows(keys, plan.after) * sign <= 0) continue;
    entries.push({ item, keys });
  }
  entries.sort((a, b) => compareRows(a.keys, b.keys) * sign);
  return pageOf(
    plan,
    entries.map(({ item }) => item),
  );
};

const isAtMost = (key: IndexKey | undefined, limit: IndexKey): boolean =>
  key !== undefined && key !== absent && compareKeys(key, limit) <= 0;
