import * as z from 'zod';

type Schema = { readonly [keyword: string]: unknown };
const schema = z.record(z.string(), z.unknown());
const media = z.record(z.string(), z.object({ schema }));
const parameter = z.object({ name: z.string(), in: z.string(), schema });
const operation = z.object({ parameters: z.array(parameter).default([]), requestBody: z.object({ content: media }).optional() });
const documented = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

const schemasOf = (value: unknown): readonly Schema[] => z.array(schema).safeParse(value).data ?? [];
const membersOf = (value: unknown): readonly (readonly [string, Schema])[] =>
  Object.entries(z.record(z.string(), schema).safeParse(value).data ?? {});

const isLimitedText = ({ maxLength, format, pattern }: Schema): boolean =>
  maxLength !== undefined ||
  format === 'uuid' ||
  format === 'date' ||
  (typeof pattern === 'string' && /^\^.*\$$/.test(pattern) && !/[*+]|\{\d+,\}/.test(pattern));

const isLimitedNumber = ({ minimum, maximum }: Schema): boolean =>
  typeof minimum === 'number' && typeof maximum === 'number' && Math.abs(maximum) < Number.MAX_SAFE_INTEGER;

const isLimited = (field: Schema): boolean => {
  if (field.const !== undefined || field.enum !== undefined) return true;
  switch (field.type) {
    case 'string':
      return isLimitedText(field);
    case 'integer':
    case 'number':
      return isLimitedNumber(field);
    case 'array':
      return field.maxItems !== undefined;
    case 'object':
      return field.additionalProperties === false;
    case 'boolean':
    case 'null':
      return true;
    default:
      return false;
  }
};

/** JSON pointers of the fields below one that may be as large as a body may be. */
const unlimitedIn = (field: Schema, pointer: string): readonly string[] => {
  const alternatives = [...schemasOf(field.anyOf), ...schemasOf(field.oneOf)];
  if (alternatives.length > 0) return alternatives.flatMap((alternative) => unlimitedIn(alternative, pointer));
  const inner = [
    ...membersOf(field.properties).flatMap(([name, member]) => unlimitedIn(member, `${pointer}/${name}`)),
    ...schemasOf([field.items].filter((items) => items !== undefined)).flatMap((items) => unlimitedIn(items, `${pointer}/0`)),
  ];
  return isLimited(field) ? inner : [pointer, ...inner];
};

/**
 * The fields of bodies, queries and paths that have no limit of their own, from a service's `/openapi.json`:
 * `POST /v1/orders #/items`. Empty when every field has one, as all of ours must.
 */
export const unlimitedFields = (document: unknown): readonly string[] =>
  Object.entries(documented.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters, requestBody }]) => {
      const places = [
        ...parameters.filter((one) => one.in !== 'header').flatMap((one) => unlimitedIn(one.schema, `${one.in} ${one.name}`)),
        ...Object.values(requestBody?.content ?? {}).flatMap((body) => unlimitedIn(body.schema, '#')),
      ];
      return places.map((place) => `${method.toUpperCase()} ${path} ${place}`);
    }),
  );
