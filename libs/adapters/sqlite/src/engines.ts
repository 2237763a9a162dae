import { join } from 'node:path';
import type { MessageBroker, ReadModelStore, Timer } from '@conference/ports';
import { type Checkpointer, openCheckpointer } from './checkpointer.ts';
import { lockDataFolder } from './data-lock.ts';
import { type SqliteEventStore, sqliteEventStore } from './event-store.ts';
import { sqliteMessageBroker } from './message-broker.ts';
import { sqliteReadModelStore } from './read-model-store.ts';

/** Each is opened at most once; whoever opened it closes it, and then {@link SqliteEngines.close | what they share}. */
export interface SqliteEngines {
  eventStore(): SqliteEventStore;
  readModels(): ReadModelStore;
  broker(): MessageBroker;
  /** Gives the folder free. After the engines that were opened. */
  close(): Promise<void>;
}

type Shared = { readonly checkpointer: Checkpointer; readonly release: () => void };

/**
 * The embedded engines of one service, each opened when it is asked for: its own files in `<dataDir>/<service>`, the topics of all in
 * `<dataDir>/topics`. With the first one the folder is held by this process alone: throws `DataFolderInUse` for a second one, and one
 * clear error for a folder that cannot be written.
 */
export const sqliteEngines = (options: {
  readonly dataDir: string;
  readonly service: string;
  /** The topics that this service writes. */
  readonly publishes: readonly string[];
  readonly timer: Timer;
}): SqliteEngines => {
  const { dataDir, service, publishes, timer } = options;
  const folder = join(dataDir, service);
  let shared: Shared | undefined;
  const checkpointer = (): Checkpointer => {
    shared ??= { release: lockDataFolder(folder, service), checkpointer: openCheckpointer() };
    return shared.checkpointer;
  };
  return {
    eventStore: () => sqliteEventStore({ checkpointer: checkpointer(), path: join(folder, 'events.sqlite'), clock: timer }),
    readModels: () => sqliteReadModelStore({ checkpointer: checkpointer(), path: join(folder, 'read-models.sqlite'), clock: timer }),
    broker: () =>
      sqliteMessageBroker({
        checkpointer: checkpointer(),
        folder: join(dataDir, 'topics'),
        offsetsPath: join(folder, 'offsets.sqlite'),
        publishes,
        timer,
      }),
    async close() {
      await shared?.checkpointer.close();
      shared?.release();
    },
  };
};
