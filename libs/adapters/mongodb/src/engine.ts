import type { Clock, ReadModelStore } from '@conference/ports';
import { boundedOperations } from './bounded.ts';
import { connectToMongo, watchConnection } from './connection.ts';
import { mongoReadModelStore } from './read-model-store.ts';

export interface MongoReadModels {
  readonly readModels: ReadModelStore;
  /** Whether the server answers; throws `EngineUnavailable` in the time of an operation where it does not. */
  check(): Promise<void>;
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
}

const timeoutMsDefault = 5_000;
const patienceMsDefault = 15_000;

/**
 * The read models of one service on MongoDB 4.4 or later, standalone or a replica set. A server that is not there yet is waited for,
 * `patienceMs` long. Throws `MongoNotUsable`, one clear line, after that; at once where the address is none, the server is too old or
 * refuses us. It takes at most three times `timeoutMs` longer; nothing is left open then. Afterwards the
 * driver connects again by itself.
 */
export const openMongoReadModels = async (options: {
  /** `mongodb://[user:password@]…` or `mongodb+srv://…`, with the driver's options (`tls=true`, `tlsCAFile=…`, `authSource=…`). */
  readonly url: string;
  /** Each service has its own: collections of two services may have the same name. */
  readonly database: string;
  readonly clock: Clock;
  /** Of one operation on the server, by our clock. Default 5 s. */
  readonly timeoutMs?: number;
  /** Default 15 s. */
  readonly patienceMs?: number;
  /** The server is waited for, is away or is there again: one line, told once. */
  readonly onTrouble?: (line: string) => void;
}): Promise<MongoReadModels> => {
  const { url, database, clock, timeoutMs = timeoutMsDefault, patienceMs = patienceMsDefault, onTrouble = () => undefined } = options;
  const client = await connectToMongo({ url, database, timeoutMs, patienceMs, onTrouble });
  const unwatch = watchConnection(client, onTrouble);
  const db = client.db(database);
  const disconnect = (): Promise<void> => {
    unwatch();
    return client.close();
  };
  const readModels = mongoReadModelStore({ db, clock, timeoutMs, disconnect });
  const { run } = boundedOperations(timeoutMs);
  return {
    readModels,
    async check() {
      await run('check', (bound) => db.command({ ping: 1 }, bound));
    },
    closing: [{ name: 'read models', close: () => readModels.close() }],
  };
};
