import { categoryOf, type JsonObject } from '@conference/kernel';
import type { EventStore, FeedBatch, StoredEvent } from '@conference/ports';
import type { Sabotage } from './hosted-service.ts';

/** Every event of the feed, changed on its way; `undefined` loses it. */
const withFeed = (store: EventStore, change: (stored: StoredEvent) => StoredEvent | undefined): EventStore => ({
  ...store,
  async *subscribeToAll(options): AsyncGenerator<FeedBatch, void> {
    for await (const batch of store.subscribeToAll(options))
      yield { ...batch, events: batch.events.flatMap((stored) => change(stored) ?? []) };
  },
});

/** The process manager drops an input that it does not expect in its state, instead of holding it. */
export const droppedInput: Sabotage = {
  eventStore: (service, store) =>
    service !== 'registration'
      ? store
      : withFeed(store, (stored) =>
          categoryOf(stored.streamName) === 'RegistrationInboxPayment' && stored.type === 'PaymentCompleted' ? undefined : stored,
        ),
};

/** The dispatcher makes an id of its own each time it sends, instead of the one that was decided. */
export const freshCommandIds: Sabotage = {
  eventStore: (service, store, ids) =>
    service !== 'registration'
      ? store
      : withFeed(store, (stored) => {
          const commands = stored.data['commands'];
          if (stored.type !== 'InputHandled' || !Array.isArray(commands)) return stored;
          const renamed = commands.map((issued: JsonObject) => ({ ...issued, commandId: ids.next() }));
          return { ...stored, data: { ...stored.data, commands: renamed } };
        }),
};

/** A projection moves its checkpoint first, and its documents when it comes to it: now and then it does not. */
export const lostDocuments: Sabotage = {
  readModels: (_, store) => {
    let commits = 0;
    return {
      ...store,
      commit: (build, batch) => {
        commits += 1;
        return store.commit(build, commits % 20 === 0 ? { ...batch, writes: new Map() } : batch);
      },
    };
  },
};

/** The command handler makes its events anew when the outcome of an append is unknown, and takes the conflict for its own success. */
export const acknowledgedTooEarly: Sabotage = {
  eventStore: (service, store) => ({
    ...store,
    append: async (stream, expected, events) => {
      const result = await store.append(stream, expected, events).catch((error: unknown) => {
        if (service !== 'registration' || categoryOf(stream) !== 'Order') throw error;
        const position = String(Number.MAX_SAFE_INTEGER) as StoredEvent['position'];
        return { status: 'appended', streamVersion: (expected === 'no-stream' ? -1 : expected) + events.length, position } as const;
      });
      return result;
    },
  }),
};
