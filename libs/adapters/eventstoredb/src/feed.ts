import { setTimeout } from 'node:timers/promises';
import type { Position } from '@conference/kernel';
import type { FeedBatch } from '@conference/ports';
import type { Connection } from './connection.ts';
import type { EventStoreDbTimes } from './event-store.ts';
import { kindOf, oneLine } from './failure.ts';
import { oneSubscription, Silence } from './subscription.ts';
import type { Trouble } from './troubles.ts';

export interface FeedStats {
  /** How often one was made. */
  readonly subscriptions: number;
  /** How they ended: with an error, without one, or not at all though there was something to send. */
  readonly errors: number;
  readonly silentEnds: number;
  readonly silences: number;
  /** Made again without need: what had come meanwhile were events that nobody here wants. */
  readonly renewals: number;
}
export type FeedCounters = { -readonly [Name in keyof FeedStats]: FeedStats[Name] };

export interface FollowOptions {
  readonly after: Position;
  readonly categories: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly times: EventStoreDbTimes;
  readonly stats: FeedCounters;
  readonly trouble: Trouble;
}

/**
 * `$all` from a position on, over as many subscriptions as it takes: the client makes none again by itself. However one ends,
 * the next begins behind what was handed out last, so that nothing is missing and nothing comes twice.
 */
export async function* followAll(connection: Connection, options: FollowOptions): AsyncGenerator<FeedBatch, void> {
  const { signal, times, stats, trouble } = options;
  const [firstMs, longestMs] = times.backoffMs;
  const suspicion = suspicionOf(stats, trouble);
  let position = options.after;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      stats.subscriptions += 1;
      for await (const batch of oneSubscription(connection, { ...options, after: position })) {
        suspicion.isResolvedBy(batch);
        trouble.isOver();
        position = batch.position;
        failures = 0;
        yield batch;
        if (signal.aborted) return;
      }
      if (signal.aborted) return;
      stats.silentEnds += 1;
      trouble.begins('ended', 'ended by the server without an error; subscribing again');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Silence) {
        suspicion.arises(error.head);
        continue;
      }
      stats.errors += 1;
      trouble.begins(kindOf(error), `${oneLine(error)}; subscribing again`);
    }
    await setTimeout(Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16)), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * A subscription on which nothing comes while the log goes on is dead, or nobody here wants what is new. The next one tells: it is
 * made from where the first one stood.
 */
const suspicionOf = (stats: FeedCounters, trouble: Trouble) => {
  let head: Position | undefined;
  return {
    arises(position: Position): void {
      head = position;
    },
    isResolvedBy({ events, position, caughtUp }: FeedBatch): void {
      const until = head;
      if (until === undefined) return;
      const hasMissed = events.some((event) => event.position <= until);
      if (!hasMissed && !caughtUp && position < until) return;
      head = undefined;
      if (!hasMissed) stats.renewals += 1;
      else {
        stats.silences += 1;
        trouble.begins('silent', 'nothing came though there was something; subscribed again');
      }
    },
  };
};
