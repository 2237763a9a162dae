export { DataFolderInUse, lockDataFolder } from './data-lock.ts';
export { isSupportedSqlite, type OpenDatabaseOptions, openDatabase } from './database.ts';
export { type SqliteEngines, sqliteEngines } from './engines.ts';
export { type SqliteEventStore, type SqliteEventStoreOptions, type SqliteEventStoreStats, sqliteEventStore } from './event-store.ts';
export { type SqliteMessageBrokerOptions, sqliteMessageBroker } from './message-broker.ts';
export { type SqliteReadModelStoreOptions, sqliteReadModelStore } from './read-model-store.ts';
