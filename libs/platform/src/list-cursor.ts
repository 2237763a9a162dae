import { hash } from 'node:crypto';
import { InvalidCursor } from '@conference/ports';

const format = 1;

/** Ties a cursor to its list: a place in one means nothing in another. */
const tagOf = (list: string): string => hash('sha256', list, 'base64url').slice(0, 12);

/**
 * The `next` of a list whose entries are numbered for ever, like the events of a stream or what one document holds in order.
 * `list` names the list and its resource (`history/<id>`). Opaque to clients, and stable while entries are added.
 */
export const cursorOf = (list: string, entry: number): string =>
  Buffer.from(JSON.stringify([format, tagOf(list), entry])).toString('base64url');

const decoded = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
};

/**
 * The number of the last entry that was seen; -1 without a cursor. Throws {@link InvalidCursor} (answered with 400) for a
 * cursor of another list and for whatever else is none of ours.
 */
export const entryAfter = (list: string, cursor: string | undefined): number => {
  if (cursor === undefined) return -1;
  const content = decoded(cursor);
  const entry: unknown = Array.isArray(content) ? content[2] : undefined;
  // Made again and compared: so there is one spelling, and nothing beside the three members.
  if (typeof entry === 'number' && Number.isSafeInteger(entry) && entry >= 0 && cursorOf(list, entry) === cursor) return entry;
  throw new InvalidCursor('not a cursor of this list');
};

/** A page of such a list. `found` is one entry more than `limit` where there is one: so it is known whether more come. */
export const numberedPage = <Entry>(
  list: string,
  limit: number,
  found: readonly Entry[],
  numberOf: (entry: Entry) => number,
): { readonly items: readonly Entry[]; readonly next: string | null } => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(list, numberOf(last)) : null };
};
