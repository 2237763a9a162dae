import { eventStoreCapabilities, eventStoreContract } from '@conference/testing-contracts';
import { type EventStoreDouble, startEventStoreDouble } from '@conference/testing-eventstoredb';
import { afterAll, beforeAll } from 'vitest';
import { connect } from './connection.ts';
import type { EventStoreDbStore } from './event-store.ts';
import { openEventStoreDb } from './open.ts';
import { snapshotStreamOf } from './snapshots.ts';

const context = 'Contract';

/** Hides the first chunk of what is there. */
const tear = async (url: string, stream: string): Promise<void> => {
  const connection = connect(url);
  const { client, credentials } = connection;
  const { metadata } = await client.getStreamMetadata(stream, { credentials });
  await client.setStreamMetadata(stream, { truncateBefore: Number(metadata?.truncateBefore ?? 0) + 1 }, { credentials });
  await connection.close();
};

const contractOn = (name: string, url: () => string): void =>
  eventStoreContract({
    name,
    capabilities: eventStoreCapabilities.eventstoredb,
    async create() {
      const open = async (): Promise<EventStoreDbStore> => (await openEventStoreDb({ url: url(), context })).eventStore;
      let store = await open();
      return {
        store,
        async reopen() {
          await store.close();
          store = await open();
          return store;
        },
        tearSnapshot: (stream) => tear(url(), snapshotStreamOf(context, stream)),
        destroy: () => store.close(),
      };
    },
  });

let double: EventStoreDouble | undefined;
beforeAll(async () => {
  double = await startEventStoreDouble();
});
afterAll(() => double?.close());

contractOn('eventstoredb, its test double', () => double?.url ?? '');

const real = process.env.EVENTSTORE_URL;
if (real === undefined)
  process.stdout.write('EVENTSTORE_URL is not set: the event store contract was not run against a real EventStoreDB\n');
else contractOn('eventstoredb, by address', () => real);
