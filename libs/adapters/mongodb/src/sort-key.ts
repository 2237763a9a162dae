import type { JsonObject } from '@conference/kernel';
import { absent, type IndexKey, indexKeyOf, type QueryPlan } from '@conference/ports';

/**
 * One text per document and index that sorts as the fields of the index and then the id do. The server compares texts byte by byte, so
 * a page is one range of one index, whatever types the fields have; comparisons of fields would be bracketed by type and leave out
 * what is null.
 */
const tagAbsent = '0';
const tagNumber = '1';
const tagText = '2';
const afterEveryTag = '3';

const signBit = 1n << 63n;
const allBits = (1n << 64n) - 1n;

/** The bits of a double in the order of the numbers. */
const numberText = (value: number): string => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigUint64(0);
  return ((bits & signBit) === 0n ? bits | signBit : ~bits & allBits).toString(16).padStart(16, '0');
};

/** The two lowest characters are written as two, so that the end of a text comes before all that a longer one goes on with. */
const terminated = (text: string): string => `${text.replaceAll('\u0001', '\u0001y').replaceAll('\u0000', '\u0001x')}\u0001`;

const part = (key: IndexKey): string => {
  if (key === absent) return tagAbsent;
  return typeof key === 'number' ? tagNumber + numberText(key) : tagText + terminated(key);
};

const textOf = (keys: readonly IndexKey[]): string => keys.map(part).join('');

/** Where the text of an index lies in a document: it depends on the fields alone. */
export const keyPathOf = (fields: readonly string[]): string => `keys.${keyNameOf(fields)}`;
export const keyNameOf = (fields: readonly string[]): string => fields.join(',');

export const sortKeyOf = (fields: readonly string[], id: string, document: JsonObject): string =>
  textOf([...fields.map((field) => indexKeyOf(field, document[field])), id]);

export interface KeyRange {
  readonly $gte: string;
  readonly $lte: string;
  readonly $gt?: string;
  readonly $lt?: string;
}

/** What a plan reads. No document lies on its outer bounds. */
export const rangeOf = ({ equals, atMost, after, descending }: QueryPlan): KeyRange => {
  const prefix = textOf(equals.map(({ value }) => value));
  return {
    $gte: atMost === undefined ? prefix : prefix + tagNumber,
    $lte: (atMost === undefined ? prefix : prefix + part(atMost)) + afterEveryTag,
    ...(after === undefined ? {} : { [descending ? '$lt' : '$gt']: prefix + textOf(after) }),
  };
};
