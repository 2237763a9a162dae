import type { ClientName } from './address.ts';
import { connect } from './connection.ts';
import { defaultTimes, type EventStoreDbStore, type EventStoreDbStoreOptions, eventStoreOn } from './event-store.ts';
import { createTroubles } from './troubles.ts';
import { untilUsable } from './usable.ts';

export interface OpenedEventStoreDb {
  readonly eventStore: EventStoreDbStore;
  readonly closing: readonly { readonly name: string; readonly close: () => Promise<void> }[];
}

export interface OpenEventStoreDbOptions extends EventStoreDbStoreOptions {
  /** `EVENTSTORE_URL`: `esdb://[user:password@]host:port[?tls=false…]`, or the same with `kurrentdb://`. */
  readonly url: string;
  /** Default: `eventstore`. Each serves the same guarantees; only the one that is used is loaded. */
  readonly client?: ClientName;
}

/**
 * The event store of one service on EventStoreDB (23.10 or newer). A server that is not there yet is waited for, `times.openMs`
 * long. Throws {@link EventStoreUnusable}, with one line for the operator, for an address that is none and credentials that
 * the server refuses at once, and for a server that does not answer after that time; then nothing is left open.
 */
export const openEventStoreDb = async ({
  url,
  client = 'eventstore',
  ...options
}: OpenEventStoreDbOptions): Promise<OpenedEventStoreDb> => {
  const connection = await connect(url, client);
  try {
    const trouble = createTroubles(options.onTrouble ?? (() => undefined)).part('opening');
    await untilUsable(connection, { ...defaultTimes, ...options.times }, trouble);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const eventStore = eventStoreOn(connection, options);
  return { eventStore, closing: [{ name: 'event store', close: () => eventStore.close() }] };
};
