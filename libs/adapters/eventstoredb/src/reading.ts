import type { StreamName } from '@conference/kernel';
import type { ReadStreamOptions, StoredEvent } from '@conference/ports';
import type { Connection } from './connection.ts';
import type { RecordedEvent } from './driver.ts';
import { storedEventOf } from './event.ts';
import { readFailure } from './failure.ts';
import { within } from './within.ts';

const pageMax = 500;

export interface ReadPage {
  readonly stream: string;
  readonly from: number | undefined;
  readonly direction: 'forwards' | 'backwards';
  readonly count: number;
}

/** Nothing for a stream that does not exist. Read from the leader: what was acknowledged is there. */
export const readPage = async (
  { driver }: Connection,
  milliseconds: number,
  { stream, from, direction, count }: ReadPage,
): Promise<readonly RecordedEvent[]> => {
  const start = direction === 'forwards' ? 'start' : 'end';
  const reading = driver.readStream(stream, {
    from: from === undefined ? start : BigInt(from),
    direction,
    maxCount: count,
    deadlineMs: milliseconds,
  });
  try {
    return await within(milliseconds, allOf(reading.events));
  } catch (error) {
    reading.cancel();
    throw readFailure(`reading ${stream}`, error);
  }
};

const allOf = async (events: AsyncIterable<RecordedEvent>): Promise<readonly RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

export async function* pagesOfStream(
  connection: Connection,
  milliseconds: number,
  stream: StreamName,
  { direction = 'forwards', from, maxCount = Number.POSITIVE_INFINITY }: ReadStreamOptions,
): AsyncGenerator<readonly StoredEvent[], void> {
  let next = from;
  for (let left = maxCount; left > 0; ) {
    const count = Math.min(left, pageMax);
    const page = (await readPage(connection, milliseconds, { stream, from: next, direction, count })).map((event) =>
      storedEventOf(event, connection.driver.createdPrecisionMs),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    left -= page.length;
    next = last.streamVersion + (direction === 'forwards' ? 1 : -1);
    if (page.length < count || next < 0) return;
  }
}
