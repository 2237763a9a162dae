import type { StreamName } from '@conference/kernel';
import type { FeedBatch, StoredEvent, Timer } from '@conference/ports';
import { documentWaiters } from './waiters.ts';

/** Lets a request wait for an event as soon as it is durable, before any projection has seen it. */
export interface EventWatch {
  /** The first event of the stream from now on that is the one; undefined when the time is up before. */
  waitFor(stream: StreamName, isIt: (stored: StoredEvent) => boolean, withinMs: number): Promise<StoredEvent | undefined>;
}

export interface RunningEventWatch extends EventWatch {
  see(batch: FeedBatch): void;
}

export const eventWatch = (timer: Timer): RunningEventWatch => {
  const waiters = documentWaiters<StoredEvent>(timer);
  return {
    waitFor: (stream, isIt, withinMs) => waiters.waitUntil(stream, isIt, withinMs),
    see: (batch) => {
      for (const stored of batch.events) waiters.wrote(stored.streamName, stored);
    },
  };
};
