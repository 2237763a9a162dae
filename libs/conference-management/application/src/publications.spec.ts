import { publicMessages } from '@conference/conference-management-contracts';
import type { ConferenceEvent } from '@conference/conference-management-domain';
import { type Position, streamName } from '@conference/kernel';
import { recorded } from '@conference/runtime';
import { specTime } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { conferenceCodec } from './catalog.ts';
import { publications } from './publications.ts';

const conferenceId = '00000000-0000-4000-8000-000000000001';
const seatTypeId = '00000000-0000-4000-8000-000000000002';
const seatType = { seatTypeId, name: 'Full', description: 'Both days', price: 19900, quota: 10 };
const details = {
  name: 'Domain days',
  description: 'Two days about domains',
  location: 'Basel',
  tagline: null,
  twitterSearch: null,
  startDate: '2027-05-02',
  endDate: '2027-05-03',
};
const created = { conferenceId, slug: 'domain_days', currency: 'EUR', ...details };

const publish = (event: ConferenceEvent) => {
  const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'spec', occurredAt: specTime };
  const stored = { eventId: 'e', streamName: streamName('Conference', conferenceId), streamVersion: 0, metadata, recordedAt: specTime };
  const [publication] = publications;
  if (publication === undefined) return expect.unreachable();
  const of = recorded({ ...stored, position: '1' as Position, ...conferenceCodec.encode(event) }, event);
  expect(publication.keyOf(of)).toBe(conferenceId);
  const { type, data } = publication.publicForm(of);
  const schema = new Map(Object.entries(publicMessages)).get(type)?.schema;
  expect(schema?.parse(data)).toEqual(data);
  return { type, data };
};

describe('What conference-management tells others', () => {
  it('tells of a new conference without its owner and access code', () =>
    expect(
      publish({ type: 'ConferenceCreated', data: { ...created, owner: { name: 'Ada', email: 'ada@example.org' }, accessCode: 'CODE' } }),
    ).toEqual({
      type: 'ConferenceCreated',
      data: created,
    }));

  it.each(['SeatTypeCreated', 'SeatTypeUpdated'] as const)('tells of %s only once the conference was published', (type) => {
    const data = { conferenceId, ...seatType };
    expect(publish({ type, data: { ...data, wasEverPublished: true } })).toEqual({ type, data });
    expect(publish({ type, data: { ...data, wasEverPublished: false } })).toEqual({ type: 'NotPublished', data: {} });
  });

  it('marks the place of what happened to a seat type before the first publication', () =>
    expect(publish({ type: 'SeatTypeDeleted', data: { conferenceId, seatTypeId, wasEverPublished: false } })).toEqual({
      type: 'NotPublished',
      data: {},
    }));

  it('tells everything else as it is', () => {
    for (const event of [
      { type: 'ConferenceUpdated', data: { conferenceId, ...details } },
      { type: 'ConferencePublished', data: { conferenceId, seatTypes: [seatType] } },
      { type: 'ConferenceUnpublished', data: { conferenceId } },
    ] as const)
      expect(publish(event)).toEqual(event);
  });
});
