import type { StreamName } from '@conference/kernel';
import type { EventStore } from '@conference/ports';
import { afterEach, beforeEach, describe } from 'vitest';
import { describeAppend } from './event-store-append.ts';
import type { EventStoreCapabilities } from './event-store-capabilities.ts';
import { describeClose } from './event-store-close.ts';
import { describeFeed } from './event-store-feed.ts';
import { describeIdempotency } from './event-store-idempotency.ts';
import { describeReading } from './event-store-reading.ts';
import { describeSnapshots } from './event-store-snapshots.ts';

export interface EventStoreUnderTest {
  readonly store: EventStore;
  /** Closes the store and opens it again on what is durable, as a restart does. */
  reopen(): Promise<EventStore>;
  /** Leaves only a part of the newest snapshot behind, as a crash in the middle of writing it does. */
  tearSnapshot(stream: StreamName): Promise<void>;
  /** Closes whatever is open and gives back what `create` took. */
  destroy(): Promise<void>;
}

export interface EventStoreContract {
  /** Of the engine, as it stands in the report. */
  readonly name: string;
  /** Once for each test. A server may hold the streams of others: the suite uses names that no one else has. */
  create(): Promise<EventStoreUnderTest>;
  readonly capabilities: EventStoreCapabilities;
}

/** The test's own store; what `reopen` returns takes its place. */
export interface EventStoreContext {
  readonly store: EventStore;
  reopen(): Promise<EventStore>;
  tearSnapshot(stream: StreamName): Promise<void>;
}

/** What every {@link EventStore} guarantees. An implementation that does not pass is not one. */
export const eventStoreContract = ({ name, create, capabilities }: EventStoreContract): void => {
  describe(`event store contract: ${name}`, () => {
    let current: EventStoreUnderTest | undefined;
    let store: EventStore | undefined;
    beforeEach(async () => {
      current = await create();
      store = current.store;
    });
    afterEach(async () => {
      await current?.destroy();
    });
    const created = (): EventStoreUnderTest => {
      if (current === undefined) throw new Error('there is a store only while a test runs');
      return current;
    };
    const context: EventStoreContext = {
      get store() {
        return store ?? created().store;
      },
      async reopen() {
        store = await created().reopen();
        return store;
      },
      tearSnapshot: (stream) => created().tearSnapshot(stream),
    };
    describeAppend(context);
    describeIdempotency(context);
    describeReading(context);
    describeFeed(context, capabilities);
    describeSnapshots(context);
    describeClose(context);
  });
};
