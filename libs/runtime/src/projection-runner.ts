import type { Collection, DomainEvent, JsonObject, Position, Projection } from '@conference/kernel';
import { origin } from '@conference/kernel';
import type { Build, ReadModelStore, StoredEvent, Timer } from '@conference/ports';
import { type BuildWriter, buildWriter } from './build-writer.ts';
import type { EventDecoder } from './event-codec.ts';
import type { FeedConsumer } from './feed.ts';
import type { ParkingLot } from './keyed-consumer.ts';
import type { Log } from './log.ts';
import { noPressure, type Pressure } from './pressure.ts';
import { supersededBuilds } from './superseded-builds.ts';
import { type DocumentWaiters, documentWaiters, type PositionWaiters, positionWaiters } from './waiters.ts';

/** What the service, its queries and its operator see of a projection, whatever its documents are. */
export interface RunningProjection extends FeedConsumer {
  readonly collection: { readonly name: string; readonly version: number };
  /** Of the build that answers queries. */
  position(): Position;
  /** True once it has caught up since the start: only then are its answers whole. */
  isCaughtUp(): boolean;
  /** False while its documents are written for the first time, or anew because they were lost: nothing answers queries meanwhile. */
  isFilled(): boolean;
  waitFor(position: Position, withinMs: number): Promise<boolean>;
  /**
   * A fresh build beside the live one, which goes on serving; filled by `follow` and switched to when it has caught up.
   * Throws {@link Unreadable} when it could not read everything: what is parked then is missing in no answer, since the live
   * one stays. Only what an operator has skipped may be missing.
   */
  rebuild(follow: (consumer: FeedConsumer, isDone: () => boolean) => Promise<void>): Promise<void>;
  /** Whether a rebuild has read everything up to there: then no event of it is missing in the answers. */
  isWhole(position: Position): boolean;
}
/** A rebuild met events that it cannot read. They are parked; the build is dropped. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
export interface ProjectionRunner<Doc extends JsonObject> extends RunningProjection {
  /** Resolves with the document as soon as it satisfies the condition; undefined when the time is up. */
  waitUntil(id: string, holds: (document: Doc) => boolean, withinMs: number): Promise<Doc | undefined>;
}

/**
 * The next events are let gather: a transaction costs more than the few documents in it, and of a document that changes twice
 * meanwhile only the last is written. A millisecond an event, so that little is late when little happens.
 */
const lingerMsMax = 100;
const lingerUnderPressureMs = 1_500;
/** While somebody waits for what is being written. */
const lingerAwaitedMs = 6;

/**
 * Runs one projection into its collection: documents and checkpoint move together or the runner is fenced. A new version
 * of the collection starts from the origin in a build of its own and answers queries once it has caught up.
 */
export const projectionRunner = <Doc extends JsonObject, E extends DomainEvent>(options: {
  readonly projection: Projection<Doc, E>;
  readonly codec: EventDecoder<E>;
  readonly store: ReadModelStore;
  readonly timer: Timer;
  readonly parking: ParkingLot;
  readonly log: Log;
  readonly pressure?: Pressure;
}): ProjectionRunner<Doc> => {
  const { projection, store, timer, parking, log, pressure = noPressure } = options;
  const declared: Collection<Doc> = projection.collection;
  const builds = supersededBuilds(store, timer);
  const name = `projection-${declared.name}`;
  let hurry = new AbortController();
  const positions: PositionWaiters = positionWaiters(timer, origin, () => hurry.abort());
  const documents: DocumentWaiters<Doc> = documentWaiters<Doc>(timer, () => hurry.abort());
  let writer: BuildWriter | undefined;
  let build: Build<Doc> | undefined;
  let isActive = false;
  let caughtUp = false;
  /** Of the last batch that the live loop took, handled or not. */
  let taken: Position = origin;
  /** A rebuilt build on its way to answer queries. */
  let switching: Promise<void> | undefined;
  /** Of the last rebuild, which has read everything up to there. */
  let wholeUpTo: Position = origin;

  const onPoison = async (stored: StoredEvent, error: unknown): Promise<void> => {
    log.error(
      { projection: declared.name, stream: stored.streamName, version: stored.streamVersion, err: error },
      'an event cannot be projected',
    );
    await parking.park(name, stored, error);
  };
  const writerFor = (target: Build<Doc>, onWritten: (id: string, document: Doc | undefined) => void, parkPoison = onPoison): BuildWriter =>
    buildWriter({ ...options, build: target, onPoison: parkPoison, onWritten });

  const open = async (): Promise<BuildWriter> => {
    await builds
      .sweep(declared)
      .catch((error: unknown) => log.warn({ projection: declared.name, err: error }, 'old builds not dropped; a later start will'));
    const active = await store.active(declared);
    isActive = active !== undefined;
    build = active ?? (await store.create(declared, '1'));
    return writerFor(build, documents.wrote);
  };

  return {
    name,
    categories: projection.categories,
    collection: declared,
    checkpoint: async () => {
      switching = undefined;
      const opened = await open();
      taken = await opened.checkpoint();
      writer = opened;
      return taken;
    },
    handle: async (batch) => {
      taken = batch.position;
      await writer?.apply(batch);
      await switching;
      if (batch.caughtUp && !isActive && build !== undefined) {
        await store.activate(build);
        isActive = true;
      }
      if (!isActive) return;
      caughtUp ||= batch.caughtUp;
      positions.reached(batch.position);
    },
    linger: async ({ events, caughtUp: isLive }) => {
      if (!isLive || events.length === 0) return;
      if (positions.isAwaited() || documents.isAwaited()) {
        await timer.sleep(lingerAwaitedMs);
        return;
      }
      hurry = new AbortController();
      await timer.sleep(pressure.isHigh() ? lingerUnderPressureMs : Math.min(lingerMsMax, events.length), { signal: hurry.signal });
    },
    isIntact: async () => (await writer?.isIntact()) ?? true,
    position: positions.current,
    isFilled: () => isActive,
    isCaughtUp: () => caughtUp,
    waitFor: positions.waitFor,
    waitUntil: documents.waitUntil,
    isWhole: (position) => position <= wholeUpTo,
    rebuild: async (follow) => {
      // Asked of the store: another instance may be the one that projects.
      const old = await store.active(declared);
      const target = { collection: declared, build: timer.now().replaceAll(/\D/g, '') };
      await builds.begun(target); // should this be cut off, a later start finds what is left
      await store.create(declared, target.build);
      let done = false;
      let unreadable = 0;
      const filling = writerFor(
        target,
        (id, document) => {
          if (done) documents.wrote(id, document);
        },
        async (stored, error) => {
          await onPoison(stored, error);
          if (parking.isParked(name, stored.streamName)) unreadable += 1; // what was skipped is not parked again
        },
      );
      const consumer: FeedConsumer = {
        name: `${name}-rebuild`,
        categories: projection.categories,
        checkpoint: filling.checkpoint,
        handle: async (batch) => {
          await filling.apply(batch, !batch.caughtUp);
          // The live loop goes on from where it is: what it has taken must be in the new build before it writes that one.
          // Nothing is awaited from the comparison to the change, so no batch comes between them.
          if (!batch.caughtUp || batch.position < taken) return;
          done = true;
          if (unreadable > 0) return;
          writer = filling;
          build = target;
          switching = store.activate(target);
          await switching;
          switching = undefined;
          wholeUpTo = batch.position;
        },
      };
      await follow(consumer, () => done);
      if (unreadable > 0) {
        await store.drop(target);
        await builds.settled(target);
        throw new Unreadable(`${unreadable} events cannot be read: the documents that there are stay`);
      }
      // A loop that still writes the old one, here or elsewhere, is fenced and opens the new one.
      if (done && old !== undefined && old.build !== target.build) await store.drop(old);
      if (done) await builds.settled(target);
    },
  };
};
