import {
  categoryOf,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Position,
  type Projection,
  type Recorded,
  type StreamName,
} from '@conference/kernel';
import fc from 'fast-check';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson } from './equality.ts';
import { specTime } from './spec-time.ts';

export interface ProjectionLawsOptions<Doc> {
  /** What of a document must not depend on how the streams interleave; by default all of it. */
  readonly shown?: (document: Doc) => unknown;
  readonly numRuns?: number;
}
/** By stream, each in its own order. */
export type Histories<E> = { readonly [stream: string]: readonly E[] };

/** An event in its stream, before it has a place in a store. */
export type Happened<E> = { readonly stream: string; readonly streamVersion: number; readonly event: E; readonly occurredAt: Instant };

const specTimeMs = Date.parse(specTime);
export const secondsLater = (seconds: number): Instant => new Date(specTimeMs + seconds * 1_000).toISOString() as Instant;

/**
 * The laws of every projection, over random deliveries of these histories, each cut off anywhere: whatever the order in which
 * the **streams interleave** (within one the order stays) and however often the feed **goes back and delivers again**, the
 * documents and their versions end equal. Deliveries are guarded as by the real runner: per document the position of the last
 * event applied, older or equal ones do nothing. When each event happened is drawn too, and stays the same in all of them.
 * Events and documents are deeply frozen; documents must survive JSON.
 */
export const projectionLaws = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  histories: Histories<NoInfer<E>>,
  options: ProjectionLawsOptions<NoInfer<Doc>> = {},
): void => {
  const streams = Object.entries(histories);
  for (const [stream] of streams) expectFollowed(projection, stream);
  const happenedIn = ([stream, events]: (typeof streams)[number]): fc.Arbitrary<readonly Happened<E>[]> =>
    fc.array(fc.nat({ max: 3 }), { maxLength: events.length, size: 'max' }).map((pauses) => {
      let seconds = 0;
      return pauses.flatMap((pause, streamVersion) => {
        seconds += pause;
        const event = events[streamVersion];
        return event === undefined ? [] : [{ stream, streamVersion, event, occurredAt: secondsLater(seconds) }];
      });
    });
  fc.assert(
    fc.property(
      fc.tuple(...streams.map(happenedIn)).chain((happened) => deliveriesOf(happened.flat())),
      (deliveries) => void agree(projection, deliveries, options),
    ),
    { numRuns: options.numRuns ?? 200, includeErrorInReport: true },
  );
};

/** The documents that what happened leads to; all its deliveries must agree on them. */
export const lawfulDocuments = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  happened: readonly Happened<E>[],
  options: ProjectionLawsOptions<Doc> = {},
): ReadonlyMap<string, Doc | undefined> => {
  fc.assert(
    fc.property(deliveriesOf(happened), (deliveries) => void agree(projection, deliveries, options)),
    { numRuns: options.numRuns ?? 25, includeErrorInReport: true },
  );
  return new Map([...project(projection, recorded(happened))].map(([id, { document }]) => [id, document]));
};

export const expectFollowed = <Doc extends JsonObject, E extends DomainEvent>(projection: Projection<Doc, E>, stream: string): void => {
  if (!projection.categories.includes(categoryOf(stream as StreamName)))
    throw new Error(`the projection does not follow the category of ${stream}`);
};

type Deliveries<E> = {
  readonly given: readonly Happened<E>[];
  readonly merged: readonly Happened<E>[];
  /** After a delivery the feed goes back by so many. */
  readonly stepsBack: readonly { readonly after: number; readonly by: number }[];
};

const deliveriesOf = <E>(given: readonly Happened<E>[]): fc.Arbitrary<Deliveries<E>> => {
  const step = fc.record({ after: fc.nat({ max: given.length }), by: fc.nat({ max: given.length }) });
  return fc
    .record({
      picks: fc.array(fc.nat({ max: 1_000 }), { minLength: given.length, maxLength: given.length }),
      stepsBack: fc.array(step, { maxLength: 6 }),
    })
    .map(({ picks, stepsBack }) => ({ given, merged: merge(given, picks), stepsBack }));
};

/** Each pick says which of the streams that have something left comes next. */
const merge = <E>(happened: readonly Happened<E>[], picks: readonly number[]): readonly Happened<E>[] => {
  let open = [...Map.groupBy(happened, ({ stream }) => stream).values()];
  return picks.flatMap((pick) => {
    const next = open[pick % open.length]?.shift();
    open = open.filter((group) => group.length > 0);
    return next === undefined ? [] : [next];
  });
};

const agree = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  { given, merged, stepsBack }: Deliveries<E>,
  { shown = (document) => document }: ProjectionLawsOptions<Doc>,
): void => {
  const history = recorded(merged);
  const once = project(projection, history);
  expectEqual(
    project(
      projection,
      history.flatMap((one) => [one, one]),
    ),
    once,
    'an event delivered twice changes documents',
  );
  expectEqual(project(projection, [...withSteps(history, stepsBack), ...history]), once, 'events delivered again change documents');
  const comparable = (held: ReadonlyMap<string, Held<Doc>>) =>
    new Map(
      [...held].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, { document, version }]) => [id, [document && shown(document), version]]),
    );
  expectEqual(
    [...comparable(once)],
    [...comparable(project(projection, recorded(given)))],
    `documents depend on the order of the streams: ${merged.map(({ stream, event }) => `${stream} ${event.type}`).join(', ')}`,
  );
};

const withSteps = <T>(history: readonly T[], steps: Deliveries<unknown>['stepsBack']): readonly T[] =>
  history.flatMap((one, index) => [
    one,
    ...steps.filter(({ after }) => after === index).flatMap(({ by }) => history.slice(Math.max(0, index - by), index + 1)),
  ]);

/** In a store that took them in this order. */
const recorded = <E extends DomainEvent>(happened: readonly Happened<E>[]): readonly Recorded<E>[] =>
  happened.map(({ stream, streamVersion, event, occurredAt }, index) => {
    const eventId = `${stream}/${streamVersion}`;
    const metadata = {
      commandId: `command of ${eventId}`,
      correlationId: stream,
      causationId: `cause of ${eventId}`,
      actor: 'spec',
      occurredAt,
    };
    const position = String(index + 1).padStart(9, '0') as Position;
    const recordedAt = secondsLater(1_000 + index);
    return deepFreeze({ event, eventId, stream: stream as StreamName, streamVersion, position, metadata, recordedAt });
  });

type Held<Doc> = { readonly document: Doc | undefined; readonly position: Position; readonly version: number | undefined };

/** As the runner does it, a document at a time. */
const project = <Doc extends JsonObject, E extends DomainEvent>(
  projection: Projection<Doc, E>,
  deliveries: readonly Recorded<E>[],
): ReadonlyMap<string, Held<Doc>> => {
  const documents = new Map<string, Held<Doc>>();
  for (const delivered of deliveries) {
    for (const id of projection.idsOf(delivered)) {
      const held = documents.get(id);
      if (held !== undefined && delivered.position <= held.position) continue;
      const document = deepFreeze(projection.evolve(held?.document, delivered, id), 'document');
      if (document === undefined && held === undefined) continue;
      if (document !== undefined) expectJson(document, `document ${id}`);
      const version = categoryOf(delivered.stream) === projection.versionFrom ? delivered.streamVersion : held?.version;
      documents.set(id, { document, position: delivered.position, version });
    }
  }
  return documents;
};
