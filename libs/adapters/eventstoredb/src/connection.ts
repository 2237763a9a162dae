import { origin, type Position } from '@conference/kernel';
import { BACKWARDS, type Credentials, END, EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreUnusable, oneLine, TimeUp, typeOf } from './failure.ts';
import { positionOf } from './position.ts';

export interface Connection {
  readonly client: EventStoreDBClient;
  /** To be given with every append: without them the client sends it over a stream that all appends of the process share. */
  readonly credentials: Credentials;
  /** Of the last event in the server's log; `origin` when it is empty. Fails when there is no answer in time. */
  head(milliseconds: number): Promise<Position>;
  close(): Promise<void>;
}

/** What does not end by then is cut off with the connection. */
const disposeMs = 1_000;
const scheme = /^esdb(?:\+discover)?:\/\//;
const inUrl = /^esdb(?:\+discover)?:\/\/([^:@/]+):([^@/]*)@/;
/** A server without security does not look at them. */
const noCredentials: Credentials = { username: 'none', password: 'none' };

export const withoutPassword = (url: string): string => url.replace(/(:\/\/[^:@/]+):[^@/]*@/, '$1:***@');

/** Throws {@link EventStoreUnusable} for an address that is none; connects with the first call. */
export const connect = (url: string): Connection => {
  if (!scheme.test(url))
    throw new EventStoreUnusable(`EVENTSTORE_URL must begin with esdb:// or esdb+discover://, but is ${withoutPassword(url)}`);
  const client = clientOf(url);
  const [, username, password] = inUrl.exec(url) ?? [];
  const credentials =
    username === undefined || password === undefined
      ? noCredentials
      : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    client,
    credentials,
    async head(milliseconds) {
      const reading = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, credentials, deadline: milliseconds });
      // To its end: a stream that is left before it makes the client's `dispose` wait for ever.
      const last = async (): Promise<Position> => {
        let position = origin;
        for await (const { event } of reading) position = positionOf(event?.position) ?? origin;
        return position;
      };
      try {
        return await within(milliseconds, last());
      } catch (error) {
        void reading.cancel().catch(() => undefined);
        throw error;
      }
    },
    async close() {
      await within(disposeMs, client.dispose()).catch(() => undefined);
      // The client has no way to close its connection, which goes on pinging.
      (await client['getChannel']()).close();
    },
  };
};

const clientOf = (url: string): EventStoreDBClient => {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch (error) {
    throw new EventStoreUnusable(`EVENTSTORE_URL ${withoutPassword(url)}: ${oneLine(error)}`, { cause: error });
  }
};

/** The promise goes on; nobody waits for it any more. */
export const within = async <T>(milliseconds: number, promise: Promise<T>): Promise<T> => {
  let timeout: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new TimeUp(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timeout);
  }
};

/** Proves that the server answers and lets us read what the services need; throws {@link EventStoreUnusable} otherwise. */
export const assertUsable = async ({ head }: Connection, url: string, milliseconds: number): Promise<void> => {
  const where = `EVENTSTORE_URL ${withoutPassword(url)}`;
  try {
    await head(milliseconds);
  } catch (error) {
    if (typeOf(error) === 'access-denied')
      throw new EventStoreUnusable(`${where}: the server refuses these credentials, or they may not read $all`, { cause: error });
    throw new EventStoreUnusable(`${where}: the server does not answer: ${oneLine(error)}`, { cause: error });
  }
};
