import { topics as conferenceTopics } from '@conference/conference-management-contracts';
import type { Instant, JsonObject } from '@conference/kernel';
import { origin } from '@conference/kernel';
import { topics as paymentTopics } from '@conference/payments-contracts';
import { systemIds, systemRandom, systemTimer } from '@conference/platform';
import type { OutgoingMessage, StoredEvent } from '@conference/ports';
import { registrationApplication } from '@conference/registration-application';
import { silent, uuidv5 } from '@conference/runtime';
import {
  createBrokerDisk,
  createReadModelDisk,
  memoryEventStore,
  memoryMessageBroker,
  memoryReadModelStore,
} from '@conference/testing-memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { inputHandled, parkedEvents, runtimeStreams } from './runtime-events.ts';

const timer = systemTimer;
const eventStore = memoryEventStore({ clock: timer });
const broker = memoryMessageBroker({ disk: createBrokerDisk(), timer });
const engines = {
  eventStore,
  broker,
  readModels: memoryReadModelStore({ disk: createReadModelDisk(), clock: timer }),
  timer,
  ids: systemIds,
  random: systemRandom,
  log: silent,
  instance: 'spec',
};
const { runtime } = registrationApplication(engines, { reservationSeconds: 900, graceSeconds: 840, locator: () => '' });

const paymentId = 'b7a3c1de-92f0-4c44-8d21-6e5f40312a7c';
const orderId = '0f2d1c3b-4a59-4687-8a96-b5c4d3e2f101';
const messageOf = (subject: string, type: string, data: JsonObject): OutgoingMessage => ({
  messageId: uuidv5(subject),
  sourceContext: 'spec',
  subject,
  sequence: 0,
  key: orderId,
  type,
  schemaVersion: 1,
  data,
  occurredAt: '2027-05-02T09:00:00.000Z' as Instant,
  metadata: { correlationId: 'c', causationId: 'c' },
});

/** The first event of a type, in a stream whose name begins so. */
const stored = async (type: string, stream = ''): Promise<StoredEvent> => {
  const stop = new AbortController();
  for await (const { events } of eventStore.subscribeToAll({ after: origin, signal: stop.signal })) {
    const found = events.find((one) => one.type === type && one.streamName.startsWith(stream));
    if (found !== undefined) return found;
  }
  return expect.unreachable();
};
const retried = `Conference-${orderId}`;
const skipped = `Conference-${paymentId}`;
const parkedIn = async (subject: string) =>
  parkedEvents.MessageParked.parse((await stored('MessageParked', `RegistrationParked-${subject}`)).data);

describe('What is written of the events of the runtime is what it stores', () => {
  const expectDescribed = ({ schemaVersion, data }: StoredEvent, schema: z.ZodType): void => {
    expect(schemaVersion).toBe(1);
    expect(schema.parse(data)).toEqual(data);
  };

  beforeAll(async () => {
    await runtime.start();
    const amount = { amount: 100, currency: 'USD' };
    await broker.publish(paymentTopics.payments.name, [
      messageOf(`Payment-${paymentId}`, 'PaymentCompleted', { paymentId, orderId, amount }),
    ]);
    await broker.publish(
      conferenceTopics.conferences.name,
      [retried, skipped].map((subject) => messageOf(subject, 'ConferenceCreated', { nothing: 'else' })),
    );
  });
  afterAll(() => runtime.stop());

  it('of a process: InputHandled', async () => expectDescribed(await stored('InputHandled', `Registration-${orderId}`), inputHandled));

  it('of what was parked: MessageParked', async () =>
    expectDescribed(await stored('MessageParked', `RegistrationParked-${retried}`), parkedEvents.MessageParked));

  it('of what an operator had tried again: MessageRetried', async () => {
    const { id, subject } = await parkedIn(retried);
    await runtime.parking.retry(subject, id, 'operator');
    expectDescribed(await stored('MessageRetried'), parkedEvents.MessageRetried);
  });

  it('of what an operator gave up: MessageSkipped, and Skipped in its place', async () => {
    const { id, subject } = await parkedIn(skipped);
    await runtime.parking.skip(subject, id, 'nothing in it', 'operator');
    expectDescribed(await stored('MessageSkipped'), parkedEvents.MessageSkipped);
    expect((await stored('Skipped', `RegistrationInbox${skipped}`)).data).toEqual({});
  });

  it('in the streams that are named', () => {
    const described = runtimeStreams.flatMap(({ events }) => Object.keys(events));
    expect(described).toEqual(['InputHandled', 'MessageParked', 'MessageRetried', 'MessageSkipped']);
  });
});
