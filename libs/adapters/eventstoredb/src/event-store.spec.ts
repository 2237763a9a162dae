import { type Instant, origin, streamName } from '@conference/kernel';
import { type EventToAppend, UnknownOutcome } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import type { Connection } from './connection.ts';
import type { Driver, DriverAppendResult, Reading } from './driver.ts';
import { eventStoreOn } from './event-store.ts';

const id = '0b5a4c0e-7f0b-5c51-9f0f-4a3f3a1f5d01';
const event: EventToAppend = {
  eventId: id,
  type: 'Deposited',
  schemaVersion: 1,
  data: { amount: 1 },
  metadata: { commandId: id, correlationId: id, causationId: id, actor: 'spec', occurredAt: '2026-11-25T10:00:00.000Z' as Instant },
};
const failing = (error: Error): Reading => ({
  events: {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
  },
  cancel: () => undefined,
});
const notAsked = (): never => {
  throw new Error('this is not asked for');
};

/** Acknowledges without a position, as servers answer a repeat, and then cannot be read. */
const storeAfter = (readError: Error) => {
  const acknowledged: DriverAppendResult = { status: 'appended', revision: 0n, position: undefined };
  const driver: Driver = {
    append: async () => acknowledged,
    readStream: () => failing(readError),
    readLast: notAsked,
    subscribeToAll: notAsked,
    readsApart: false,
    createdPrecisionMs: 1,
    close: async () => undefined,
  };
  const connection: Connection = {
    driver,
    address: { url: '', shown: '', login: { username: '', password: '' } },
    head: async () => origin,
    check: async () => undefined,
    close: async () => undefined,
  };
  return eventStoreOn(connection, { context: 'Spec' });
};

describe('an append that was acknowledged without its position', () => {
  it.each([
    ['without a connection', new Error('14 UNAVAILABLE: No connection established. Last error: ECONNREFUSED')],
    ['not permitted', Object.assign(new Error('denied'), { type: 'access-denied' })],
  ])('is of unknown outcome when reading it is %s: it was written', async (_, readError) => {
    await expect(storeAfter(readError).append(streamName('Account', 'a'), 'no-stream', [event])).rejects.toThrow(UnknownOutcome);
  });
});
