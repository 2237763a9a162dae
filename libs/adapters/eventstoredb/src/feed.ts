import { setTimeout } from 'node:timers/promises';
import type { Position } from '@conference/kernel';
import type { FeedBatch } from '@conference/ports';
import type { Connection } from './connection.ts';
import type { EventStoreDbTimes } from './event-store.ts';
import { oneLine } from './failure.ts';
import { oneSubscription, Silence } from './subscription.ts';

export interface FeedStats {
  /** How often one was made. */
  readonly subscriptions: number;
  /** How they ended: with an error, without one, or not at all. */
  readonly errors: number;
  readonly silentEnds: number;
  readonly silences: number;
}
export type FeedCounters = { -readonly [Name in keyof FeedStats]: FeedStats[Name] };

export interface FollowOptions {
  readonly after: Position;
  readonly categories: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly times: EventStoreDbTimes;
  readonly stats: FeedCounters;
  readonly onTrouble: (message: string) => void;
}

/**
 * `$all` from a position on, over as many subscriptions as it takes: the client makes none again by itself. However one ends,
 * the next begins behind what was handed out last, so that nothing is missing and nothing comes twice.
 */
export async function* followAll(connection: Connection, options: FollowOptions): AsyncGenerator<FeedBatch, void> {
  const { signal, times, stats, onTrouble } = options;
  const [firstMs, longestMs] = times.backoffMs;
  let position = options.after;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      stats.subscriptions += 1;
      for await (const batch of oneSubscription(connection, { ...options, after: position })) {
        position = batch.position;
        failures = 0;
        yield batch;
        if (signal.aborted) return;
      }
      if (signal.aborted) return;
      stats.silentEnds += 1;
      onTrouble('the subscription ended without an error; subscribing again');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Silence) stats.silences += 1;
      else stats.errors += 1;
      onTrouble(`the subscription ended: ${oneLine(error)}; subscribing again`);
    }
    await setTimeout(Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16)), undefined, { signal }).catch(() => undefined);
  }
}
