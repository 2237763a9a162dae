import type { Clock, ReadModelStore } from '@conference/ports';
import { boundedOperations } from './bounded.ts';
import { connectToMongo } from './connection.ts';
import { mongoReadModelStore } from './read-model-store.ts';

export interface MongoReadModels {
  readonly readModels: ReadModelStore;
  /** Whether the server answers; throws `EngineUnavailable` in the time of an operation where it does not. */
  check(): Promise<void>;
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
}

const timeoutMsDefault = 5_000;

/**
 * The read models of one service on MongoDB 4.4 or later, standalone or a replica set. Throws `MongoNotUsable`, one clear line, when the
 * server is not reachable, too old or refuses us, in at most three times `timeoutMs`; nothing is left open then. Afterwards the driver
 * connects again by itself.
 */
export const openMongoReadModels = async (options: {
  /** `mongodb://…` or `mongodb+srv://…`. */
  readonly url: string;
  /** Each service has its own: collections of two services may have the same name. */
  readonly database: string;
  readonly clock: Clock;
  /** Of one operation on the server, by our clock. */
  readonly timeoutMs?: number;
}): Promise<MongoReadModels> => {
  const { url, database, clock, timeoutMs = timeoutMsDefault } = options;
  const client = await connectToMongo(url, timeoutMs);
  const db = client.db(database);
  const readModels = mongoReadModelStore({ db, clock, timeoutMs, disconnect: () => client.close() });
  const { run } = boundedOperations(timeoutMs);
  return {
    readModels,
    async check() {
      await run('check', (bound) => db.command({ ping: 1 }, bound));
    },
    closing: [{ name: 'read models', close: () => readModels.close() }],
  };
};
