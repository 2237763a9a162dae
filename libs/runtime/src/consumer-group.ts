import type { Position } from '@conference/kernel';
import { origin } from '@conference/kernel';
import type { Random, ReadModelStore, Timer } from '@conference/ports';
import type { Feed, FeedConsumer } from './feed.ts';
import { whileLeased } from './lease.ts';
import type { Log } from './log.ts';

/** Feeds one consumer from its checkpoint until the signal, or until `isDone`. */
export const follow = async (
  feed: Feed,
  consumer: FeedConsumer,
  signal: AbortSignal,
  isDone: () => boolean = () => false,
): Promise<void> => {
  const after = await consumer.checkpoint();
  for await (const batch of feed.reader(consumer.categories, after, signal)) {
    await consumer.handle(batch);
    if (isDone()) return;
    await consumer.linger?.(batch);
  }
};

/** The furthest of the checkpoints: from there the feed starts; who is behind catches up by itself. */
export const furthestCheckpoint = async (consumers: readonly FeedConsumer[]): Promise<Position> => {
  const positions = await Promise.all(consumers.map((consumer) => consumer.checkpoint()));
  return positions.reduce((furthest, position) => (position > furthest ? position : furthest), origin);
};

/**
 * One active runner of each consumer per service, by lease. `make` builds it anew each time the lease is won, so that
 * nothing of a lost one lives on.
 */
export const runLeased = (options: {
  readonly context: string;
  readonly name: string;
  readonly owner: string;
  readonly feed: Feed;
  readonly store: ReadModelStore;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly make: (signal: AbortSignal) => FeedConsumer;
}): Promise<void> => {
  let consumer: FeedConsumer | undefined;
  return whileLeased({
    ...options,
    name: `${options.context}.${options.name}.v1`,
    isIntact: async () => (await consumer?.isIntact?.()) ?? true,
    work: async (signal) => {
      const made = options.make(signal);
      consumer = made;
      try {
        await follow(options.feed, made, signal);
      } finally {
        if (signal.aborted) await made.drain?.();
      }
    },
  });
};
