import { z } from 'zod';

/** One field of a shape, with its place in it: `items[].quantity`. */
export type FieldRow = { readonly field: string; readonly type: string; readonly limits: string; readonly meaning: string };

const typeName = z.enum(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']);
/** Several types of one value are alternatives. */
const severalTypes = z.looseObject({ type: z.array(typeName) });

/** The part of JSON Schema that our shapes use; anything else is an error of the generator, never a silent blank. */
const node = z.strictObject({
  $schema: z.string().optional(),
  type: typeName.optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  propertyNames: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  description: z.string().optional(),
});
type Node = z.infer<typeof node>;

const read = (of: unknown): Node => {
  const several = severalTypes.safeParse(of);
  if (!several.success) return node.parse(of);
  const { type: types, ...shape } = several.data;
  return node.parse({ ...shape, anyOf: types.map((type) => ({ type })) });
};

const isNull = (of: unknown): boolean => read(of).type === 'null';
/** `null` beside something else is told by the type, not as an alternative. */
const withoutNull = (of: Node): { readonly shape: Node; readonly isNullable: boolean } => {
  const others = of.anyOf?.filter((one) => !isNull(one)) ?? [];
  const [only] = others;
  if (others.length !== 1 || only === undefined) return { shape: of, isNullable: false };
  return { shape: { ...read(only), description: of.description ?? read(only).description }, isNullable: true };
};

const typeOf = ({ type, format, anyOf, enum: values, items, additionalProperties }: Node): string => {
  if (format === 'date-time') return 'instant';
  if (format !== undefined) return format;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(' or ');
  if (anyOf !== undefined) return anyOf.map((one) => typeOf(read(one))).join(' or ');
  if (type === 'array') return items === undefined ? 'list' : `list of ${typeOf(read(items))}`;
  if (type === 'object' && additionalProperties !== undefined && additionalProperties !== false) return 'map';
  return type ?? 'anything';
};

const isUnlimited = (limit: number): boolean => Math.abs(limit) >= Number.MAX_SAFE_INTEGER;
const numberLimits = ({ minimum, exclusiveMinimum, maximum }: Node): readonly string[] => [
  ...(minimum === undefined || isUnlimited(minimum) ? [] : [`≥ ${minimum}`]),
  ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
  ...(maximum === undefined || isUnlimited(maximum) ? [] : [`≤ ${maximum}`]),
];
const sizeLimits = (min: number | undefined, max: number | undefined, unit: string): readonly string[] => {
  if (max !== undefined) return [min === undefined ? `≤ ${max} ${unit}` : `${min} to ${max} ${unit}`];
  return min === undefined ? [] : [`≥ ${min} ${unit}`];
};
const limitsOf = (of: Node): string =>
  [
    ...numberLimits(of),
    ...sizeLimits(of.minLength, of.maxLength, 'characters'),
    ...sizeLimits(of.minItems, of.maxItems, 'entries'),
    ...(of.pattern === undefined || of.format !== undefined ? [] : [`\`${of.pattern}\``]),
  ].join(', ');

const rowsBelow = (path: string, of: Node): readonly FieldRow[] => {
  if (of.type === 'array' && of.items !== undefined) return rowsBelow(`${path}[]`, withoutNull(read(of.items)).shape);
  return Object.entries(of.properties ?? {}).flatMap(([name, inner]) =>
    rowsAt(path === '' ? name : `${path}.${name}`, read(inner), of.required?.includes(name) ?? false),
  );
};

const rowsAt = (field: string, of: Node, isRequired: boolean): readonly FieldRow[] => {
  const { shape, isNullable } = withoutNull(of);
  const type = `${typeOf(shape)}${isNullable ? ' or null' : ''}${isRequired ? '' : ', optional'}`;
  return [{ field, type, limits: limitsOf(shape), meaning: shape.description ?? '' }, ...rowsBelow(field, shape)];
};

/** The fields of a shape, each before those that it holds, in their order. */
export const fieldRows = (schema: z.ZodType): readonly FieldRow[] => rowsBelow('', read(z.toJSONSchema(schema)));

export const descriptionOf = (schema: z.ZodType): string => read(z.toJSONSchema(schema)).description ?? '';
