import type { Instant, Json, JsonObject, MessageMetadata, Position, StreamName, StreamVersion } from '@conference/kernel';
import { EngineUnavailable } from './engine-unavailable.ts';

/** Always exact: what was decided on is what is there. There is no "any". */
export type ExpectedVersion = StreamVersion | 'no-stream';

export interface EventToAppend {
  /** `uuidv5(commandId, index)`: a retry carries the same ids. */
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonObject;
  readonly metadata: MessageMetadata;
}
export interface StoredEvent extends EventToAppend {
  readonly streamName: StreamName;
  readonly streamVersion: StreamVersion;
  readonly position: Position;
  readonly recordedAt: Instant;
}

export type AppendResult =
  /** Version and position of the last event of the batch. */
  | { readonly status: 'appended'; readonly streamVersion: StreamVersion; readonly position: Position }
  /** Certain: nothing of this batch was written by this call. */
  | { readonly status: 'conflict'; readonly actual: ExpectedVersion };

/**
 * The batch is in the store or not, and the adapter cannot know (time-out, lost connection). Send the SAME batch again
 * - same ids, same expected version - until it resolves, and never recompose it first: new events under old ids are how
 * data is lost.
 */
export class UnknownOutcome extends EngineUnavailable {
  override readonly name = 'UnknownOutcome';
}
/** Certain that nothing was written, and that it may work later: disk full, over capacity, closing. */
export class StoreUnavailable extends EngineUnavailable {
  override readonly name = 'StoreUnavailable';
}

/** Limits of one append, on every engine. More is a programmer's error and throws. */
export const appendEventsMax = 500;
export const appendBytesMax = 512 * 1024;

export interface FeedBatch {
  readonly events: readonly StoredEvent[];
  /** Covers what was filtered out too, so a checkpoint advances over it. */
  readonly position: Position;
  /** Nothing more was in the store at that moment. */
  readonly caughtUp: boolean;
}

export interface Snapshot {
  /** Raised with every change of `evolve`. */
  readonly foldVersion: number;
  readonly streamVersion: StreamVersion;
  /** The decider's state, and the runner's own: recent command ids, the last `occurredAt`. */
  readonly state: Json;
}

export interface ReadStreamOptions {
  /** Inclusive. Default: the first event forwards, the last one backwards. */
  readonly from?: StreamVersion;
  readonly direction?: 'forwards' | 'backwards';
  readonly maxCount?: number;
}

export interface EventStore {
  /**
   * All or nothing, and durable when answered. Appends to different streams are independent, whatever the engine writes
   * together. A batch that is already there, at that place, is 'appended' again with the result of then, whatever came
   * after it; a batch of which only the first events are there is a conflict. An empty batch is an error.
   * Throws {@link UnknownOutcome} or {@link StoreUnavailable}.
   */
  append(stream: StreamName, expected: ExpectedVersion, events: readonly EventToAppend[]): Promise<AppendResult>;
  /** In pages; no page for an unknown stream. */
  readStream(stream: StreamName, options?: ReadStreamOptions): AsyncIterable<readonly StoredEvent[]>;
  /**
   * Every event of the categories (all when absent) after a position, in commit order, then what comes, until aborted:
   * then the iteration ends without an error. Nothing ever appears before a position already seen. At least one batch
   * with `caughtUp` comes once the end is reached, also when the store is empty; its position is then `after`.
   * The runtime opens one of these per service and fans it out.
   */
  subscribeToAll(options: {
    readonly after: Position;
    readonly categories?: readonly string[];
    readonly signal: AbortSignal;
  }): AsyncIterable<FeedBatch>;
  /** A shortcut, never a truth: undefined when there is none, it is torn, or its `foldVersion` is another. */
  loadSnapshot(stream: StreamName, foldVersion: number): Promise<Snapshot | undefined>;
  /** Keeps at least this one, whole. May be larger than an append: adapters write it in chunks. */
  saveSnapshot(stream: StreamName, snapshot: Snapshot): Promise<void>;
  /** Waits for what was asked before. */
  close(): Promise<void>;
}
