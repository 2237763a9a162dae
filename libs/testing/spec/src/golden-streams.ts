import { readFileSync } from 'node:fs';
import type { DomainEvent, Instant, JsonObject, Position, Projection, Recorded, StreamName } from '@conference/kernel';
import { type EventDecoder, recorded } from '@conference/runtime';

type StoredShape = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };

/** Whole streams as they were once written, by name: not one event, but a history, is still read as what it was. */
export type GoldenStreams = { readonly [stream: string]: readonly StoredShape[] };

export const goldenStreams = (file: URL): GoldenStreams => JSON.parse(readFileSync(file, 'utf8')) as GoldenStreams;

/** Far more than a golden stream has events. */
const eventsOfOneMax = 1_000;
const at = (second: number): Instant => new Date(Date.UTC(2012, 4, 10, 9) + second * 1000).toISOString() as Instant;

/**
 * The events of some streams as a reader of today gets them, one stream after the other; what its decoder does not know is
 * left out, its place in the stream stays. An event that had no correlation is the start of its own conversation.
 */
export const readFrom = <E extends DomainEvent>(
  streams: GoldenStreams,
  decoder: EventDecoder<E>,
  ...names: readonly string[]
): readonly Recorded<E>[] =>
  names.flatMap((name, streamIndex) =>
    (streams[name] ?? []).flatMap((stored, streamVersion) => {
      const event = decoder.decode(stored);
      if (event === undefined) return [];
      const second = streamIndex * eventsOfOneMax + streamVersion;
      const eventId = `${name}/${streamVersion}`;
      const metadata = { commandId: eventId, correlationId: eventId, causationId: eventId, actor: 'import', occurredAt: at(second) };
      const place = { streamName: name as StreamName, streamVersion, position: String(second).padStart(8, '0') as Position };
      return [recorded({ ...stored, ...place, eventId, metadata, recordedAt: at(second) }, event)];
    }),
  );

/** The documents that some events lead to, by id: each delivered once, in this order. */
export const documentsOf = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  events: readonly Recorded<E>[],
): ReadonlyMap<string, Doc> => {
  const documents = new Map<string, Doc>();
  for (const happened of events)
    for (const id of projection.idsOf(happened)) {
      const after = projection.evolve(documents.get(id), happened, id);
      if (after === undefined) documents.delete(id);
      else documents.set(id, after);
    }
  return documents;
};
