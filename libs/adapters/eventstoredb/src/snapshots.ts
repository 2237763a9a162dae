import { randomUUID } from 'node:crypto';
import type { Json, StreamName } from '@conference/kernel';
import { type Snapshot, StoreUnavailable } from '@conference/ports';
import { binaryEvent, NO_STREAM, type ResolvedEvent, WrongExpectedVersionError } from '@eventstore/db-client';
import { type Connection, within } from './connection.ts';
import type { EventStoreDbTimes } from './event-store.ts';
import { oneLine } from './failure.ts';
import { readPage } from './reading.ts';

export interface SnapshotStreams {
  load(stream: StreamName, foldVersion: number): Promise<Snapshot | undefined>;
  save(stream: StreamName, snapshot: Snapshot): Promise<void>;
}

/** Beside each chunk, so that a set is known without reading into it. */
type ChunkMetadata = {
  readonly snapshotId: string;
  readonly chunk: number;
  readonly count: number;
  readonly foldVersion: number;
  readonly streamVersion: number;
};
type Chunk = ChunkMetadata & { readonly bytes: Uint8Array };

/** Well below what a server takes in one append. */
const chunkBytes = 384 * 1024;
const chunksPerPage = 16;
/** Others that save the same snapshot; more would be another trouble. */
const conflictsMax = 50;

export const snapshotStreamOf = (context: string, stream: StreamName): string => `${context}Snapshot${stream}`;

/**
 * A snapshot is a set of chunks in a stream of its own; the newest set that is whole counts. What came before a whole one is
 * truncated (and given back to the disk by the server's next scavenge).
 */
export const snapshotStreams = (connection: Connection, context: string, times: EventStoreDbTimes): SnapshotStreams => {
  const { client, credentials } = connection;
  const options = { credentials, deadline: times.appendMs, requiresLeader: true };

  /** At the end of the stream, wherever that is by now. Answers its revision. */
  const append = async (stream: string, { bytes, ...metadata }: Chunk, expected: bigint | undefined): Promise<bigint> => {
    const event = binaryEvent({ id: randomUUID(), type: 'SnapshotChunk', data: bytes, metadata });
    let expectedRevision = expected;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const appending = client.appendToStream(stream, event, { ...options, expectedRevision: expectedRevision ?? NO_STREAM });
        return (await within(times.appendMs, appending)).nextExpectedRevision;
      } catch (error) {
        if (!(error instanceof WrongExpectedVersionError) || attempt === conflictsMax) throw error;
        const { actualVersion } = error;
        expectedRevision = typeof actualVersion === 'bigint' ? actualVersion : undefined;
      }
    }
  };
  const lastRevision = async (stream: string): Promise<bigint | undefined> => {
    const [last] = await readPage(connection, times.readMs, { stream, from: undefined, direction: 'backwards', count: 1 });
    return last?.event?.revision;
  };

  return {
    async load(stream, foldVersion) {
      const sets = new Map<string, Map<number, Chunk>>();
      for await (const chunk of newestChunks(connection, times.readMs, snapshotStreamOf(context, stream))) {
        if (chunk.foldVersion !== foldVersion) continue;
        const set = sets.get(chunk.snapshotId) ?? new Map<number, Chunk>();
        sets.set(chunk.snapshotId, set.set(chunk.chunk, chunk));
        if (set.size === chunk.count) return { foldVersion, streamVersion: chunk.streamVersion, state: joined(set) };
      }
      return undefined;
    },
    async save(stream, snapshot) {
      const name = snapshotStreamOf(context, stream);
      try {
        let last = await lastRevision(name);
        let first: bigint | undefined;
        for (const chunk of chunksOf(snapshot)) {
          last = await append(name, chunk, last);
          first ??= last;
        }
        await client.setStreamMetadata(name, { truncateBefore: Number(first) }, options);
      } catch (error) {
        throw new StoreUnavailable(`snapshot of ${stream} not saved: ${oneLine(error)}`, { cause: error });
      }
    },
  };
};

const chunksOf = ({ foldVersion, streamVersion, state }: Snapshot): readonly Chunk[] => {
  const bytes = Buffer.from(JSON.stringify(state), 'utf8');
  const snapshotId = randomUUID();
  const count = Math.ceil(bytes.length / chunkBytes);
  return Array.from({ length: count }, (_, chunk) => ({
    snapshotId,
    chunk,
    count,
    foldVersion,
    streamVersion,
    bytes: bytes.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes),
  }));
};

const joined = (set: ReadonlyMap<number, Chunk>): Json => {
  const chunks = [...set.values()].toSorted((one, other) => one.chunk - other.chunk);
  return JSON.parse(Buffer.concat(chunks.map(({ bytes }) => bytes)).toString('utf8'));
};

/** From the last one back. */
async function* newestChunks(connection: Connection, milliseconds: number, stream: string): AsyncGenerator<Chunk, void> {
  let from: number | undefined;
  do {
    const page = await readPage(connection, milliseconds, { stream, from, direction: 'backwards', count: chunksPerPage });
    for (const { event } of page) {
      const chunk = chunkOf(event);
      if (chunk !== undefined) yield chunk;
    }
    const last = page.at(-1)?.event;
    if (last === undefined || page.length < chunksPerPage) return;
    from = Number(last.revision) - 1;
  } while (from >= 0);
}

const chunkOf = (event: ResolvedEvent['event']): Chunk | undefined => {
  if (event === undefined || !(event.data instanceof Uint8Array) || !isChunkMetadata(event.metadata)) return undefined;
  return { ...event.metadata, bytes: event.data };
};

const isChunkMetadata = (value: unknown): value is ChunkMetadata =>
  typeof value === 'object' && value !== null && 'snapshotId' in value && 'chunk' in value && 'count' in value && 'foldVersion' in value;
