import {
  categoryOf,
  type DomainEvent,
  type JsonObject,
  type Position,
  type Projection,
  type Recorded,
  type StreamName,
} from '@conference/kernel';
import { expect } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson } from './equality.ts';
import { interleavings } from './interleavings.ts';
import { specTime } from './spec-time.ts';

export interface ProjectionSpec<Doc, E> {
  /** Events of one stream, in its order; a stream named again goes on. The order of the calls is the store's order. */
  given(stream: string, ...events: readonly E[]): ProjectionSpec<Doc, E>;
  /** From here on documents must not depend on how the streams interleave; within a stream the order stays. */
  inAnyOrder(): ProjectionSpec<Doc, E>;
  /** `undefined`: no such document, or deleted. */
  then(id: string, document: Doc | undefined): ProjectionSpec<Doc, E>;
}
type Given<E> = { readonly stream: StreamName; readonly event: E };

/**
 * Specs of a projection: `given(stream, ...events).given(…).then(id, document)`.
 *
 * The history is run three times - once, with every event delivered twice, and whole once more on top - under the guard
 * of the real runner (per document the position of the last event applied; older or equal ones do nothing), and all must
 * agree. Events and documents are deeply frozen; documents must survive JSON.
 */
export const specForProjection = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
): ProjectionSpec<NoInfer<Doc>, NoInfer<E>> => specOf(projection, [], false);

const specOf = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  history: readonly Given<E>[],
  anyOrder: boolean,
): ProjectionSpec<Doc, E> => ({
  given: (stream, ...events) => {
    const name = stream as StreamName;
    if (!projection.categories.includes(categoryOf(name))) throw new Error(`the projection does not follow the category of ${stream}`);
    return specOf(projection, [...history, ...events.map((event) => ({ stream: name, event }))], anyOrder);
  },
  inAnyOrder: () => specOf(projection, history, true),
  // biome-ignore lint/suspicious/noThenProperty: given, when, then
  then: (id, document) => {
    expect(agreedDocuments(projection, record(history)).get(id)).toStrictEqual(document);
    if (anyOrder) {
      for (const order of interleavings(history, ({ stream }) => stream)) {
        const found = agreedDocuments(projection, record(order)).get(id);
        expectEqual(
          found,
          document,
          `${id} depends on the order of the streams: ${order.map(({ stream, event }) => `${stream} ${event.type}`).join(', ')}`,
        );
      }
    }
    return specOf(projection, history, anyOrder);
  },
});

const record = <E extends DomainEvent>(history: readonly Given<E>[]): readonly Recorded<E>[] => {
  const versions = new Map<StreamName, number>();
  return history.map(({ stream, event }, index) => {
    const streamVersion = versions.get(stream) ?? 0;
    versions.set(stream, streamVersion + 1);
    const eventId = `${stream}/${streamVersion}`;
    const metadata = {
      commandId: `command of ${eventId}`,
      correlationId: stream,
      causationId: `cause of ${eventId}`,
      actor: 'spec',
      occurredAt: specTime,
    };
    const position = String(index + 1).padStart(9, '0') as Position;
    return deepFreeze({ event, eventId, stream, streamVersion, position, metadata, recordedAt: specTime });
  });
};

const agreedDocuments = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  history: readonly Recorded<E>[],
): ReadonlyMap<string, Doc | undefined> => {
  const once = project(projection, history);
  expectEqual(
    project(
      projection,
      history.flatMap((recorded) => [recorded, recorded]),
    ),
    once,
    'an event delivered twice changes documents',
  );
  expectEqual(project(projection, [...history, ...history]), once, 'the history delivered again changes documents');
  return new Map([...once].map(([id, { document }]) => [id, document]));
};

type Held<Doc> = { readonly document: Doc | undefined; readonly position: Position };

const project = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  deliveries: readonly Recorded<E>[],
): ReadonlyMap<string, Held<Doc>> => {
  const documents = new Map<string, Held<Doc>>();
  for (const recorded of deliveries) {
    for (const id of projection.idsOf(recorded)) {
      const held = documents.get(id);
      if (held !== undefined && recorded.position <= held.position) continue;
      const document = deepFreeze(projection.evolve(held?.document, recorded, id), 'document');
      if (document !== undefined) expectJson(document, `document ${id}`);
      documents.set(id, { document, position: recorded.position });
    }
  }
  return documents;
};
