import { z } from 'zod';

// The parts of AsyncAPI 3.0.0 that our document uses, as strict as the specification's own schema has them:
// https://www.asyncapi.com/docs/reference/specification/v3.0.0

const key = z.string().regex(/^[\w\d.\-_]+$/);
const reference = (to: RegExp) => z.strictObject({ $ref: z.string().regex(to) });
const mapOf = <Value extends z.ZodType>(value: Value) => z.record(key, value);

/** JSON Schema draft-07, the superset's base; that it is one is the business of who made it. */
const schemaObject = z.looseObject({ type: z.literal('object'), $schema: z.undefined().optional() });

const messageObject = z.strictObject({
  name: z.string(),
  title: z.string(),
  summary: z.string().optional(),
  description: z.string().optional(),
  contentType: z.literal('application/json'),
  headers: reference(/^#\/components\/schemas\/[\w.-]+$/),
  payload: schemaObject,
  correlationId: reference(/^#\/components\/correlationIds\/[\w.-]+$/),
  'x-schema-version': z.int().positive(),
  examples: z.array(z.strictObject({ name: z.string(), payload: z.record(z.string(), z.unknown()) })).min(1),
});

const channelObject = z.strictObject({
  address: z.string(),
  description: z.string(),
  messages: mapOf(reference(/^#\/components\/messages\/[\w.-]+$/)),
});

const operationObject = z.strictObject({
  action: z.enum(['send', 'receive']),
  channel: reference(/^#\/channels\/[\w.-]+$/),
  summary: z.string(),
  messages: z.array(reference(/^#\/channels\/[\w.-]+\/messages\/[\w.-]+$/)).min(1),
});

/** An AsyncAPI 3.0 document, as far as ours goes. */
export const asyncApiDocument = z.strictObject({
  asyncapi: z.literal('3.0.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), url: z.url().optional() }),
  }),
  defaultContentType: z.literal('application/json'),
  channels: mapOf(channelObject),
  operations: mapOf(operationObject),
  components: z.strictObject({
    messages: mapOf(messageObject),
    schemas: mapOf(schemaObject),
    correlationIds: mapOf(
      z.strictObject({ description: z.string(), location: z.string().regex(/^\$message\.(header|payload)#(\/[^/]+)*$/) }),
    ),
  }),
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Every `$ref` of a document that points at nothing. */
export const danglingReferences = (document: unknown): readonly string[] => {
  const target = (pointer: string): unknown =>
    pointer
      .slice(2)
      .split('/')
      .reduce<unknown>((at, step) => (isObject(at) ? new Map(Object.entries(at)).get(step) : undefined), document);
  const dangling: string[] = [];
  const visit = (node: unknown): void => {
    if (!isObject(node)) return;
    for (const [name, value] of Object.entries(node)) {
      if (name === '$ref' && typeof value === 'string' && (!value.startsWith('#/') || target(value) === undefined)) dangling.push(value);
      visit(value);
    }
  };
  visit(document);
  return dangling;
};
