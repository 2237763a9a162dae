import type { StreamName } from '@conference/kernel';
import {
  type AppendResult,
  type EventStore,
  type ExpectedVersion,
  type StoredEvent,
  StoreUnavailable,
  UnknownOutcome,
} from '@conference/ports';
import { type AppendExpectedRevision, NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import { type Connection, within } from './connection.ts';
import { eventDataOf } from './event.ts';
import { appendFailure } from './failure.ts';
import { type FeedStats, followAll } from './feed.ts';
import { positionOf } from './position.ts';
import { pagesOfStream } from './reading.ts';
import { snapshotStreams } from './snapshots.ts';
import { turnstile } from './turnstile.ts';

/** All in milliseconds. */
export interface EventStoreDbTimes {
  /** Of one append; then its outcome is unknown. */
  readonly appendMs: number;
  /** Of one page. */
  readonly readMs: number;
  /** Without a message on the subscription; then it is asked whether there is something that it should have sent. */
  readonly silenceMs: number;
  /** Between two tries to subscribe: from the first to the longest. */
  readonly backoffMs: readonly [first: number, longest: number];
}
export const defaultTimes: EventStoreDbTimes = { appendMs: 5_000, readMs: 10_000, silenceMs: 30_000, backoffMs: [50, 2_000] };

export interface EventStoreDbStats extends FeedStats {
  readonly appends: number;
  readonly conflicts: number;
  readonly unknownOutcomes: number;
  readonly unavailable: number;
}

export interface EventStoreDbStore extends EventStore {
  /** Proves that the server answers; throws otherwise. */
  check(): Promise<void>;
  /** Counted since the store was opened. */
  stats(): EventStoreDbStats;
}

export interface EventStoreDbStoreOptions {
  /** Snapshots lie in streams `<context>Snapshot<stream>`, which no category begins with. */
  readonly context: string;
  readonly times?: Partial<EventStoreDbTimes>;
  /** A subscription has ended and is made again; it says why. */
  readonly onTrouble?: (message: string) => void;
}

/** A connection carries a hundred calls at a time, and reads need some of them. */
const appendsAtATimeMax = 64;

/**
 * The event store on EventStoreDB, over one connection. An append is one call, with an exact expected revision and our own time
 * limit; sent again after {@link UnknownOutcome} it is written once, however late, since the server finds the ids in the stream.
 */
export const eventStoreOn = (connection: Connection, { context, times: given, onTrouble }: EventStoreDbStoreOptions): EventStoreDbStore => {
  const { client, credentials } = connection;
  const times = { ...defaultTimes, ...given };
  const pass = turnstile(appendsAtATimeMax);
  const closing = new AbortController();
  const asked = new Set<Promise<unknown>>();
  const counts = { appends: 0, conflicts: 0, unknownOutcomes: 0, unavailable: 0 };
  const feedStats = { subscriptions: 0, errors: 0, silentEnds: 0, silences: 0 };
  /** First ids of batches that may be written: that a later try was never sent says nothing about them. */
  const maybeWritten = new Set<string>();
  const snapshots = snapshotStreams(connection, context, times);
  let closed: Promise<void> | undefined;

  const assertOpen = (): void => {
    if (closed !== undefined) throw new StoreUnavailable('the event store is closed');
  };
  /** Closing waits for it. */
  const waitedFor = <T>(work: Promise<T>): Promise<T> => {
    asked.add(work);
    return work.finally(() => asked.delete(work));
  };
  const send = async (stream: StreamName, expected: ExpectedVersion, batch: ReturnType<typeof eventDataOf>): Promise<AppendResult> => {
    const expectedRevision: AppendExpectedRevision = expected === 'no-stream' ? NO_STREAM : BigInt(expected);
    const options = { expectedRevision, credentials, deadline: times.appendMs, requiresLeader: true };
    const { nextExpectedRevision, position } = await within(times.appendMs, client.appendToStream(stream, batch, options));
    const last = positionOf(position) ?? (await positionAt(stream, nextExpectedRevision));
    counts.appends += 1;
    return { status: 'appended', streamVersion: Number(nextExpectedRevision), position: last };
  };
  /** For the answer to a repeat, with which not every server says where it was. */
  const positionAt = async (stream: StreamName, revision: bigint) => {
    const options = { from: Number(revision), direction: 'backwards', maxCount: 1 } as const;
    for await (const [event] of pagesOfStream(connection, times.readMs, stream, options)) if (event !== undefined) return event.position;
    throw new Error(`event ${revision} of ${stream} was acknowledged and is not there`);
  };
  const failed = (stream: StreamName, firstId: string, error: unknown): AppendResult => {
    if (error instanceof WrongExpectedVersionError) {
      counts.conflicts += 1;
      maybeWritten.delete(firstId);
      const { actualVersion } = error;
      return { status: 'conflict', actual: typeof actualVersion === 'bigint' ? Number(actualVersion) : 'no-stream' };
    }
    const failure = appendFailure(stream, error, maybeWritten.has(firstId));
    if (failure instanceof StoreUnavailable) counts.unavailable += 1;
    if (failure instanceof UnknownOutcome) {
      counts.unknownOutcomes += 1;
      maybeWritten.add(firstId);
    }
    throw failure;
  };
  async function* openPages(...[, , ...rest]: Parameters<typeof pagesOfStream>): AsyncGenerator<readonly StoredEvent[], void> {
    assertOpen();
    for await (const page of pagesOfStream(connection, times.readMs, ...rest)) {
      yield page;
      assertOpen();
    }
  }
  const finish = async (): Promise<void> => {
    closing.abort();
    await Promise.allSettled([...asked]);
    await connection.close();
  };

  return {
    async append(stream, expected, events) {
      assertOpen();
      const batch = eventDataOf(stream, expected, events);
      const firstId = batch[0]?.id ?? '';
      const appending = async (): Promise<AppendResult> => {
        try {
          const result = await pass(() => send(stream, expected, batch));
          maybeWritten.delete(firstId);
          return result;
        } catch (error) {
          return failed(stream, firstId, error);
        }
      };
      return waitedFor(appending());
    },
    readStream: (stream, options = {}) => openPages(connection, times.readMs, stream, options),
    subscribeToAll: ({ after, categories, signal }) =>
      followAll(connection, {
        after,
        categories,
        signal: AbortSignal.any([signal, closing.signal]),
        times,
        stats: feedStats,
        onTrouble: onTrouble ?? (() => undefined),
      }),
    async loadSnapshot(stream, foldVersion) {
      assertOpen();
      return snapshots.load(stream, foldVersion);
    },
    async saveSnapshot(stream, snapshot) {
      assertOpen();
      await waitedFor(snapshots.save(stream, snapshot));
    },
    async check() {
      assertOpen();
      await connection.head(times.appendMs);
    },
    stats: () => ({ ...counts, ...feedStats }),
    close() {
      closed ??= finish();
      return closed;
    },
  };
};
