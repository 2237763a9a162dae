import type { ConferenceMessage, ConferencePublished } from '@conference/conference-management-contracts';
import type { Policy } from '@conference/kernel';
import type { SeatsAvailabilityCommand } from '@conference/registration-domain';

type SetSeatQuota = Extract<SeatsAvailabilityCommand, { readonly type: 'SetSeatQuota' }>;
type SeatType = Pick<ConferencePublished['data']['seatTypes'][number], 'seatTypeId' | 'quota'>;

export type QuotaEvent = Extract<ConferenceMessage, { readonly type: 'ConferencePublished' | 'SeatTypeCreated' | 'SeatTypeUpdated' }>;

/** What the conference says of its seats, applied as absolute numbers with the version that said so (SAV-1, SAV-2). */
export const quotas: Policy<QuotaEvent, SetSeatQuota> = {
  name: 'Quotas',
  categories: ['RegistrationInboxConference'],
  react: ({ event: { type, data }, streamVersion }) => {
    const seatTypes: readonly SeatType[] = type === 'ConferencePublished' ? data.seatTypes : [data];
    return seatTypes.map(({ seatTypeId, quota }) => ({
      type: 'SetSeatQuota',
      data: { conferenceId: data.conferenceId, seatTypeId, quota, asOf: streamVersion },
    }));
  },
};
