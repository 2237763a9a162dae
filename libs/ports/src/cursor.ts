import { InvalidCursor } from './read-model-store.ts';

/** A field of an index as engines compare it: minus infinity stands for null and for "not there", and comes first. */
export type IndexKey = string | number;
/** JSON has no infinity, so no document holds this one. */
export const absent = Number.NEGATIVE_INFINITY;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The text must be well-formed, as all that `JSON.stringify` writes is. */
const utf8Of = (text: string): readonly number[] => {
  const bytes: number[] = [];
  const escaped = encodeURIComponent(text);
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] !== '%') bytes.push(escaped.charCodeAt(i));
    else {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
      i += 2;
    }
  }
  return bytes;
};

const textOf = (bytes: readonly number[]): string =>
  decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));

/** Turns groups of `from` bits into groups of `to` bits. */
const regroup = (groups: readonly number[], from: number, to: number, pad: boolean): readonly number[] => {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const group of groups) {
    held = (held << from) | group;
    bits += from;
    while (bits >= to) {
      bits -= to;
      out.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  if (pad && bits > 0) out.push(held << (to - bits));
  return out;
};

const base64urlOf = (text: string): string =>
  regroup(utf8Of(text), 8, 6, true)
    .map((index) => alphabet.charAt(index))
    .join('');

const textOfBase64url = (encoded: string): string => {
  const groups = [...encoded].map((character) => alphabet.indexOf(character));
  if (groups.includes(-1)) throw new InvalidCursor('not a cursor');
  return textOf(regroup(groups, 6, 8, false));
};

/** 64 bits of FNV-1a over the code units, twice 32 with different starts: it tells queries apart, and protects nothing. */
export const fingerprintOf = (parts: unknown): string => {
  const text = JSON.stringify(parts);
  const hashFrom = (start: number): string => {
    let hash = start;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  return `${hashFrom(0x811c9dc5)}${hashFrom(0x9747b28c)}`;
};

/** `keys` are the fields that order the answer, then the id. JSON writes minus infinity as null, which decoding turns back. */
export const encodeCursorKeys = (fingerprint: string, keys: readonly IndexKey[]): string =>
  base64urlOf(JSON.stringify([fingerprint, ...keys]));

const isCursorKey = (value: unknown): value is string | number | null =>
  value === null || typeof value === 'string' || typeof value === 'number';

/** Throws {@link InvalidCursor} for what {@link encodeCursorKeys} did not write for a query with this fingerprint and as many keys. */
export const decodeCursorKeys = (cursor: string, fingerprint: string, count: number): readonly IndexKey[] => {
  try {
    const parts: unknown = JSON.parse(textOfBase64url(cursor));
    if (!Array.isArray(parts) || parts.length !== count + 1) throw new InvalidCursor('not a cursor');
    const [of, ...keys] = parts;
    if (of !== fingerprint || !keys.every(isCursorKey)) throw new InvalidCursor('a cursor of another query');
    if (typeof keys.at(-1) !== 'string') throw new InvalidCursor('a cursor without an id');
    return keys.map((key) => key ?? absent);
  } catch (error) {
    if (error instanceof InvalidCursor) throw error;
    throw new InvalidCursor('not a cursor', { cause: error });
  }
};
