import type { Json, JsonObject } from '@conference/kernel';
import { z } from 'zod';
import { type Context, contexts, messagesOf, type Topic } from './contexts.ts';
import { envelope } from './envelope.ts';
import { descriptionOf } from './field-rows.ts';

/** Of this document's layout; each message has a version of its own. */
const documentVersion = '1.0.0';

const messageKey = (context: Context, type: string): string => `${context.name}.${type}`;
const toMessage = (context: Context, type: string): JsonObject => ({ $ref: `#/components/messages/${messageKey(context, type)}` });

/** As consumers read it: a field that they do not know is no error. */
const jsonSchema = (schema: z.ZodType): JsonObject => {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  return JSON.parse(JSON.stringify(shape)) as JsonObject;
};

const channel = (context: Context, topic: Topic): JsonObject => ({
  address: topic.name,
  description: `What happened in ${topic.categories.map((category) => `${category}-<id>`).join(' and ')}. Key: ${topic.keyIs}.`,
  messages: Object.fromEntries(messagesOf(context, topic).map((type) => [type, toMessage(context, type)])),
});

const operation = (action: 'send' | 'receive', context: Context, topic: Topic, summary: string): JsonObject => ({
  action,
  channel: { $ref: `#/channels/${topic.name}` },
  summary,
  messages: messagesOf(context, topic).map((type) => ({ $ref: `#/channels/${topic.name}/messages/${type}` })),
});

const operations = (context: Context, topic: Topic): readonly (readonly [string, JsonObject])[] => [
  [`${context.name}.sends.${topic.name}`, operation('send', context, topic, `${context.name} tells what happened.`)],
  ...topic.consumers.map(
    (consumer) =>
      [`${consumer}.receives.${topic.name}`, operation('receive', context, topic, `${consumer} imports it into its own store.`)] as const,
  ),
];

const examplesOf = (context: Context, type: string, version: number): readonly JsonObject[] =>
  context.samples
    .filter((sample) => sample.type === type && sample.schemaVersion === version)
    .map(({ file, data }) => ({ name: file.replace(/\.json$/, ''), payload: data }));

const message = (context: Context, type: string): JsonObject => {
  const described = context.messages[type];
  if (described === undefined) throw new Error(`${context.name} has no message ${type}`);
  const { description, ...payload } = jsonSchema(described.schema);
  return {
    name: messageKey(context, type),
    title: type,
    ...(typeof description === 'string' ? { description } : {}),
    contentType: 'application/json',
    headers: { $ref: '#/components/schemas/envelope' },
    payload,
    correlationId: { $ref: '#/components/correlationIds/conversation' },
    'x-schema-version': described.version,
    examples: examplesOf(context, type, described.version),
  };
};

const info: Json = {
  title: 'Messages between the contexts of the conference management system',
  version: documentVersion,
  description:
    'Every event of a published stream yields exactly one message. A message is its envelope, described as its headers, and its data, described as its payload; an engine without headers keeps both in one JSON object, with the data in its field `data`. Delivered at least once, in order per subject: a repeat has the same `messageId` and `sequence`. No order is kept between two topics.',
  license: { name: 'MIT' },
};

/** The contracts as an AsyncAPI 3.0 document; what it says follows from the schemas and publications alone. */
export const asyncApi = (): JsonObject => {
  const everyTopic = contexts.flatMap((context) => context.topics.map((topic) => ({ context, topic })));
  const everyMessage = contexts.flatMap((context) =>
    Object.keys(context.messages)
      .filter((type) => context.topics.some((topic) => messagesOf(context, topic).includes(type)))
      .map((type) => ({ context, type })),
  );
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    channels: Object.fromEntries(everyTopic.map(({ context, topic }) => [topic.name, channel(context, topic)])),
    operations: Object.fromEntries(everyTopic.flatMap(({ context, topic }) => operations(context, topic))),
    components: {
      messages: Object.fromEntries(everyMessage.map(({ context, type }) => [messageKey(context, type), message(context, type)])),
      schemas: { envelope: jsonSchema(envelope) },
      correlationIds: {
        conversation: {
          description: descriptionOf(envelope.shape.metadata.shape.correlationId),
          location: '$message.header#/metadata/correlationId',
        },
      },
    },
  };
};
