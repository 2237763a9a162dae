import { randomUUID } from 'node:crypto';
import type { Json, StreamName } from '@conference/kernel';
import { type Snapshot, StoreUnavailable } from '@conference/ports';
import type { Connection } from './connection.ts';
import type { ExpectedRevision, ProposedEvent, RecordedEvent } from './driver.ts';
import type { EventStoreDbTimes } from './event-store.ts';
import { oneLine } from './failure.ts';
import { readPage } from './reading.ts';
import { within } from './within.ts';

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
  const { driver } = connection;

  /** At the end of the stream, wherever that is by now. Answers its revision. */
  const append = async (stream: string, event: ProposedEvent, expected: ExpectedRevision): Promise<bigint> => {
    let next = expected;
    for (let attempt = 0; attempt < conflictsMax; attempt += 1) {
      const result = await within(times.appendMs, driver.append(stream, next, [event], times.appendMs));
      if (result.status === 'appended') return result.revision;
      next = result.actual;
    }
    throw new Error(`${stream} is written by too many at once`);
  };
  const lastRevision = async (stream: string): Promise<ExpectedRevision> => {
    const [last] = await readPage(connection, times.readMs, { stream, from: undefined, direction: 'backwards', count: 1 });
    return last?.revision ?? 'no_stream';
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
          last = await append(name, eventOf(chunk), last);
          first ??= last;
        }
        const metastream = `$$${name}`;
        await append(metastream, truncationBefore(Number(first)), await lastRevision(metastream));
      } catch (error) {
        throw new StoreUnavailable(`snapshot of ${stream} not saved: ${oneLine(error)}`, { cause: error });
      }
    },
  };
};

const eventOf = ({ bytes, ...metadata }: Chunk): ProposedEvent => ({
  id: randomUUID(),
  type: 'SnapshotChunk',
  contentType: 'application/octet-stream',
  data: bytes,
  metadata,
});
/** The metadata of a stream is a stream itself. */
const truncationBefore = (revision: number): ProposedEvent => ({
  id: randomUUID(),
  type: '$metadata',
  contentType: 'application/json',
  data: { $tb: revision },
  metadata: {},
});

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
    for (const event of page) {
      const chunk = chunkOf(event);
      if (chunk !== undefined) yield chunk;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < chunksPerPage) return;
    from = Number(last.revision) - 1;
  } while (from >= 0);
}

const chunkOf = (event: RecordedEvent): Chunk | undefined => {
  if (!(event.data instanceof Uint8Array) || !isChunkMetadata(event.metadata)) return undefined;
  return { ...event.metadata, bytes: event.data };
};

const isChunkMetadata = (value: unknown): value is ChunkMetadata =>
  typeof value === 'object' && value !== null && 'snapshotId' in value && 'chunk' in value && 'count' in value && 'foldVersion' in value;
