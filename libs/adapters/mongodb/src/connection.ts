import { setTimeout as sleep } from 'node:timers/promises';
import { MongoAPIError, MongoClient, MongoParseError, MongoServerError, type TopologyDescriptionChangedEvent } from 'mongodb';
import { shownAddress } from './address.ts';

/** MongoDB cannot be used as it is addressed: one line that says why, without the credentials. Another start may go better. */
export class MongoNotUsable extends Error {
  override readonly name = 'MongoNotUsable';
}

export interface ConnectionOptions {
  readonly url: string;
  /** That will be used: who may not read it is refused at once. */
  readonly database: string;
  /** Of one operation. */
  readonly timeoutMs: number;
  /** How long a server that is not there yet is asked again. */
  readonly patienceMs: number;
  /** Told once that the server is waited for. */
  readonly onTrouble: (line: string) => void;
}

const heartbeatMs = 2_000;
const pauseMs = 250;

const lineOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();

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
    // The driver quotes what it takes for the name of a user, which may be anything of the address.
    const reason = lineOf(error).replace(/(unescaped characters) .*/, '$1');
    throw new MongoNotUsable(`not an address of MongoDB: ${shownAddress(url)}: ${reason}`, { cause: error });
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

/** That the server takes us, may be written to and lets us read. */
const tried = async (client: MongoClient, { database, timeoutMs }: ConnectionOptions): Promise<void> => {
  await within(2 * timeoutMs, client.connect());
  const hello = await within(timeoutMs, client.db('admin').command({ hello: 1 }));
  if (hello['isWritablePrimary'] !== true) throw new Error('it is no primary, so nothing can be written to it');
  const signal = AbortSignal.timeout(timeoutMs);
  await client.db(database).collection('builds').findOne({}, { signal });
};

function* causesOf(error: unknown): Generator {
  for (let cause = error; cause !== undefined && cause !== null; cause = cause instanceof Error ? cause.cause : undefined) yield cause;
}

const refusals: ReadonlySet<unknown> = new Set([
  13, // Unauthorized
  18, // AuthenticationFailed
  8000, // AtlasError, which is the same
]);

/** What another try does not mend: the login, the version. */
const isFinal = (error: unknown): boolean => {
  for (const cause of causesOf(error)) {
    if (cause instanceof MongoAPIError || cause instanceof MongoParseError) return true;
    if (cause instanceof MongoServerError && refusals.has(cause.code)) return true;
    if (/maximum wire version/.test(lineOf(cause))) return true;
  }
  return false;
};

const hintOf = (error: unknown): string => {
  const lines = [...causesOf(error)].map(lineOf).join(' ');
  if (/wrong version number|packet length too long/i.test(lines)) return ' (it does not speak TLS: leave ?tls=true out of the address)';
  if (/certificate/i.test(lines)) return ' (the certificate of its authority belongs into ?tlsCAFile=<path>)';
  if (/message size|ECONNRESET| closed/i.test(lines)) return ' (is this the port of a MongoDB, and does it speak TLS as ?tls= says?)';
  return '';
};

/**
 * A server that is not there yet is asked again for the patience. Throws {@link MongoNotUsable} then, and at once where the address is
 * none, the server is too old for the driver, or refuses us. Never hangs; nothing is left open.
 */
export const connectToMongo = async (options: ConnectionOptions): Promise<MongoClient> => {
  const { url, timeoutMs, patienceMs, onTrouble } = options;
  const begun = performance.now();
  for (let attempt = 0; ; attempt++) {
    const client = clientOf(url, timeoutMs);
    try {
      await tried(client, options);
      return client;
    } catch (error) {
      await within(timeoutMs, client.close()).catch(() => undefined);
      const line = `MongoDB at ${shownAddress(url)} cannot be used: ${lineOf(error)}${hintOf(error)}`;
      if (isFinal(error) || performance.now() - begun + pauseMs > patienceMs) throw new MongoNotUsable(line, { cause: error });
      if (attempt === 0) onTrouble(`${line}; trying for ${Math.ceil(patienceMs / 1_000)} s`);
    }
    await sleep(pauseMs);
  }
};

/** Tells once when there is no server to write to, and once when there is one again; names no address. Answers how to end it. */
export const watchConnection = (client: MongoClient, onTrouble: (line: string) => void): (() => void) => {
  let isThere = true;
  const look = ({ newDescription: { servers } }: TopologyDescriptionChangedEvent): void => {
    const wasThere = isThere;
    isThere = [...servers.values()].some(({ isWritable }) => isWritable);
    if (isThere !== wasThere) onTrouble(isThere ? 'MongoDB is there again' : 'MongoDB is away');
  };
  client.on('topologyDescriptionChanged', look);
  return () => void client.off('topologyDescriptionChanged', look);
};
