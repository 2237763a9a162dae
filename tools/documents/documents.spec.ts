import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { problemTable } from '@conference/platform';
import { goldenFaults } from '@conference/testing-spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ApiDocument, apiDocuments } from './api-documents.ts';
import { asyncApi } from './asyncapi.ts';
import { asyncApiDocument, danglingReferences } from './asyncapi-structure.ts';
import { contexts, messagesOf } from './contexts.ts';
import { documents, type GeneratedDocument, goldenFolders } from './documents.ts';
import { envelope } from './envelope.ts';
import { refusalsPage } from './refusals-page.ts';
import { ruleRefusals } from './rule-refusals.ts';

const root = join(import.meta.dirname, '..', '..');
const topics = contexts.flatMap((context) => context.topics.map((topic) => ({ context, topic, name: topic.name })));

describe('A document made from the code', () => {
  let generated: readonly GeneratedDocument[] = [];
  beforeAll(async () => {
    generated = await documents();
  });

  it.each(['docs/events.md', 'docs/asyncapi.json', 'docs/refusals.md', 'docs/TESTING.md'])(
    'is up to date (`npm run documents` writes it): %s',
    (path) => {
      expect(readFileSync(join(root, path), 'utf8')).toBe(generated.find((document) => document.path === path)?.text);
    },
  );

  it('is the same whenever it is made', async () => expect(await documents()).toEqual(generated));
});

describe('The golden files', () => {
  it.each(goldenFolders)('are what they were when they were added: %s', (folder) =>
    expect(goldenFaults(pathToFileURL(`${join(root, folder)}/`))).toEqual([]),
  );
});

describe('The AsyncAPI document', () => {
  const document = asyncApi();

  it('is an AsyncAPI 3.0 document', () => expect(asyncApiDocument.parse(document)).toEqual(document));
  it('refers to nothing that is not there', () => expect(danglingReferences(document)).toEqual([]));

  it('would be refused with a field that AsyncAPI does not know, or a reference into the void', () => {
    expect(asyncApiDocument.safeParse({ ...document, topics: {} }).success).toBe(false);
    expect(danglingReferences({ ...document, more: { $ref: '#/channels/nowhere' } })).toEqual(['#/channels/nowhere']);
  });

  it('knows no access code', () => expect(JSON.stringify(document)).not.toMatch(/access.?code"/i));

  it.each(contexts)('has every message of $name on a channel', (context) => {
    const sent = new Set(context.topics.flatMap((topic) => messagesOf(context, topic)));
    expect(Object.keys(context.messages).filter((type) => !sent.has(type))).toEqual([]);
  });

  it.each(contexts)('shows examples that the contracts of $name accept', ({ messages, samples }) => {
    for (const { file, type, data } of samples) expect(messages[type]?.schema.parse(data), file).toEqual(data);
  });

  it.each(topics)('says who reads $name, as they do', ({ context, topic, name }) => {
    const readers = contexts.filter((other) => {
      const source = readFileSync(join(root, 'libs', other.name, 'application', 'src', 'application.ts'), 'utf8');
      const imported = source.slice(source.indexOf('builder.importFrom('));
      const [, key] = name.slice(context.name.length).split('.');
      const alias = { 'conference-management': 'conferenceTopics', registration: 'registrationTopics', payments: 'paymentTopics' };
      return imported.includes(`${new Map(Object.entries(alias)).get(context.name)}.${key}.name`);
    });
    expect(readers.map((reader) => reader.name).toSorted()).toEqual(topic.consumers.toSorted());
  });
});

describe('What the documents know of the contexts', () => {
  it.each(contexts)('is what becomes of every event of a published stream of $name', ({ stored, topics: own, published }) => {
    const categories = own.flatMap((topic) => topic.categories);
    for (const [category, types] of Object.entries(stored))
      for (const event of Object.keys(types))
        expect(
          published.some((one) => one.category === category && one.event === event),
          event,
        ).toBe(categories.includes(category));
  });

  it('is what stands around a message', () => {
    const metadata = { correlationId: 'c', causationId: 'c' };
    const message = {
      messageId: '0f2d1c3b-4a59-5687-8a96-b5c4d3e2f101',
      sourceContext: 'registration',
      subject: 'Order-0f2d1c3b-4a59-5687-8a96-b5c4d3e2f101',
      sequence: 0,
      key: 'k',
      type: 'OrderPlaced',
      schemaVersion: 1,
      occurredAt: '2027-05-02T09:00:00.000Z',
      metadata,
    };
    expect(envelope.parse(message)).toEqual(message);
    for (const field of Object.keys(message)) expect(envelope.safeParse({ ...message, [field]: undefined }).success, field).toBe(false);
  });
});

describe('The table of refusals', () => {
  let api: readonly ApiDocument[] = [];
  beforeAll(async () => {
    api = await apiDocuments();
  });
  const row = (code: string): string =>
    refusalsPage(api)
      .split('\n')
      .find((line) => line.startsWith(`| \`${code}\` |`)) ?? '';

  it('has every code that a service may answer and every code of a rule, each once', () => {
    const codes = new Set([
      ...api.flatMap(({ openApi }) => problemTable(openApi)).map(({ code }) => code),
      ...ruleRefusals.map(({ code }) => code),
    ]);
    const listed = refusalsPage(api).match(/(?<=^\| `)[a-z-]+(?=` \|)/gm) ?? [];
    expect(listed).toEqual([...codes].toSorted());
    expect(listed.length).toBeGreaterThan(50);
  });

  it('says which commands are refused with it, and which routes answer it', () => {
    expect(row('payment-required')).toBe(
      '| `payment-required` | 409 | The order is not free of charge. | Order: `ConfirmOrder` | registration: `POST /v1/orders/{id}/confirmation` |',
    );
    expect(row('too-many-requests')).toMatch(/\| {2}\| every route \|$/);
    expect(row('internal-error')).toMatch(/\| every route \|$/);
    expect(row('idempotency-key-reused')).toMatch(/\| every route that takes an `Idempotency-Key` \|$/);
    expect(row('reservation-not-held')).toMatch(
      /^\| `reservation-not-held` \| {2}\| .* \| SeatsAvailability: `CommitSeatReservation` \| {2}\|$/,
    );
  });
});
