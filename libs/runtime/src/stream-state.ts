import type { DomainEvent, Instant, Json, JsonObject, Position, StreamName, StreamVersion } from '@conference/kernel';
import { origin } from '@conference/kernel';
import type { EventStore, ExpectedVersion, StoredEvent } from '@conference/ports';
import { type CommandLog, commandLog } from './command-log.ts';
import { type EventCodec, UndecodableEvent } from './event-codec.ts';

export interface SnapshotPolicy<S> {
  /** Raised with every change of `evolve`. */
  readonly foldVersion: number;
  /** At least this many events between two; see {@link isSnapshotDue}. */
  readonly every: number;
  readonly toJson: (state: S) => Json;
  readonly fromJson: (json: Json) => S;
}

/** A stream in memory: what was folded, and what the handler itself has to know of it. */
export interface LoadedStream<S> {
  readonly state: S;
  readonly version: ExpectedVersion;
  readonly position: Position;
  readonly occurredAt: Instant | undefined;
  readonly commands: CommandLog;
  /** An estimate of the memory it takes. */
  readonly bytes: number;
  /** Of the last snapshot, -1 for none. */
  readonly snapshotVersion: StreamVersion;
}

export interface StreamFold<S, E extends DomainEvent> {
  readonly initialState: S;
  readonly evolve: (state: S, event: E) => S;
  readonly codec: EventCodec<E>;
  readonly eventStore: EventStore;
  /** How many command ids a stream remembers. */
  readonly remember: number;
  readonly snapshot?: SnapshotPolicy<S>;
}

/** An estimate of what an event adds to a state in memory. */
export const bytesPerEvent = 300;
export const nextVersion = (version: ExpectedVersion): StreamVersion => (version === 'no-stream' ? 0 : version + 1);

/**
 * A snapshot costs as much as the state is large, so with one every n events the cost of an event would grow with the
 * history. Growing the distance in proportion keeps it constant, and the tail to be folded at a quarter of the whole.
 */
export const isSnapshotDue = (every: number, snapshotVersion: StreamVersion, version: StreamVersion): boolean =>
  version - snapshotVersion >= Math.max(every, Math.floor(version / 4));

const empty = <S, E extends DomainEvent>(fold: StreamFold<S, E>): LoadedStream<S> => ({
  state: fold.initialState,
  version: 'no-stream',
  position: origin,
  occurredAt: undefined,
  commands: commandLog(fold.remember),
  bytes: 200,
  snapshotVersion: -1,
});

const decodeOwn = <E extends DomainEvent>(codec: EventCodec<E>, stored: StoredEvent): E => {
  const event = codec.decode(stored);
  if (event === undefined) throw new UndecodableEvent(`${stored.streamName} holds ${stored.type}, which is not in the catalog`);
  return event;
};

const applied = <S, E extends DomainEvent>(
  fold: StreamFold<S, E>,
  loaded: LoadedStream<S>,
  page: readonly StoredEvent[],
): LoadedStream<S> => {
  let state = loaded.state;
  for (const [index, stored] of page.entries()) {
    state = fold.evolve(state, decodeOwn(fold.codec, stored));
    const { commandId, requestHash } = stored.metadata;
    // Its events stand together, and the last one counts.
    if (page[index + 1]?.metadata.commandId === commandId) continue;
    const { streamVersion, position } = stored;
    loaded.commands.add(commandId, requestHash === undefined ? { streamVersion, position } : { streamVersion, position, requestHash });
  }
  const last = page.at(-1);
  if (last === undefined) return loaded;
  return {
    ...loaded,
    state,
    version: last.streamVersion,
    position: last.position,
    occurredAt: last.metadata.occurredAt,
    bytes: loaded.bytes + page.length * bytesPerEvent,
  };
};

type Saved = { readonly state: Json; readonly commands: Json; readonly position: Position; readonly occurredAt: Instant | null };

const fromSnapshot = async <S, E extends DomainEvent>(fold: StreamFold<S, E>, stream: StreamName): Promise<LoadedStream<S>> => {
  const policy = fold.snapshot;
  const found = policy && (await fold.eventStore.loadSnapshot(stream, policy.foldVersion));
  if (policy === undefined || found === undefined) return empty(fold);
  const saved = found.state as JsonObject as Saved; // ours, and of this fold version
  return {
    state: policy.fromJson(saved.state),
    version: found.streamVersion,
    position: saved.position,
    occurredAt: saved.occurredAt ?? undefined,
    commands: commandLog(fold.remember, saved.commands),
    bytes: found.streamVersion * bytesPerEvent,
    snapshotVersion: found.streamVersion,
  };
};

/** Folds what came after `from`; with a fresh one the whole stream, from its snapshot where there is one. */
export const loadStream = async <S, E extends DomainEvent>(
  fold: StreamFold<S, E>,
  stream: StreamName,
  from?: LoadedStream<S>,
): Promise<LoadedStream<S>> => {
  let loaded = from ?? (await fromSnapshot(fold, stream));
  for await (const page of fold.eventStore.readStream(stream, { from: nextVersion(loaded.version) })) loaded = applied(fold, loaded, page);
  return loaded;
};

/** The state as it was at a version, folded from the events: the answer of a command of then. */
export const loadStateAt = async <S, E extends DomainEvent>(
  fold: StreamFold<S, E>,
  stream: StreamName,
  version: StreamVersion,
): Promise<S> => {
  let loaded = empty(fold);
  for await (const page of fold.eventStore.readStream(stream, { maxCount: version + 1 })) loaded = applied(fold, loaded, page);
  return loaded.state;
};

export const saveSnapshot = async <S, E extends DomainEvent>(
  fold: StreamFold<S, E>,
  policy: SnapshotPolicy<S>,
  stream: StreamName,
  loaded: LoadedStream<S>,
): Promise<void> => {
  if (loaded.version === 'no-stream') return;
  const saved: Saved = {
    state: policy.toJson(loaded.state),
    commands: loaded.commands.toJson(),
    position: loaded.position,
    occurredAt: loaded.occurredAt ?? null,
  };
  await fold.eventStore.saveSnapshot(stream, { foldVersion: policy.foldVersion, streamVersion: loaded.version, state: saved });
};
