import type { StreamName } from '@conference/kernel';
import {
  type AppendResult,
  type EventStore,
  type ExpectedVersion,
  type ReadStreamOptions,
  type StoredEvent,
  StoreUnavailable,
  UnknownOutcome,
} from '@conference/ports';
import type { Connection } from './connection.ts';
import type { DriverAppendResult } from './driver.ts';
import { eventDataOf } from './event.ts';
import { appendFailure, kindOf, oneLine } from './failure.ts';
import { type FeedStats, followAll } from './feed.ts';
import { positionOf } from './position.ts';
import { pagesOfStream } from './reading.ts';
import { snapshotStreams } from './snapshots.ts';
import { createTroubles } from './troubles.ts';
import { turnstile } from './turnstile.ts';
import { within } from './within.ts';

/** All in milliseconds. */
export interface EventStoreDbTimes {
  /** How long a server may take to be there when the store is opened. */
  readonly openMs: number;
  /** Of one append; then its outcome is unknown. */
  readonly appendMs: number;
  /** Of one page. */
  readonly readMs: number;
  /** Without a message on the subscription; then it is asked whether there is something that it should have sent. */
  readonly silenceMs: number;
  /** Between two tries to subscribe: from the first to the longest. */
  readonly backoffMs: readonly [first: number, longest: number];
}
export const defaultTimes: EventStoreDbTimes = {
  openMs: 5_000,
  appendMs: 5_000,
  readMs: 10_000,
  silenceMs: 30_000,
  backoffMs: [50, 2_000],
};

export interface EventStoreDbStats extends FeedStats {
  readonly appends: number;
  readonly conflicts: number;
  readonly unknownOutcomes: number;
  readonly unavailable: number;
  /** What does not work now: calls, and each subscription. 0 when all is well. */
  readonly troubles: number;
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
  /** Something has stopped to work, and why; or works again. Once for each change, not for each try. */
  readonly onTrouble?: (message: string) => void;
}

/** A connection carries a hundred calls at a time, and reads need some of them. */
const appendsAtATimeMax = 64;

/**
 * The event store on EventStoreDB, over one connection. An append is one call, with an exact expected revision and our own time
 * limit; sent again after {@link UnknownOutcome} it is written once, however late, since the server finds the ids in the stream.
 */
export const eventStoreOn = (connection: Connection, { context, times: given, onTrouble }: EventStoreDbStoreOptions): EventStoreDbStore => {
  const { driver } = connection;
  const times = { ...defaultTimes, ...given };
  const pass = turnstile(appendsAtATimeMax);
  const closing = new AbortController();
  const asked = new Set<Promise<unknown>>();
  const counts = { appends: 0, conflicts: 0, unknownOutcomes: 0, unavailable: 0 };
  const feedStats = { subscriptions: 0, errors: 0, silentEnds: 0, silences: 0, renewals: 0 };
  const troubles = createTroubles(onTrouble ?? (() => undefined));
  const calls = troubles.part('appends and reads');
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
    const expectedRevision = expected === 'no-stream' ? 'no_stream' : BigInt(expected);
    const result = await within(times.appendMs, driver.append(stream, expectedRevision, batch, times.appendMs));
    return result.status === 'appended' ? written(stream, result) : conflict(result);
  };
  const written = async (stream: StreamName, { revision, position }: Extract<DriverAppendResult, { status: 'appended' }>) => {
    const last = positionOf(position) ?? (await positionSaid(stream, revision));
    counts.appends += 1;
    return { status: 'appended', streamVersion: Number(revision), position: last } as const;
  };
  const conflict = ({ actual }: Extract<DriverAppendResult, { status: 'conflict' }>): AppendResult => {
    counts.conflicts += 1;
    return { status: 'conflict', actual: actual === 'no_stream' ? 'no-stream' : Number(actual) };
  };
  /** For the answer to a repeat, with which not every server says where it was. */
  const positionAt = async (stream: StreamName, revision: bigint) => {
    const options = { from: Number(revision), direction: 'backwards', maxCount: 1 } as const;
    for await (const [event] of pagesOfStream(connection, times.readMs, stream, options)) if (event !== undefined) return event.position;
    throw new Error(`event ${revision} of ${stream} was acknowledged and is not there`);
  };
  /** Why it cannot be read says nothing about the append, which was acknowledged. */
  const positionSaid = async (stream: StreamName, revision: bigint) => {
    try {
      return await positionAt(stream, revision);
    } catch (error) {
      throw new UnknownOutcome(`append to ${stream}: acknowledged, but its place cannot be read`, { cause: error });
    }
  };
  const failed = (stream: StreamName, firstId: string, error: unknown): unknown => {
    const failure = appendFailure(stream, error, maybeWritten.has(firstId));
    if (failure instanceof StoreUnavailable) counts.unavailable += 1;
    if (failure instanceof UnknownOutcome) {
      counts.unknownOutcomes += 1;
      maybeWritten.add(firstId);
    }
    return failure;
  };
  /** The outcome is the caller's; that it failed is also the operator's. */
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      calls.isOver();
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof UnknownOutcome) calls.begins(kindOf(error.cause), oneLine(error));
      throw error;
    }
  };
  async function* openPages(stream: StreamName, options: ReadStreamOptions): AsyncGenerator<readonly StoredEvent[], void> {
    assertOpen();
    const pages = pagesOfStream(connection, times.readMs, stream, options);
    for (;;) {
      const { done, value } = await watched(pages.next());
      if (done === true) return;
      yield value;
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
          throw failed(stream, firstId, error);
        }
      };
      return waitedFor(watched(appending()));
    },
    readStream: (stream, options = {}) => openPages(stream, options),
    subscribeToAll: ({ after, categories, signal }) =>
      followAll(connection, {
        after,
        categories,
        signal: AbortSignal.any([signal, closing.signal]),
        times,
        stats: feedStats,
        trouble: troubles.part('the subscription'),
      }),
    async loadSnapshot(stream, foldVersion) {
      assertOpen();
      return watched(snapshots.load(stream, foldVersion));
    },
    async saveSnapshot(stream, snapshot) {
      assertOpen();
      await waitedFor(watched(snapshots.save(stream, snapshot)));
    },
    async check() {
      assertOpen();
      await connection.check(times.appendMs);
    },
    stats: () => ({ ...counts, ...feedStats, troubles: troubles.count() }),
    close() {
      closed ??= finish();
      return closed;
    },
  };
};
