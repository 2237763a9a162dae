import { join } from 'node:path';
import type { MessageBroker, ReadModelStore, Timer } from '@conference/ports';
import { openCheckpointer } from './checkpointer.ts';
import { lockDataFolder } from './data-lock.ts';
import { type SqliteEventStore, sqliteEventStore } from './event-store.ts';
import { sqliteMessageBroker } from './message-broker.ts';
import { sqliteReadModelStore } from './read-model-store.ts';

export interface SqliteEngines {
  readonly eventStore: SqliteEventStore;
  readonly broker: MessageBroker;
  readonly readModels: ReadModelStore;
  /** In this order: whoever writes to the event store last is the broker's consumer. */
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
}

/**
 * The embedded engines of one service: its own files in `<dataDir>/<service>`, the topics of all in `<dataDir>/topics`.
 * Held by one process at a time: throws `DataFolderInUse` for a second one, and one clear error for a folder that cannot
 * be written. Nothing is left open when it throws.
 */
export const openSqliteEngines = (options: {
  readonly dataDir: string;
  readonly service: string;
  /** The topics that this service writes. */
  readonly publishes: readonly string[];
  readonly timer: Timer;
}): SqliteEngines => {
  const { dataDir, service, publishes, timer } = options;
  const folder = join(dataDir, service);
  const opened: { readonly name: string; readonly close: () => Promise<void> }[] = [];
  const release = lockDataFolder(folder, service);
  opened.push({ name: 'lock', close: async () => release() });
  try {
    const checkpointer = openCheckpointer();
    opened.push({ name: 'checkpointer', close: () => checkpointer.close() });
    const eventStore = sqliteEventStore({ path: join(folder, 'events.sqlite'), clock: timer, checkpointer });
    opened.push({ name: 'event store', close: () => eventStore.close() });
    const readModels = sqliteReadModelStore({ path: join(folder, 'read-models.sqlite'), clock: timer, checkpointer });
    opened.push({ name: 'read models', close: () => readModels.close() });
    const broker = sqliteMessageBroker({
      folder: join(dataDir, 'topics'),
      offsetsPath: join(folder, 'offsets.sqlite'),
      publishes,
      timer,
      checkpointer,
    });
    opened.push({ name: 'broker', close: () => broker.close() });
    return { eventStore, broker, readModels, closing: opened.toReversed() };
  } catch (error) {
    for (const { close } of opened.toReversed()) void close();
    throw error;
  }
};
