import type { DomainEvent } from '@conference/kernel';
import { goldenFiles, publishedMessages } from '@conference/testing-spec';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type PaymentMessage, paymentCompleted, publicMessages, topics } from './index.ts';

const golden = new URL('../golden/', import.meta.url);

publishedMessages({
  context: 'payments',
  golden,
  types: Object.fromEntries(
    Object.entries(publicMessages).map(([type, message]) => [type, { ...message, jsonSchema: z.toJSONSchema(message.schema) }]),
  ),
  topics,
  categories: ['Payment'],
  personalData: {},
});

describe('Money in the messages of payments', () => {
  it.each([
    { amount: 199.5, currency: 'USD' },
    { amount: -1, currency: 'USD' },
    { amount: '19900', currency: 'USD' },
    { amount: 19900, currency: 'usd' },
  ])('is not %j', (amount) => {
    const completed = goldenFiles(golden).find(({ type }) => type === 'PaymentCompleted')?.data;
    expect(paymentCompleted.safeParse(completed).success).toBe(true);
    expect(paymentCompleted.safeParse({ ...completed, amount }).success).toBe(false);
  });
});

describe('A message of payments', () => {
  it('has a key, whichever it is', () => {
    for (const { type, data } of goldenFiles(golden)) if (type !== 'NotPublished') expect(data).toHaveProperty(topics.payments.key);
  });

  it('is typed as what an event store and a broker take', () => expectTypeOf<PaymentMessage>().toExtend<DomainEvent>());

  it('of the original is refused, since it names no amount and an amount is never guessed', () => {
    expect(publicMessages.PaymentCompleted).not.toHaveProperty('upcasters');
    expect(() =>
      publicMessages.PaymentCompleted.parse({
        SourceId: 'b7a3c1de-92f0-5c44-8d21-6e5f40312a7c',
        PaymentSourceId: '0f2d1c3b-4a59-5687-8a96-b5c4d3e2f101',
      }),
    ).toThrow(z.ZodError);
  });
});
