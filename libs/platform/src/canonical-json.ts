import { hash } from 'node:crypto';

/**
 * One text for equal values: members sorted by their names (by UTF-16 units, as RFC 8785 §3.2.3), no white space.
 * `undefined` stands for "no body".
 */
export const canonicalJson = (value: unknown): string => {
  if (value === undefined) return '';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as { readonly [name: string]: unknown });
};

const canonicalArray = (items: readonly unknown[]): string => `[${items.map((item) => canonicalJson(item ?? null)).join(',')}]`;

const canonicalObject = (value: { readonly [name: string]: unknown }): string => {
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
};

/** sha256 of the canonical body: two requests with one hash ask for the same. */
export const requestHashOf = (body: unknown): string => hash('sha256', canonicalJson(body), 'hex');
