import type { Instant, JsonObject, MessageMetadata, StreamName } from '@conference/kernel';
import { appendBytesMax, appendEventsMax, type EventToAppend, type ExpectedVersion, type StoredEvent } from '@conference/ports';
import type { ProposedEvent, RecordedEvent } from './driver.ts';
import { positionOf } from './position.ts';

/** `schemaVersion` is the envelope's; on the server it lies beside the metadata. */
type WrittenMetadata = MessageMetadata & { readonly schemaVersion: number };

/** Throws a `RangeError` for what is a programmer's error on every engine: nothing to append, or too much. */
export const eventDataOf = (stream: StreamName, expected: ExpectedVersion, events: readonly EventToAppend[]): readonly ProposedEvent[] => {
  if (events.length === 0) throw new RangeError(`nothing to append to ${stream}`);
  if (events.length > appendEventsMax)
    throw new RangeError(`${events.length} events in one append to ${stream}: at most ${appendEventsMax}`);
  if (expected !== 'no-stream' && (!Number.isSafeInteger(expected) || expected < 0))
    throw new RangeError(`not a stream version: ${expected}`);
  const bytes = events.reduce((sum, { data, metadata }) => sum + jsonBytes(data) + jsonBytes(metadata), 0);
  if (bytes > appendBytesMax) throw new RangeError(`${bytes} bytes in one append to ${stream}: at most ${appendBytesMax}`);
  return events.map(({ eventId, type, schemaVersion, data, metadata }) => ({
    id: eventId,
    type,
    contentType: 'application/json',
    data,
    metadata: { ...metadata, schemaVersion } satisfies WrittenMetadata,
  }));
};

const jsonBytes = (value: JsonObject | MessageMetadata): number => Buffer.byteLength(JSON.stringify(value));

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** The client hands out what is no JSON as text or bytes, without an error. */
const isWrittenMetadata = (value: unknown): value is WrittenMetadata =>
  isObject(value) && typeof value.schemaVersion === 'number' && typeof value.commandId === 'string' && typeof value.occurredAt === 'string';

/** Throws for an event that no service of ours wrote, and for one without a position (servers before 22.6). */
export const storedEventOf = (recorded: RecordedEvent, createdPrecisionMs = 1): StoredEvent => {
  const { streamId, id, revision, type, data, metadata, created } = recorded;
  const where = `event ${revision} of ${streamId}`;
  if (!isObject(data) || !isWrittenMetadata(metadata)) throw new TypeError(`${where} was not written by this adapter`);
  const position = positionOf(recorded.position);
  if (position === undefined) throw new TypeError(`${where} comes without a position: EventStoreDB 23.10 or newer is needed`);
  const { schemaVersion, ...own } = metadata;
  return {
    eventId: id,
    type,
    schemaVersion,
    data,
    metadata: own,
    streamName: streamId as StreamName,
    streamVersion: Number(revision),
    position,
    recordedAt: new Date(created.getTime() - (created.getTime() % createdPrecisionMs)).toISOString() as Instant,
  };
};
