import type { Position } from '@conference/kernel';
import type { FeedBatch, StoredEvent } from '@conference/ports';
import { type AllStreamResolvedEvent, START, streamNameFilter } from '@eventstore/db-client';
import { type Connection, within } from './connection.ts';
import { storedEventOf } from './event.ts';
import type { FollowOptions } from './feed.ts';
import { later, logPositionOf, positionOf } from './position.ts';

/** Nothing comes, and there is something that should have come. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** Of which the client holds as many again; each may have half a megabyte. */
const batchMax = 64;
/** In windows of 32 events that the server has looked at. */
const checkpointInterval = 4;
/** A stream of ours is neither the server's own nor one of snapshots. */
const ownStreams = '^(?!\\$)(?!\\w*Snapshot)';

const filterOf = (
  categories: readonly string[] | undefined,
  checkpointReached: (_: unknown, position: { readonly commit: bigint; readonly prepare: bigint }) => void,
) =>
  categories === undefined
    ? streamNameFilter({ regex: ownStreams, checkpointInterval, checkpointReached })
    : streamNameFilter({ prefixes: categories.map((category) => `${category}-`), checkpointInterval, checkpointReached });

/**
 * One subscription, to its end. A checkpoint counts as reached only when everything that the client had taken off the
 * connection before it is handed out: it speaks of events that may still lie in the client's buffer.
 */
export async function* oneSubscription(
  connection: Connection,
  { after, categories, signal, times }: FollowOptions,
): AsyncGenerator<FeedBatch, void> {
  const { client, credentials } = connection;
  // Everything up to here is behind us once the server says that we have caught up.
  const head = await connection.head(times.appendMs);
  const bell = createBell();
  let reached = after;
  let isLive = false;
  let failure: unknown;
  let hasEnded = false;

  const subscription = client.subscribeToAll(
    {
      fromPosition: logPositionOf(after) ?? START,
      filter: filterOf(categories, (_, checkpoint) => {
        reached = later(reached, positionOf(checkpoint));
        bell.ring();
      }),
      credentials,
      requiresLeader: true,
    },
    { highWaterMark: batchMax },
  );
  subscription
    .on('readable', bell.ring)
    .on('caughtUp', () => {
      isLive = true;
      reached = later(reached, head);
      bell.ring();
    })
    .on('fellBehind', () => {
      isLive = false;
    })
    .on('error', (error: unknown) => {
      failure ??= error;
      bell.ring();
    })
    .on('end', () => {
      hasEnded = true;
      bell.ring();
    });
  signal.addEventListener('abort', bell.ring);

  try {
    let position = after;
    let hasSaidSo = false;
    while (!signal.aborted) {
      bell.listen();
      const events = take(() => subscription.read());
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

const take = (read: () => unknown): readonly StoredEvent[] => {
  const events: StoredEvent[] = [];
  while (events.length < batchMax) {
    const next = read() as AllStreamResolvedEvent | null;
    if (next === null) break;
    if (next.event !== undefined) events.push(storedEventOf(next.event));
  }
  return events;
};

/**
 * There may be something new that is filtered out, of which no checkpoint has come yet: to subscribe again costs little, and
 * moves the position over it.
 */
const assertNothingMissed = async (connection: Connection, position: Position, milliseconds: number): Promise<void> => {
  const head = await within(milliseconds, connection.head(milliseconds));
  if (head > position) throw new Silence(`nothing came, though the log has gone on to ${head}`);
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
