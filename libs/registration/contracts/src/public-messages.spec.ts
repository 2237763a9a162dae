import type { DomainEvent } from '@conference/kernel';
import { goldenFiles, publishedMessages } from '@conference/testing-spec';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { orderPlaced, publicMessages, type RegistrationMessage, topics } from './index.ts';

const golden = new URL('../golden/', import.meta.url);

publishedMessages({
  context: 'registration',
  golden,
  types: Object.fromEntries(
    Object.entries(publicMessages).map(([type, message]) => [type, { ...message, jsonSchema: z.toJSONSchema(message.schema) }]),
  ),
  topics,
  categories: ['Order', 'Refund', 'SeatAssignments', 'SeatsAvailability'],
  personalData: { OrderRegistrantAssigned: 'registrant', SeatAssigned: 'attendee' },
});

describe('An instant in the messages of registration', () => {
  it.each([
    ['without milliseconds', '2027-03-01T09:00:00Z'],
    ['with more than milliseconds', '2027-03-01T09:00:00.000000Z'],
    ['with an offset', '2027-03-01T10:00:00.000+01:00'],
    ['on a day that does not exist', '2027-02-30T09:00:00.000Z'],
  ])('is refused %s', (_, placedAt) => {
    const placed = goldenFiles(golden).find(({ type }) => type === 'OrderPlaced')?.data;
    expect(orderPlaced.safeParse(placed).success).toBe(true);
    expect(orderPlaced.safeParse({ ...placed, placedAt }).success).toBe(false);
  });
});

describe('A message of registration', () => {
  it('is typed as what an event store and a broker take', () => expectTypeOf<RegistrationMessage>().toExtend<DomainEvent>());
});
