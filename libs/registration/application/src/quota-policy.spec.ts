import { type Position, streamName } from '@conference/kernel';
import { specTime } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { type QuotaEvent, quotas } from './quota-policy.ts';

const conferenceId = 'c1';
const seatType = (seatTypeId: string, quota: number) => ({ seatTypeId, name: seatTypeId, description: '', price: 100, quota });
const commandsOf = (event: QuotaEvent, streamVersion: number) =>
  quotas.react({
    event,
    eventId: 'e',
    stream: streamName('RegistrationInboxConference', conferenceId),
    streamVersion,
    position: '1' as Position,
    metadata: { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'spec', occurredAt: specTime },
    recordedAt: specTime,
  });
const setQuota = (seatTypeId: string, quota: number, asOf: number) => ({
  type: 'SetSeatQuota',
  data: { conferenceId, seatTypeId, quota, asOf },
});

describe('What a conference says of its seats', () => {
  it('is set for every seat type when it is published, with the version that said so', () =>
    expect(
      commandsOf({ type: 'ConferencePublished', data: { conferenceId, seatTypes: [seatType('s1', 5), seatType('s2', 0)] } }, 4),
    ).toEqual([setQuota('s1', 5, 4), setQuota('s2', 0, 4)]));

  it('is nothing for a conference without seat types', () =>
    expect(commandsOf({ type: 'ConferencePublished', data: { conferenceId, seatTypes: [] } }, 1)).toEqual([]));

  it.each(['SeatTypeCreated', 'SeatTypeUpdated'] as const)('is set, absolute, on %s', (type) =>
    expect(commandsOf({ type, data: { conferenceId, ...seatType('s3', 7) } }, 9)).toEqual([setQuota('s3', 7, 9)]),
  );

  it('is heard in the inbox', () => expect(quotas.categories).toEqual(['RegistrationInboxConference']));
});
