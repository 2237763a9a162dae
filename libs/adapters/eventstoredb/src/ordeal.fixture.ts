import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { origin, type Position, type StreamName, streamName } from '@conference/kernel';
import { type EventStore, type EventToAppend, StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { newEvent, writeStreams } from './load.fixture.ts';

/** What was asked of the store while it suffered, and what it answered. */
export interface Ordeal {
  readonly category: string;
  /** Ids by stream, in the order in which they were acknowledged. */
  readonly acknowledged: ReadonlyMap<StreamName, readonly string[]>;
  /** What a consumer was given, each time from its checkpoint on until it broke off. */
  readonly sessions: readonly Session[];
}
export interface Session {
  readonly after: Position;
  readonly ids: readonly string[];
}

export const newCategory = (): string => `Ordeal${randomUUID().replaceAll('-', '')}`;

/** Several writers at a time of one stream, each of which decides on what it has read, and writes each of its numbers once. */
const writersMax = 3;
const ownAppends = 15;
/** A consumer persists the checkpoint of every batch but the one at which it breaks off. */
const batchesOfSession = 8;

const tryAgain = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnknownOutcome || error instanceof StoreUnavailable)) throw error;
      await setTimeout(10);
    }
  }
};

const lastVersion = (store: EventStore, stream: StreamName): Promise<number | 'no-stream'> =>
  tryAgain(async () => {
    for await (const [last] of store.readStream(stream, { direction: 'backwards', maxCount: 1 }))
      if (last !== undefined) return last.streamVersion;
    return 'no-stream';
  });

/** Sent as it is until its outcome is known, and decided anew only when it was certainly not written. */
const contend = async (store: EventStore, stream: StreamName, event: EventToAppend): Promise<number> => {
  for (;;) {
    const expected = await lastVersion(store, stream);
    const result = await tryAgain(() => store.append(stream, expected, [event]));
    if (result.status === 'appended') return result.streamVersion;
  }
};

const writeOneStream = async (store: EventStore, stream: StreamName): Promise<readonly string[]> => {
  const ids: string[] = [];
  const write = async (): Promise<void> => {
    for (let index = 0; index < ownAppends; index += 1) {
      const event = newEvent();
      ids[await contend(store, stream, event)] = event.eventId;
    }
  };
  await Promise.all(Array.from({ length: writersMax }, write));
  return ids;
};

const consume = async (store: EventStore, category: string, isOver: () => boolean, total: () => number): Promise<readonly Session[]> => {
  const sessions: Session[] = [];
  const seen = new Set<string>();
  let checkpoint: Position = origin;
  while (!(isOver() && seen.size >= total())) {
    const abort = new AbortController();
    const ids: string[] = [];
    const after = checkpoint;
    let batches = 0;
    for await (const { events, position } of store.subscribeToAll({ after, categories: [category], signal: abort.signal })) {
      for (const { eventId } of events) {
        ids.push(eventId);
        seen.add(eventId);
      }
      batches += 1;
      if (batches === batchesOfSession || (isOver() && seen.size >= total())) abort.abort();
      else checkpoint = position;
    }
    sessions.push({ after, ids });
  }
  return sessions;
};

/** Single-writer streams, one stream of many writers, and a consumer that breaks off again and again: until all is written and seen. */
export const undergo = async (store: EventStore, load: { readonly streams: number; readonly appends: number }): Promise<Ordeal> => {
  const category = newCategory();
  const contended = streamName(category, 'contended');
  let written: ReadonlyMap<StreamName, readonly string[]> | undefined;
  const total = (): number => [...(written ?? new Map()).values()].reduce((sum: number, { length }) => sum + length, 0);
  const consuming = consume(store, category, () => written !== undefined, total);
  const [streams, ids] = await Promise.all([writeStreams(store, category, load), writeOneStream(store, contended)]);
  written = new Map([...streams, [contended, ids]]);
  // The last event may have come before it was acknowledged: one more lets the consumer look again.
  await contend(store, streamName(category, 'last'), newEvent());
  return { category, acknowledged: written, sessions: await consuming };
};

export interface Log {
  readonly ids: readonly string[];
  readonly positions: readonly Position[];
  readonly byStream: ReadonlyMap<StreamName, readonly string[]>;
}

/** All of a category as it is in the end. */
export const readLog = async (store: EventStore, category: string): Promise<Log> => {
  const abort = new AbortController();
  const ids: string[] = [];
  const positions: Position[] = [];
  const byStream = new Map<StreamName, string[]>();
  for await (const { events, caughtUp } of store.subscribeToAll({ after: origin, categories: [category], signal: abort.signal })) {
    for (const { eventId, position, streamName: stream } of events) {
      ids.push(eventId);
      positions.push(position);
      byStream.set(stream, [...(byStream.get(stream) ?? []), eventId]);
    }
    if (caughtUp) abort.abort();
  }
  return { ids, positions, byStream };
};

/** What the log has behind a position, as far as the session came. */
export const expectedOf = ({ after, ids }: Session, log: Log): readonly string[] => {
  const first = log.positions.findIndex((position) => position > after);
  return first < 0 ? [] : log.ids.slice(first, first + ids.length);
};
