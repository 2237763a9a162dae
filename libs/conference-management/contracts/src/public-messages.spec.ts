import type { DomainEvent } from '@conference/kernel';
import { goldenFiles, publishedMessages } from '@conference/testing-spec';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type ConferenceMessage, conferenceUpdated, publicMessages, topics } from './index.ts';

const golden = new URL('../golden/', import.meta.url);

publishedMessages({
  context: 'conference-management',
  golden,
  types: Object.fromEntries(
    Object.entries(publicMessages).map(([type, message]) => [type, { ...message, jsonSchema: z.toJSONSchema(message.schema) }]),
  ),
  topics,
  categories: ['Conference'],
  personalData: {},
});

describe('A day in the messages of conference-management', () => {
  it.each(['2027/05/02', '2027-5-2', '2027-02-30', '2027-05-02T00:00:00.000Z'])('is not %s', (startDate) => {
    const updated = goldenFiles(golden).find(({ type }) => type === 'ConferenceUpdated')?.data;
    expect(conferenceUpdated.safeParse(updated).success).toBe(true);
    expect(conferenceUpdated.safeParse({ ...updated, startDate }).success).toBe(false);
  });
});

describe('A message of conference-management', () => {
  it('is typed as what an event store and a broker take', () => expectTypeOf<ConferenceMessage>().toExtend<DomainEvent>());
});
