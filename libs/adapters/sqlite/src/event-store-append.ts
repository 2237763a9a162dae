import type { StreamName } from '@conference/kernel';
import { appendBytesMax, appendEventsMax, type EventToAppend, type ExpectedVersion } from '@conference/ports';

/** An append whose events are already text: turned into it once, and outside the transaction. */
export interface PreparedAppend {
  readonly stream: StreamName;
  /** -1 stands for `no-stream`, so that the version of the next event is always one more. */
  readonly expected: number;
  readonly events: readonly PreparedEvent[];
  readonly bytes: number;
}
export interface PreparedEvent {
  readonly event: EventToAppend;
  readonly data: string;
  readonly metadata: string;
  readonly bytes: number;
}

/** Throws a `RangeError` for what is a programmer's error on every engine: nothing to append, or too much. */
export const prepareAppend = (stream: StreamName, expected: ExpectedVersion, events: readonly EventToAppend[]): PreparedAppend => {
  if (events.length === 0) throw new RangeError(`nothing to append to ${stream}`);
  if (events.length > appendEventsMax)
    throw new RangeError(`${events.length} events in one append to ${stream}: at most ${appendEventsMax}`);
  const prepared = events.map(prepareEvent);
  const bytes = prepared.reduce((sum, event) => sum + event.bytes, 0);
  if (bytes > appendBytesMax) throw new RangeError(`${bytes} bytes in one append to ${stream}: at most ${appendBytesMax}`);
  return { stream, expected: versionNumberOf(expected), events: prepared, bytes };
};

/** The size is that of data and metadata as JSON in UTF-8. */
const prepareEvent = (event: EventToAppend): PreparedEvent => {
  const data = JSON.stringify(event.data);
  const metadata = JSON.stringify(event.metadata);
  return { event, data, metadata, bytes: Buffer.byteLength(data) + Buffer.byteLength(metadata) };
};

const noStream = -1;

const versionNumberOf = (expected: ExpectedVersion): number => {
  if (expected === 'no-stream') return noStream;
  if (!Number.isSafeInteger(expected) || expected < 0) throw new RangeError(`not a stream version: ${expected}`);
  return expected;
};

export const expectedVersionOf = (version: number): ExpectedVersion => (version === noStream ? 'no-stream' : version);
