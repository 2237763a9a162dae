import type { Position } from '@conference/kernel';
import type { FeedBatch, StoredEvent } from '@conference/ports';
import type { Connection } from './connection.ts';
import type { RecordedEvent, StreamFilter } from './driver.ts';
import { storedEventOf } from './event.ts';
import type { FollowOptions } from './feed.ts';
import { later, logPositionOf, positionOf } from './position.ts';

/** Nothing has come for a while, and the log has gone on to `head`. */
export class Silence extends Error {
  override readonly name = 'Silence';
  readonly head: Position;
  constructor(head: Position) {
    super(`nothing came, though the log has gone on to ${head}`);
    this.head = head;
  }
}

/** Of which the client holds as many again; each may have half a megabyte. */
const batchMax = 64;
/** In windows of 32 events that the server has looked at. */
const checkpointInterval = 4;
/** A stream of ours is neither the server's own nor one of snapshots. */
const ownStreams = '^(?!\\$)(?!\\w*Snapshot)';

const filterOf = (categories: readonly string[] | undefined): StreamFilter =>
  categories === undefined ? { regex: ownStreams } : { prefixes: categories.map((category) => `${category}-`) };

/**
 * One subscription, to its end. A checkpoint counts as reached only when everything that the client had taken off the
 * connection before it is handed out: it speaks of events that may still lie in the client's buffer.
 */
export async function* oneSubscription(
  connection: Connection,
  { after, categories, signal, times }: FollowOptions,
): AsyncGenerator<FeedBatch, void> {
  const { driver } = connection;
  // Everything up to here is behind us once the server says that we have caught up.
  const head = await connection.head(times.appendMs);
  const bell = createBell();
  let reached = after;
  let isLive = false;
  let failure: unknown;
  let hasEnded = false;

  const subscription = driver.subscribeToAll({
    after: logPositionOf(after),
    filter: filterOf(categories),
    checkpointInterval,
    checkpointReached(checkpoint) {
      reached = later(reached, positionOf(checkpoint));
      bell.ring();
    },
    highWaterMark: batchMax,
  });
  subscription.on('readable', bell.ring);
  subscription.on('caughtUp', () => {
    isLive = true;
    reached = later(reached, head);
    bell.ring();
  });
  subscription.on('fellBehind', () => {
    isLive = false;
  });
  subscription.on('error', (error) => {
    failure ??= error;
    bell.ring();
  });
  subscription.on('end', () => {
    hasEnded = true;
    bell.ring();
  });
  signal.addEventListener('abort', bell.ring);

  try {
    let position = after;
    let hasSaidSo = false;
    while (!signal.aborted) {
      bell.listen();
      const events = take(() => subscription.read(), driver.createdPrecisionMs);
      const isDrained = subscription.readableLength === 0;
      const last = events.at(-1)?.position;
      const covered = later(later(position, last), isDrained ? reached : undefined);
      const caughtUp = isLive && isDrained;
      if (events.length > 0 || covered > position || (caughtUp && !hasSaidSo)) {
        position = covered;
        hasSaidSo ||= caughtUp;
        yield { events, position, caughtUp };
        continue;
      }
      if (failure !== undefined) throw failure;
      if (hasEnded) return;
      if (!(await bell.rings(times.silenceMs))) await assertNothingMissed(connection, position, times.appendMs);
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    subscription.on('error', () => undefined);
    void subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
}

const take = (read: () => unknown, createdPrecisionMs: number): readonly StoredEvent[] => {
  const events: StoredEvent[] = [];
  while (events.length < batchMax) {
    const next = read() as { readonly event?: RecordedEvent } | null;
    if (next === null) break;
    if (next.event !== undefined) events.push(storedEventOf(next.event, createdPrecisionMs));
  }
  return events;
};

const assertNothingMissed = async (connection: Connection, position: Position, milliseconds: number): Promise<void> => {
  const head = await connection.head(milliseconds);
  if (head > position) throw new Silence(head);
};

interface Bell {
  readonly ring: () => void;
  /** What rings from now on is heard by the next {@link rings}. */
  listen(): void;
  /** Whether it has rung, or rings within the time. */
  rings(milliseconds: number): Promise<boolean>;
}

const createBell = (): Bell => {
  let hasRung = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      hasRung = true;
      wake();
    },
    listen() {
      hasRung = false;
    },
    rings: (milliseconds) =>
      new Promise((resolve) => {
        if (hasRung) return resolve(true);
        const timeout = setTimeout(() => resolve(false), milliseconds);
        wake = () => {
          clearTimeout(timeout);
          resolve(true);
        };
      }),
  };
};
