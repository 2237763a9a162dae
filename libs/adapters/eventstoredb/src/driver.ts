import type { JsonObject } from '@conference/kernel';
import type { Login } from './address.ts';
import { typeOf } from './failure.ts';
import { within } from './within.ts';

/** What the adapter needs of a client of the server: what the two that there are have in common, under one name. */

export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}
export interface RecordedEvent {
  readonly streamId: string;
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  /** Text or bytes where it is no JSON, without an error. */
  readonly data: unknown;
  readonly metadata: unknown;
  readonly created: Date;
  readonly position?: LogPosition | undefined;
}
export type ProposedEvent = { readonly id: string; readonly type: string; readonly metadata: JsonObject } & (
  | { readonly contentType: 'application/json'; readonly data: JsonObject }
  | { readonly contentType: 'application/octet-stream'; readonly data: Uint8Array }
);
export type ExpectedRevision = bigint | 'no_stream';
export type DriverAppendResult =
  | { readonly status: 'appended'; readonly revision: bigint; readonly position: LogPosition | undefined }
  | { readonly status: 'conflict'; readonly actual: ExpectedRevision };

export interface Reading {
  readonly events: AsyncIterable<RecordedEvent>;
  /** Of what is not read to its end. */
  cancel(): void;
}
/** Emits `caughtUp` and `fellBehind` beside what every stream emits. */
export interface LogSubscription {
  readonly readableLength: number;
  /** Null when nothing is there now. */
  read(): unknown;
  on(event: string, listener: (argument: unknown) => void): unknown;
  unsubscribe(): Promise<void>;
  destroy(): unknown;
}
export type StreamFilter = { readonly prefixes: readonly string[] } | { readonly regex: string };

export interface Driver {
  append(stream: string, expected: ExpectedRevision, events: readonly ProposedEvent[], deadlineMs: number): Promise<DriverAppendResult>;
  /** From the leader. Nothing for a stream that does not exist. */
  readStream(
    stream: string,
    options: {
      readonly from: bigint | 'start' | 'end';
      readonly direction: 'forwards' | 'backwards';
      readonly maxCount: number;
      readonly deadlineMs: number;
    },
  ): Reading;
  /** The last event of the log. */
  readLast(deadlineMs: number): Reading;
  subscribeToAll(options: {
    readonly after: LogPosition | undefined;
    readonly filter: StreamFilter;
    /** In windows of 32 events that the server has looked at. */
    readonly checkpointInterval: number;
    readonly checkpointReached: (position: LogPosition) => void;
    readonly highWaterMark: number;
  }): LogSubscription;
  /** Whether reads go over a connection other than that of appends and subscriptions. */
  readonly readsApart: boolean;
  /** To which `created` of an event is the same however it is read. */
  readonly createdPrecisionMs: number;
  close(): Promise<void>;
}

interface CallOptions {
  readonly credentials: Login;
  readonly requiresLeader: boolean;
  readonly deadline?: number;
}
type Resolved = AsyncIterable<{ readonly event?: RecordedEvent | undefined }> & { cancel?(): Promise<void> };
type Filter = { checkpointInterval: number; filterOn: 'streamName'; checkpointReached: (_: unknown, position: LogPosition) => void } & (
  | { prefixes: string[] }
  | { regex: string }
);

/** Both clients are this. */
export interface StreamsClient {
  readStream(
    stream: string,
    options: CallOptions & { fromRevision: bigint | 'start' | 'end'; direction: 'forwards' | 'backwards'; maxCount: number },
  ): Resolved;
  readAll(options: CallOptions & { fromPosition: 'end'; direction: 'backwards'; maxCount: number }): Resolved;
  subscribeToAll(
    options: CallOptions & { fromPosition: 'start' | { commit: bigint; prepare: bigint }; filter: Filter },
    readableOptions: { highWaterMark: number },
  ): LogSubscription;
  dispose(): Promise<void>;
}

/** In what they differ. */
export interface Dialect {
  /** As one call: without credentials of its own, an append goes over a stream that all appends of the process share. */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: Event[],
    options: CallOptions,
  ): Promise<{ readonly nextExpectedRevision: bigint; readonly position?: LogPosition }>;
  /** The member of the error that says what the stream's revision is. */
  readonly actualName: 'actualVersion' | 'actualState';
  readonly readsApart: boolean;
  readonly createdPrecisionMs: number;
  /** The clients have no way to close their connection, which goes on pinging. */
  closeChannel(): Promise<void>;
}
type Event = { id: string; type: string; metadata: JsonObject } & (
  | { contentType: 'application/json'; data: JsonObject }
  | { contentType: 'application/octet-stream'; data: Uint8Array }
);

/** What does not end by then is cut off with the connection. */
const disposeMs = 1_000;

export const driverOn = (client: StreamsClient, credentials: Login, dialect: Dialect): Driver => {
  const options = { credentials, requiresLeader: true };
  return {
    readsApart: dialect.readsApart,
    createdPrecisionMs: dialect.createdPrecisionMs,
    async append(stream, expected, events, deadline) {
      try {
        const result = await dialect.append(stream, expected, [...events], { ...options, deadline });
        return { status: 'appended', revision: result.nextExpectedRevision, position: result.position };
      } catch (error) {
        if (typeOf(error) !== 'wrong-expected-version') throw error;
        const actual: unknown = Reflect.get(Object(error), dialect.actualName);
        return { status: 'conflict', actual: typeof actual === 'bigint' ? actual : 'no_stream' };
      }
    },
    readStream: (stream, { from, direction, maxCount, deadlineMs }) =>
      readingOf(client.readStream(stream, { ...options, fromRevision: from, direction, maxCount, deadline: deadlineMs })),
    readLast: (deadline) => readingOf(client.readAll({ ...options, fromPosition: 'end', direction: 'backwards', maxCount: 1, deadline })),
    subscribeToAll: ({ after, filter, checkpointInterval, checkpointReached, highWaterMark }) =>
      client.subscribeToAll(
        {
          ...options,
          fromPosition: after ?? 'start',
          filter: {
            ...('regex' in filter ? { regex: filter.regex } : { prefixes: [...filter.prefixes] }),
            filterOn: 'streamName',
            checkpointInterval,
            checkpointReached: (_, position) => checkpointReached(position),
          },
        },
        { highWaterMark },
      ),
    async close() {
      // A call that was left before its end makes it wait for ever.
      await within(disposeMs, client.dispose()).catch(() => undefined);
      await dialect.closeChannel();
    },
  };
};

const readingOf = (reading: Resolved): Reading => ({
  events: eventsOf(reading),
  cancel() {
    void reading.cancel?.().catch(() => undefined);
  },
});

async function* eventsOf(reading: Resolved): AsyncGenerator<RecordedEvent, void> {
  try {
    for await (const { event } of reading) if (event !== undefined) yield event;
  } catch (error) {
    if (typeOf(error) !== 'stream-not-found') throw error;
  }
}
