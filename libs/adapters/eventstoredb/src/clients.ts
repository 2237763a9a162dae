import type { Address, ClientName } from './address.ts';
import { type Driver, driverOn } from './driver.ts';
import { EventStoreUnusable, oneLine } from './failure.ts';

/** Loads the client that is asked for and no other. Connects with the first call. Throws {@link EventStoreUnusable}. */
export const openDriver = async (name: ClientName, address: Address): Promise<Driver> => {
  try {
    return await clients[name](address);
  } catch (error) {
    throw new EventStoreUnusable(`EVENTSTORE_URL ${address.shown}: ${oneLine(error)}`, { cause: error });
  }
};

const clients: Readonly<Record<ClientName, (address: Address) => Promise<Driver>>> = {
  async eventstore({ url, login }) {
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    const client = EventStoreDBClient.connectionString(url);
    return driverOn(client, login, {
      append: (stream, expectedRevision, events, options) => client.appendToStream(stream, events, { ...options, expectedRevision }),
      actualName: 'actualVersion',
      readsApart: false,
      createdPrecisionMs: 1,
      closeChannel: async () => (await client['getChannel']()).close(),
    });
  },
  /** Its reads go through a native library with connections of its own: there is one for Linux, macOS and Windows on x64, and for arm64 but Windows. */
  async kurrent({ url, login }) {
    const { KurrentDBClient } = await import('@kurrent/kurrentdb-client');
    const client = KurrentDBClient.connectionString(url);
    return driverOn(client, login, {
      append: (stream, streamState, events, options) => client.appendToStream(stream, events, { ...options, streamState }),
      actualName: 'actualState',
      readsApart: true,
      // Its native library hands out whole seconds, its subscriptions more.
      createdPrecisionMs: 1_000,
      closeChannel: async () => (await client['getChannel']()).close(),
    });
  },
};
