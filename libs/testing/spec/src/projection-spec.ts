import type { DomainEvent, JsonObject, Projection } from '@conference/kernel';
import { expect } from 'vitest';
import { expectFollowed, type Happened, lawfulDocuments, type ProjectionLawsOptions, secondsLater } from './projection-laws.ts';

export interface ProjectionSpec<Doc, E> {
  /** Events of one stream, in its order; a stream named again goes on. The order of the calls is that in which they happened. */
  given(stream: string, ...events: readonly E[]): ProjectionSpec<Doc, E>;
  /** `undefined`: no such document, or deleted. */
  then(id: string, document: Doc | undefined): ProjectionSpec<Doc, E>;
}

/**
 * Specs of a projection: `given(stream, ...events).given(…).then(id, document)`.
 *
 * One event happens a second after the other. `then` compares the document that they lead to in this order, and asks the laws
 * of every projection (see `projectionLaws`) of this history: delivered in any order of the streams, with any repeats, the
 * documents are the same.
 */
export const specForProjection = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  options: ProjectionLawsOptions<NoInfer<Doc>> = {},
): ProjectionSpec<NoInfer<Doc>, NoInfer<E>> => specOf(projection, [], options);

const specOf = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  history: readonly Happened<E>[],
  options: ProjectionLawsOptions<Doc>,
): ProjectionSpec<Doc, E> => ({
  given: (stream, ...events) => {
    expectFollowed(projection, stream);
    const before = history.filter((happened) => happened.stream === stream).length;
    const added = events.map((event, index) => ({
      stream,
      streamVersion: before + index,
      event,
      occurredAt: secondsLater(history.length + index),
    }));
    return specOf(projection, [...history, ...added], options);
  },
  // biome-ignore lint/suspicious/noThenProperty: given, when, then
  then: (id, document) => {
    expect(lawfulDocuments(projection, history, options).get(id)).toStrictEqual(document);
    return specOf(projection, history, options);
  },
});
