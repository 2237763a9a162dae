/** What the server keeps, and the rules by which it takes an append. It outlives a restart of the server. */
import { createArena } from './arena.ts';
import { decodedEvent, encodedEvent } from './event-message.ts';

export interface LoggedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** Of its record in the log: grows, with holes. */
  readonly position: bigint;
  /** 100 ns since 1970. */
  readonly createdTicks: bigint;
}
export type ProposedEvent = Pick<LoggedEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

export type ExpectedRevision =
  | { readonly kind: 'exact'; readonly revision: number }
  | { readonly kind: 'no-stream' | 'any' | 'stream-exists' };

export type AppendOutcome =
  /** `position` is undefined where nothing was proposed. */
  | { readonly status: 'success'; readonly revision: number; readonly position: bigint | undefined }
  /** `current` is -1 where there is no stream. */
  | { readonly status: 'wrong-expected-version'; readonly current: number };

/** The events of one append, each as the message in which it is sent. */
export interface AppendRecord {
  readonly stream: string;
  readonly messages: readonly Uint8Array[];
}

/** The events of a stream as indexes in the log; those below `first` are hidden by `$maxCount` and `$tb`. */
export interface StreamEvents {
  readonly first: number;
  readonly indexes: readonly number[];
}

export interface EventLog {
  /** Of what can be read. */
  readonly length: number;
  streamAt(index: number): string;
  positionAt(index: number): bigint;
  /** As it is sent. */
  messageAt(index: number): Buffer;
  /** Decoded from its message. */
  eventAt(index: number): LoggedEvent;
  /** By everything that was appended before; readable once it is published. */
  append(stream: string, expected: ExpectedRevision, events: readonly ProposedEvent[]): AppendOutcome;
  /** The number of events, with those that cannot be read yet. */
  appended(): number;
  /** Makes so many events of the log readable. */
  publish(length: number): void;
  /** What was written before the log was opened. */
  restore(record: AppendRecord): void;
  /** Undefined when there is no such stream. */
  read(stream: string): StreamEvents | undefined;
  /** The index of the first event behind a position. */
  indexAfter(position: bigint): number;
  /** Resolves when more can be read, or when `signal` is aborted. */
  nextAppend(signal: AbortSignal): Promise<void>;
  /** What a restart loses: the ids by which a repeat with `any` is recognised. */
  forgetRecentIds(): void;
}

/** The header of a record: so positions never look like numbers of events. */
const headerBytes = 96;
/** The server's cache is bounded too. */
const recentIdsMax = 20_000;

interface StreamState {
  /** One string for all its events. */
  readonly name: string;
  readonly indexes: number[];
  maxCount: number;
  truncateBefore: number;
}

/** `written` is told of every append. */
export const createEventLog = (written: (record: AppendRecord) => void = () => undefined): EventLog => {
  const messages = createArena();
  const streamOf: string[] = [];
  const positions: number[] = [];
  const streams = new Map<string, StreamState>();
  /** One entry for an id, whatever the stream: the same id in another stream takes its place. */
  const recent = new Map<string, number>();
  const waiting = new Set<() => void>();
  let end = 0;
  let published = 0;

  const stateOf = (name: string): StreamState => {
    const state = streams.get(name) ?? { name, indexes: [], maxCount: Number.POSITIVE_INFINITY, truncateBefore: 0 };
    streams.set(name, state);
    return state;
  };
  const eventAt = (index: number): LoggedEvent => decodedEvent(messages.at(index));
  const outcomeAt = (state: StreamState, revision: number): AppendOutcome => {
    const index = state.indexes[revision];
    return { status: 'success', revision, position: index === undefined ? undefined : BigInt(positions[index] ?? 0) };
  };
  const add = (stream: string, record: readonly Uint8Array[]): StreamState => {
    const state = stateOf(stream);
    for (const message of record) {
      state.indexes.push(messages.length);
      streamOf.push(state.name);
      positions.push(end);
      messages.push(message);
      end += headerBytes + message.length;
    }
    if (stream.startsWith('$$')) applyMetadata(stateOf(stream.slice(2)), eventAt(messages.length - 1).data);
    return state;
  };
  const write = (stream: string, proposed: readonly ProposedEvent[]): AppendOutcome => {
    const createdTicks = BigInt(Date.now()) * 10_000n;
    const first = streams.get(stream)?.indexes.length ?? 0;
    const record: Uint8Array[] = [];
    let position = end;
    for (const [index, event] of proposed.entries()) {
      const message = encodedEvent({ ...event, stream, revision: first + index, position: BigInt(position), createdTicks });
      record.push(message);
      position += headerBytes + message.length;
    }
    written({ stream, messages: record });
    for (const [index, { id }] of proposed.entries()) remember(id, messages.length + index);
    const state = add(stream, record);
    return outcomeAt(state, state.indexes.length - 1);
  };
  const remember = (id: string, index: number): void => {
    recent.delete(id);
    recent.set(id, index);
    const [oldest] = recent.keys();
    if (recent.size > recentIdsMax && oldest !== undefined) recent.delete(oldest);
  };
  /** The outcome of then when exactly these ids are there, in this order; a part of them is nothing. */
  const sameAt = (state: StreamState, from: number, proposed: readonly ProposedEvent[]): AppendOutcome | undefined => {
    const there = state.indexes.slice(from, from + proposed.length);
    const isSame = there.length === proposed.length && there.every((index, nth) => eventAt(index).id === proposed[nth]?.id);
    return isSame ? outcomeAt(state, from + proposed.length - 1) : undefined;
  };
  const repeatOf = (stream: string, proposed: readonly ProposedEvent[]): AppendOutcome | undefined => {
    const first = recent.get(proposed[0]?.id ?? '');
    if (first === undefined || streamOf[first] !== stream) return undefined;
    return sameAt(stateOf(stream), eventAt(first).revision, proposed);
  };

  return {
    get length() {
      return published;
    },
    streamAt: (index) => streamOf[index] ?? '',
    positionAt: (index) => BigInt(positions[index] ?? 0),
    messageAt: (index) => messages.at(index),
    eventAt,
    append(stream, expected, proposed) {
      const state = streams.get(stream);
      const current = (state?.indexes.length ?? 0) - 1;
      const refused: AppendOutcome = { status: 'wrong-expected-version', current };
      if (expected.kind === 'any' || expected.kind === 'stream-exists') {
        if (expected.kind === 'stream-exists' && current < 0) return refused;
        return repeatOf(stream, proposed) ?? write(stream, proposed);
      }
      const revision = expected.kind === 'exact' ? expected.revision : -1;
      if (revision > current) return refused;
      if (revision < current && state !== undefined) return sameAt(state, revision + 1, proposed) ?? refused;
      return write(stream, proposed);
    },
    appended: () => messages.length,
    publish(length) {
      published = Math.max(published, length);
      for (const wake of [...waiting]) wake();
    },
    restore({ stream, messages: record }) {
      add(stream, record);
      published = messages.length;
    },
    read(stream) {
      const state = streams.get(stream);
      const isReadable = (index: number | undefined): boolean => index !== undefined && index < published;
      if (state === undefined || !isReadable(state.indexes[0])) return undefined;
      const indexes = isReadable(state.indexes.at(-1)) ? state.indexes : state.indexes.filter(isReadable);
      return { indexes, first: Math.max(state.truncateBefore, indexes.length - state.maxCount, 0) };
    },
    indexAfter(position) {
      let [low, high] = [0, published];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (BigInt(positions[middle] ?? 0) <= position) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    nextAppend: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        if (signal.aborted) return resolve();
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      }),
    forgetRecentIds: () => recent.clear(),
  };
};

const applyMetadata = (state: StreamState, data: Uint8Array): void => {
  const { $maxCount, $tb }: { readonly $maxCount?: number; readonly $tb?: number } = JSON.parse(Buffer.from(data).toString('utf8'));
  state.maxCount = $maxCount ?? Number.POSITIVE_INFINITY;
  state.truncateBefore = $tb ?? 0;
};
