import { type DomainEvent, type Instant, type JsonObject, type Position, streamName } from '@conference/kernel';
import { type EventCatalog, eventCodec, type Publication, recorded } from '@conference/runtime';
import type { Context, Sample } from './contexts.ts';

/** One event of a published stream becomes one message on one topic: `NotPublished` when it stays inside. */
export type PublishedAs = { readonly category: string; readonly event: string; readonly topic: string; readonly message: string };

const time = '2027-05-02T09:00:00.000Z' as Instant;
const metadata = { commandId: '', correlationId: '', causationId: '', actor: '', occurredAt: time };

type Stored = Context['stored'];

const categoryOf = (stored: Stored, type: string): string | undefined =>
  Object.keys(stored).find((category) => stored[category]?.[type] !== undefined);

/** The codec of one context, of the schemas that describe it. */
const codecOf = (stored: Stored) => {
  const catalog: EventCatalog<DomainEvent> = Object.fromEntries(
    Object.values(stored)
      .flatMap((types) => Object.entries(types))
      .map(([type, { schema, ...described }]) => [
        type,
        { ...described, parse: (data: JsonObject): JsonObject => schema.parse(data) as JsonObject },
      ]),
  );
  return eventCodec<DomainEvent>(catalog);
};

/** Published for trial: what the context's own publications make of a sample of every event. */
export const publishedAs = <E extends DomainEvent>(
  stored: Stored,
  publications: readonly Publication<E>[],
  samples: readonly Sample[],
): readonly PublishedAs[] => {
  const codec = codecOf(stored);
  const found = samples.flatMap((sample): readonly PublishedAs[] => {
    const event = codec.decode(sample);
    const category = categoryOf(stored, sample.type);
    const publication = publications.find(({ categories }) => category !== undefined && categories.includes(category));
    if (event === undefined || category === undefined || publication === undefined) return [];
    const place = { streamName: streamName(category, 'id'), streamVersion: 0, position: '' as Position, recordedAt: time };
    // The context's own events, read by its own schemas: the union that its publication knows.
    const happened = recorded({ ...sample, ...place, eventId: sample.file, metadata }, event as E);
    return [{ category, event: event.type, topic: publication.topic, message: publication.publicForm(happened).type }];
  });
  const byName = new Map(found.map((one) => [JSON.stringify(one), one]));
  return [...byName.values()];
};
