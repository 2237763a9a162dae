import type { Json, JsonObject } from '@conference/kernel';

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Copies of `value` with one part of it altered, once for every place that `alter` has something to say about. */
const alteredAnywhere = (value: Json, alter: (part: Json) => readonly Json[]): readonly Json[] => {
  const here = alter(value);
  if (Array.isArray(value))
    return [...here, ...value.flatMap((item: Json, index) => alteredAnywhere(item, alter).map((other) => value.with(index, other)))];
  if (!isObject(value)) return here;
  const deeper = Object.entries(value).flatMap(([key, field]) =>
    alteredAnywhere(field, alter).map((other): Json => ({ ...value, [key]: other })),
  );
  return [...here, ...deeper];
};

const withoutOneField = (part: Json): readonly Json[] =>
  isObject(part) ? Object.keys(part).map((key) => Object.fromEntries(Object.entries(part).filter(([other]) => other !== key))) : [];

const ofAnotherType = (part: Json): readonly Json[] => {
  if (Array.isArray(part)) return ['wrong'];
  if (isObject(part)) return [];
  if (typeof part === 'string') return [7];
  if (typeof part === 'number') return [0.5];
  return [part === null ? true : 'wrong'];
};

/** Every copy of `value` in which one field is missing, at any depth. */
export const incomplete = (value: Json): readonly Json[] => alteredAnywhere(value, withoutOneField);

/** Every copy of `value` in which one field is missing, or one leaf or list is of another type, at any depth. */
export const damaged = (value: Json): readonly Json[] =>
  alteredAnywhere(value, (part) => [...withoutOneField(part), ...ofAnotherType(part)]);

/** Every copy of `value` in which one object has a field that nobody knows, at any depth. */
export const extended = (value: Json): readonly Json[] =>
  alteredAnywhere(value, (part) => (isObject(part) ? [{ ...part, addedLater: 'unknown' }] : []));
