import { assertUsable, connect } from './connection.ts';
import { defaultTimes, type EventStoreDbStore, type EventStoreDbStoreOptions, eventStoreOn } from './event-store.ts';

export interface OpenedEventStoreDb {
  readonly eventStore: EventStoreDbStore;
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
}

export interface OpenEventStoreDbOptions extends EventStoreDbStoreOptions {
  /** `EVENTSTORE_URL`: `esdb://[user:password@]host:port[?tls=false…]`. */
  readonly url: string;
}

/**
 * The event store of one service on EventStoreDB (23.10 or newer). Throws {@link EventStoreUnusable}, with one line for the
 * operator, for an address that is none, a server that does not answer and credentials that it refuses; nothing is left open.
 */
export const openEventStoreDb = async ({ url, ...options }: OpenEventStoreDbOptions): Promise<OpenedEventStoreDb> => {
  const connection = connect(url);
  try {
    await assertUsable(connection, url, options.times?.appendMs ?? defaultTimes.appendMs);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const eventStore = eventStoreOn(connection, options);
  return { eventStore, closing: [{ name: 'event store', close: () => eventStore.close() }] };
};
