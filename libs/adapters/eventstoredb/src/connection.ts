import { origin, type Position } from '@conference/kernel';
import { type Address, addressOf, type ClientName } from './address.ts';
import { openDriver } from './clients.ts';
import type { Driver } from './driver.ts';
import { positionOf } from './position.ts';
import { within } from './within.ts';

export interface Connection {
  readonly driver: Driver;
  readonly address: Address;
  /** Of the last event in the server's log; `origin` when it is empty. Fails when there is no answer in time. */
  head(milliseconds: number): Promise<Position>;
  /** Fails when the server does not answer in time, or not on each of the client's connections. */
  check(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Throws {@link EventStoreUnusable} for an address that is none; connects with the first call. */
export const connect = async (url: string, client: ClientName): Promise<Connection> => {
  const address = addressOf(url, client);
  const driver = await openDriver(client, address);
  const head = (milliseconds: number): Promise<Position> => lastPosition(driver, milliseconds);
  return {
    driver,
    address,
    head,
    async check(milliseconds) {
      await Promise.all([head(milliseconds), ...(driver.readsApart ? [confirmSubscription(driver, milliseconds)] : [])]);
    },
    close: () => driver.close(),
  };
};

const lastPosition = async (driver: Driver, milliseconds: number): Promise<Position> => {
  const reading = driver.readLast(milliseconds);
  // To its end: a stream that is left before it makes the client wait for ever when it is disposed of.
  const last = async (): Promise<Position> => {
    let position = origin;
    for await (const event of reading.events) position = positionOf(event.position) ?? origin;
    return position;
  };
  try {
    return await within(milliseconds, last());
  } catch (error) {
    reading.cancel();
    throw error;
  }
};

/** No event of ours: the server has nothing to send but that it has understood. */
const noStream = { prefixes: ['$no-stream-is-called-so'] } as const;

const confirmSubscription = async (driver: Driver, milliseconds: number): Promise<void> => {
  const subscription = driver.subscribeToAll({
    after: undefined,
    filter: noStream,
    checkpointInterval: 1_000,
    checkpointReached: () => undefined,
    highWaterMark: 1,
  });
  try {
    const confirmed = new Promise<void>((resolve, reject) => {
      subscription.on('confirmation', () => resolve());
      subscription.on('error', reject);
      subscription.on('end', () => reject(new Error('a subscription ended at once')));
    });
    await within(milliseconds, confirmed);
  } finally {
    subscription.on('error', () => undefined);
    void subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
};
