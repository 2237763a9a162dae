import { type Position, streamName } from '@conference/kernel';
import { publicMessages, topics } from '@conference/registration-contracts';
import { recorded } from '@conference/runtime';
import { specTime } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import {
  type OwnEvent,
  orderCodec,
  ownCodec,
  ownSchemaVersions,
  refundCodec,
  seatAssignmentsCodec,
  seatsAvailabilityCodec,
} from './catalog.ts';
import { sampleEvents } from './golden.fixture.ts';
import { publications } from './publications.ts';

const categories = {
  Order: orderCodec,
  SeatsAvailability: seatsAvailabilityCodec,
  SeatAssignments: seatAssignmentsCodec,
  Refund: refundCodec,
};
const categoryOf = (event: OwnEvent): string => {
  const stored = ownCodec.encode(event);
  const [category] = Object.entries(categories).find(([, codec]) => codec.decode({ ...stored }) !== undefined) ?? [];
  return category ?? expect.unreachable(event.type);
};
const recordedOf = (event: OwnEvent) => {
  const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'spec', occurredAt: specTime };
  const stored = { eventId: 'e', streamName: streamName(categoryOf(event), 'the-id'), streamVersion: 0, metadata, recordedAt: specTime };
  return recorded({ ...stored, position: '1' as Position, ...ownCodec.encode(event) }, event);
};
const publicFormOf = (event: OwnEvent) => {
  const [publication, ...others] = publications.filter(({ categories: of }) => of.includes(categoryOf(event)));
  expect(others).toEqual([]);
  return publication?.publicForm(recordedOf(event)) ?? expect.unreachable(event.type);
};
const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, field]) => [key, ...keysOf(field)]) : [];

describe('What registration tells others', () => {
  it('has a sample of every event', () => {
    expect(new Set(sampleEvents.map(({ type }) => type))).toEqual(new Set(Object.keys(ownSchemaVersions)));
  });

  it.each(sampleEvents)('is one message for $type, which the contract accepts and loses nothing of', (event) => {
    const { type, schemaVersion, data } = publicFormOf(event);
    const contract = new Map<string, (typeof publicMessages)[keyof typeof publicMessages]>(Object.entries(publicMessages)).get(type);
    expect(contract?.schema.parse(data)).toEqual(data);
    expect(schemaVersion).toBe(contract?.version);
  });

  it.each(sampleEvents)('says nothing of an access code in $type', (event) => {
    expect(keysOf(publicFormOf(event).data)).not.toContain('accessCode');
  });

  it.each(sampleEvents)('names a person in an object of its own only, and only where a list shows it: $type', (event) => {
    const { type, data } = publicFormOf(event);
    const allowed: { readonly [type: string]: string } = { OrderRegistrantAssigned: 'registrant', SeatAssigned: 'attendee' };
    const { [allowed[type] ?? '']: person, ...rest } = data;
    expect(person === undefined).toBe(allowed[type] === undefined);
    expect(keysOf(rest).filter((key) => ['firstName', 'lastName', 'email'].includes(key))).toEqual([]);
  });

  it('is the event as it is, but for the access code and the type of an assigned seat', () => {
    const changed = sampleEvents.filter(
      (event) => JSON.stringify({ ...publicFormOf(event), schemaVersion: undefined }) !== JSON.stringify(event),
    );
    expect(changed.map(({ type }) => type).toSorted()).toEqual(['OrderPlaced', 'SeatAssigned', 'SeatAssignmentUpdated']);
    for (const event of changed) {
      const { type, data } = publicFormOf(event);
      expect(type).toBe(event.type === 'SeatAssignmentUpdated' ? 'SeatAssigned' : event.type);
      expect(event.data).toMatchObject(data);
    }
  });

  it.each(sampleEvents)('goes to the topic of its stream, by the stream’s id: $type', (event) => {
    const topic = Object.values(topics).find(({ categories: of }) => of.some((category) => category === categoryOf(event)));
    const publication = publications.find(({ topic: name }) => name === topic?.name);
    expect(publication?.categories).toEqual(topic?.categories);
    expect(publication?.keyOf(recordedOf(event))).toBe('the-id');
  });
});
