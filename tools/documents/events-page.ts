import { type Context, contexts, type DescribedType, messagesOf, type Topic } from './contexts.ts';
import { envelope } from './envelope.ts';
import { descriptionOf, fieldRows } from './field-rows.ts';
import { code, codes, generatedNote, table } from './markdown.ts';
import { runtimeStreams } from './runtime-events.ts';

const fields = (of: DescribedType['schema']): readonly string[] =>
  table(
    ['field', 'type', 'limits', 'meaning'],
    fieldRows(of).map(({ field, type, limits, meaning }) => [code(field), type, limits, meaning]),
  );

/** What older versions there were, and under which names. */
const history = ({ upcasters = {}, formerNames = [] }: DescribedType): string => {
  const lifted = Object.keys(upcasters).map((from) => (from === '0' ? '0 (the original’s)' : from));
  const names = formerNames.length === 0 ? '' : `, also under the name ${codes(formerNames)}`;
  return lifted.length === 0 ? '' : ` Lifted when read: version ${lifted.join(', ')}${names}.`;
};

const storedEvent = (context: Context, category: string, type: string, described: DescribedType): readonly string[] => {
  const sent = context.published.filter((one) => one.category === category && one.event === type).map(({ message }) => message);
  const outside = sent.length === 0 ? 'Stays inside.' : `Published as ${sent.map(code).join(' or ')}.`;
  return [
    `#### ${type}`,
    '',
    `Version ${described.version}. ${descriptionOf(described.schema)} ${outside}${history(described)}`,
    '',
    ...fields(described.schema),
  ];
};

const storedSection = (context: Context): readonly string[] =>
  Object.entries(context.stored).flatMap(([category, types]) => [
    `### Stored in ${code(`${category}-<id>`)}`,
    '',
    ...Object.entries(types).flatMap(([type, described]) => storedEvent(context, category, type, described)),
  ]);

const message = (context: Context, topic: Topic, type: string): readonly string[] => {
  const described = context.messages[type];
  if (described === undefined) throw new Error(`${context.name} publishes ${type}, which is not in its contracts`);
  const from = context.published.filter((one) => one.topic === topic.name && one.message === type).map(({ event }) => event);
  return [
    `#### ${context.name}.${type}`,
    '',
    `Version ${described.version}. ${descriptionOf(described.schema)} ${from.length === 0 ? 'From no event of today.' : `From ${codes(from)}.`}${history(described)}`,
    '',
    ...fields(described.schema),
  ];
};

const topicSection = (context: Context, topic: Topic): readonly string[] => [
  `### Published on ${code(topic.name)}`,
  '',
  `Key: ${topic.keyIs}. Of the streams ${codes(topic.categories)}. Read by ${topic.consumers.join(' and ')}.`,
  '',
  ...messagesOf(context, topic).flatMap((type) => message(context, topic, type)),
];

const overview = (): readonly string[] =>
  table(
    ['topic', 'key', 'streams', 'messages', 'read by'],
    contexts.flatMap((context) =>
      context.topics.map((topic) => [
        code(topic.name),
        topic.keyIs,
        codes(topic.categories),
        String(messagesOf(context, topic).length),
        topic.consumers.join(', '),
      ]),
    ),
  );

/** `docs/events.md`. */
export const eventsPage = (): string =>
  [
    ...generatedNote('the codecs and contracts'),
    '# Events and messages',
    '',
    'What lies in the event stores, and what the contexts tell each other. An event is a fact, stored for ever; a message is the public form',
    'of one, with a name, a version and a schema of its own. Where a field is said to hold PERSONAL DATA it is the only place for it; what is',
    'a SECRET never leaves its context.',
    '',
    '## Topics',
    '',
    ...overview(),
    'Every event of a published stream yields exactly one message, its public form or the marker `NotPublished`: so a subject’s sequence has no',
    'holes. Two topics keep no order between each other. The same, for machines: [asyncapi.json](asyncapi.json).',
    '',
    '## The envelope',
    '',
    'Around the `data` of every message:',
    '',
    ...fields(envelope),
    '## Versions',
    '',
    'A field that is not known is dropped, so a new optional one needs no new version. Another shape is the next schema version, with an',
    'upcaster from the one before; another meaning is another type. An event of a newer version than this release knows, or one that is not',
    'what it should be, is parked and never guessed. Every version that was ever written has a golden file, which is added and never edited.',
    'Version 0 is what *CQRS Journey*, the original, stored in its releases V1 to V3: amounts as decimals (rounded half to even), no',
    'currency (USD), quotas as differences, no numbers of selections.',
    '',
    ...contexts.flatMap((context) => [
      `## ${context.name}`,
      '',
      ...storedSection(context),
      ...context.topics.flatMap((topic) => topicSection(context, topic)),
    ]),
    '## What the runtime stores',
    '',
    ...runtimeStreams.flatMap(({ stream, about, events }) => [
      `### Stored in ${code(stream)}`,
      '',
      about,
      '',
      ...Object.entries(events).flatMap(([type, schema]) => [
        `#### ${type}`,
        '',
        `Version 1. ${descriptionOf(schema)}`,
        '',
        ...fields(schema),
      ]),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
