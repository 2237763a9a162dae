import { type SqliteEngines, sqliteEngines } from '@conference/adapter-sqlite';
import type { OpenEngines } from '@conference/platform';
import type { MessageBroker, ReadModelStore } from '@conference/ports';
import { contextNameOf } from './context-name.ts';

type Where = Parameters<OpenEngines>[0];
type Opened = Awaited<ReturnType<OpenEngines>>;

/**
 * The engines that the configuration names: each at its address, and embedded in `DATA_DIR` where it has none. A driver is loaded only
 * when its engine is asked for. There is no falling back: an engine that cannot be used rejects with one line, in bounded time, and
 * what was opened before it is closed.
 */
export const openEngines: OpenEngines = async (where) => {
  const { config, publishes, timer } = where;
  const embedded = sqliteEngines({ dataDir: config.dataDir, service: config.service, publishes, timer });
  const closing: Opened['closing'][number][] = [{ name: 'data folder', close: () => embedded.close() }];
  const opened = async <Engine extends { close(): Promise<void> }>(name: string, opening: Promise<Engine>): Promise<Engine> => {
    const engine = await opening;
    // The last one opened is closed first: what consumes writes to what it consumes into.
    closing.unshift({ name, close: () => engine.close() });
    return engine;
  };
  try {
    const eventStore = await opened('event store', eventStoreOf(where, embedded));
    const readModels = await opened('read models', readModelsOf(where, embedded));
    const broker = await opened('broker', brokerOf(where, embedded));
    return { eventStore, readModels, broker, closing };
  } catch (error) {
    for (const { close } of closing) await close();
    throw error;
  }
};

const eventStoreOf = async ({ config, onTrouble }: Where, embedded: SqliteEngines): Promise<Opened['eventStore']> => {
  const { eventStore } = config.engines;
  const { enginePatienceMs: openMs } = config;
  if (eventStore === undefined) return embedded.eventStore();
  const { openEventStoreDb } = await import('@conference/adapter-eventstoredb');
  const opened = await openEventStoreDb({
    ...eventStore,
    context: contextNameOf(config.service),
    ...(openMs === undefined ? {} : { times: { openMs } }),
    onTrouble: (message) => onTrouble('event-store', message),
  });
  return opened.eventStore;
};

const readModelsOf = async ({ config, timer, onTrouble }: Where, embedded: SqliteEngines): Promise<ReadModelStore> => {
  const { readModels } = config.engines;
  const { enginePatienceMs: patienceMs } = config;
  if (readModels === undefined) return embedded.readModels();
  const { openMongoReadModels } = await import('@conference/adapter-mongodb');
  const opened = await openMongoReadModels({
    ...readModels,
    database: config.service,
    clock: timer,
    ...(patienceMs === undefined ? {} : { patienceMs }),
    onTrouble: (message) => onTrouble('read-models', message),
  });
  return opened.readModels;
};

const brokerOf = async ({ config, publishes, timer, onTrouble }: Where, embedded: SqliteEngines): Promise<MessageBroker> => {
  const { broker } = config.engines;
  const { enginePatienceMs: startMs } = config;
  if (broker === undefined) return embedded.broker();
  const { openKafkaMessageBroker } = await import('@conference/adapter-kafka');
  return openKafkaMessageBroker({
    ...broker,
    clientId: config.service,
    publishes,
    timer,
    ...(startMs === undefined ? {} : { startMs }),
    onTrouble: (message) => onTrouble('broker', message),
  });
};
