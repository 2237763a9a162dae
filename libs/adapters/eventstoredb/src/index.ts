export type { ClientName } from './address.ts';
export {
  defaultTimes,
  type EventStoreDbStats,
  type EventStoreDbStore,
  type EventStoreDbStoreOptions,
  type EventStoreDbTimes,
} from './event-store.ts';
export { EventStoreUnusable } from './failure.ts';
export { type OpenEventStoreDbOptions, type OpenedEventStoreDb, openEventStoreDb } from './open.ts';
