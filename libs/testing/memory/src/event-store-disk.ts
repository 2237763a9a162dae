import type { JsonObject, MessageMetadata, Position, StreamName } from '@conference/kernel';
import type { EventToAppend, Snapshot, StoredEvent } from '@conference/ports';

/** What outlives an instance of the in-memory event store, as a disk outlives a process. Instances may share one. */
export interface EventDisk {
  readonly events: StoredEvent[];
  readonly streams: Map<StreamName, StoredEvent[]>;
  /** The newest last; two of each stream are kept. */
  readonly snapshots: Map<StreamName, readonly SnapshotOnDisk[]>;
  /** Called after each append, whichever instance it came through. */
  readonly waiting: Set<() => void>;
}
export interface SnapshotOnDisk {
  readonly foldVersion: number;
  readonly streamVersion: number;
  /** Together the JSON of the state; a set that is shorter than `length` is torn. */
  readonly chunks: string[];
  readonly length: number;
}

export const createEventDisk = (): EventDisk => ({ events: [], streams: new Map(), snapshots: new Map(), waiting: new Set() });

const positionDigits = 16;
export const positionAt = (count: number): Position => (count === 0 ? '' : String(count).padStart(positionDigits, '0')) as Position;
/** How many events there are up to a position. */
export const countUpTo = (position: Position): number => {
  const count = position === '' ? 0 : Number(position);
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`not a position of this store: ${position}`);
  return count;
};

/** An event as text, as it would be on a real disk: later changes to what was appended do not reach it. */
export interface WrittenEvent {
  readonly event: EventToAppend;
  readonly bytes: number;
}
const encoder = new TextEncoder();
export const written = (event: EventToAppend): WrittenEvent => {
  const [data, metadata] = [JSON.stringify(event.data), JSON.stringify(event.metadata)];
  return {
    event: {
      eventId: event.eventId,
      type: event.type,
      schemaVersion: event.schemaVersion,
      data: frozen(JSON.parse(data) as JsonObject),
      metadata: frozen(JSON.parse(metadata) as MessageMetadata),
    },
    bytes: encoder.encode(data).length + encoder.encode(metadata).length,
  };
};

const frozen = <T extends object>(value: T): T => {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(value);
};

const chunkLength = 256 * 1024;

export const snapshotOnDisk = ({ foldVersion, streamVersion, state }: Snapshot): SnapshotOnDisk => {
  const text = JSON.stringify(state);
  const count = Math.ceil(text.length / chunkLength);
  const chunks = Array.from({ length: count }, (_, index) => text.slice(index * chunkLength, (index + 1) * chunkLength));
  return { foldVersion, streamVersion, chunks, length: text.length };
};
