import type { StreamName } from '@conference/kernel';
import type { ReadStreamOptions, StoredEvent } from '@conference/ports';
import { BACKWARDS, END, FORWARDS, type ResolvedEvent, START, StreamNotFoundError } from '@eventstore/db-client';
import { type Connection, within } from './connection.ts';
import { storedEventOf } from './event.ts';
import { readFailure } from './failure.ts';

const pageMax = 500;

export interface ReadPage {
  readonly stream: string;
  readonly from: number | undefined;
  readonly direction: 'forwards' | 'backwards';
  readonly count: number;
}

/** Nothing for a stream that does not exist. Read from the leader: what was acknowledged is there. */
export const readPage = async (
  { client, credentials }: Connection,
  milliseconds: number,
  { stream, from, direction, count }: ReadPage,
): Promise<readonly ResolvedEvent[]> => {
  const isForwards = direction === 'forwards';
  const reading = client.readStream(stream, {
    direction: isForwards ? FORWARDS : BACKWARDS,
    fromRevision: from === undefined ? (isForwards ? START : END) : BigInt(from),
    maxCount: count,
    credentials,
    requiresLeader: true,
  });
  const page = async (): Promise<readonly ResolvedEvent[]> => {
    const events: ResolvedEvent[] = [];
    for await (const event of reading) events.push(event);
    return events;
  };
  try {
    return await within(milliseconds, page());
  } catch (error) {
    if (error instanceof StreamNotFoundError) return [];
    void reading.cancel().catch(() => undefined);
    throw readFailure(`reading ${stream}`, error);
  }
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
    const page = (await readPage(connection, milliseconds, { stream, from: next, direction, count })).flatMap(({ event }) =>
      event === undefined ? [] : [storedEventOf(event)],
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    left -= page.length;
    next = last.streamVersion + (direction === 'forwards' ? 1 : -1);
    if (page.length < count || next < 0) return;
  }
}
