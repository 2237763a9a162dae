import { MongoClient } from 'mongodb';

/** MongoDB cannot be used as it is addressed: one line that says why, without the credentials. Another start may go better. */
export class MongoNotUsable extends Error {
  override readonly name = 'MongoNotUsable';
}

const heartbeatMs = 2_000;

const lineOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();

/** The address as it may be shown. */
export const withoutCredentials = (url: string): string => url.replace(/\/\/[^/]*@/, '//');

const clientOf = (url: string, timeoutMs: number): MongoClient => {
  try {
    return new MongoClient(url, {
      appName: 'conference-read-models',
      // What a rollback takes back was never acknowledged, and what is read is never taken back.
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: timeoutMs },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      // A connection that a frozen server holds is given up after the operations on it were.
      socketTimeoutMS: 2 * timeoutMs,
      // How long a change that the server does not announce, and a connection that is dead, may stay unseen.
      heartbeatFrequencyMS: heartbeatMs,
      ignoreUndefined: true,
    });
  } catch (error) {
    throw new MongoNotUsable(`not an address of MongoDB: ${withoutCredentials(url)}: ${lineOf(error)}`, { cause: error });
  }
};

const within = async <T>(milliseconds: number, work: Promise<T>): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Throws {@link MongoNotUsable} where a server is not there, too old for the driver, refuses us, or may not be written to. Never hangs. */
export const connectToMongo = async (url: string, timeoutMs: number): Promise<MongoClient> => {
  const client = clientOf(url, timeoutMs);
  try {
    await within(2 * timeoutMs, client.connect());
    const hello = await within(timeoutMs, client.db('admin').command({ hello: 1 }));
    if (hello['isWritablePrimary'] !== true) throw new Error('it is no primary, so nothing can be written to it');
    return client;
  } catch (error) {
    await client.close().catch(() => undefined);
    throw new MongoNotUsable(`MongoDB at ${withoutCredentials(url)} cannot be used: ${lineOf(error)}`, { cause: error });
  }
};
