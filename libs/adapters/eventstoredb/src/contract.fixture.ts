import { randomUUID } from 'node:crypto';
import type { StreamName } from '@conference/kernel';
import type { ClientName } from './address.ts';
import { connect } from './connection.ts';
import type { EventStoreDbStore } from './event-store.ts';
import { openEventStoreDb } from './open.ts';
import { snapshotStreamOf } from './snapshots.ts';

const context = 'Contract';

/** Hides the first chunk of what is there. */
const tear = async (url: string, client: ClientName, stream: string): Promise<void> => {
  const { driver, close } = await connect(url, client);
  const metastream = `$$${stream}`;
  const last = { from: 'end', direction: 'backwards', maxCount: 1, deadlineMs: 5_000 } as const;
  for await (const { revision, data } of driver.readStream(metastream, last).events) {
    const $tb = Number(Reflect.get(Object(data), '$tb') ?? 0) + 1;
    const metadata = { id: randomUUID(), type: '$metadata', contentType: 'application/json', data: { $tb }, metadata: {} } as const;
    await driver.append(metastream, revision, [metadata], 5_000);
  }
  await close();
};

/** A store as the contract wants it. */
export const storeUnderContract = async (client: ClientName, url: string) => {
  const open = async (): Promise<EventStoreDbStore> => (await openEventStoreDb({ url, client, context })).eventStore;
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    tearSnapshot: (stream: StreamName) => tear(url, client, snapshotStreamOf(context, stream)),
    destroy: () => store.close(),
  };
};
