import type { ConferenceMessage } from '@conference/conference-management-contracts';
import { collection, type Projection, unreachable } from '@conference/kernel';
import type { SeatsAvailabilityEvent } from '@conference/registration-domain';

type CatalogueEntry = { readonly id: string; readonly name: string; readonly description: string; readonly price: number };

/** By seat type, as `SeatsAvailability` has it; a seat type that is not in here cannot be reserved yet. */
type Seats = { readonly [seatTypeId: string]: { readonly quota: number; readonly remaining: number } };

/** A conference as a registrant sees it, with the seats that can still be had. */
export type ConferenceDocument = {
  readonly conferenceId: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly location: string;
  readonly tagline: string | null;
  readonly twitterSearch: string | null;
  readonly startDate: string;
  readonly endDate: string;
  readonly currency: string;
  readonly status: 'unpublished' | 'published';
  readonly seatTypes: readonly CatalogueEntry[];
  readonly seats: Seats;
};
/** Only its seats were heard of: two sources keep no order between each other. */
type UnheardConference = { readonly conferenceId: string; readonly slug: null; readonly status: 'unheard'; readonly seats: Seats };
export type StoredConference = ConferenceDocument | UnheardConference;
export const isHeard = (conference: StoredConference): conference is ConferenceDocument => conference.status !== 'unheard';

export const conferences = collection<StoredConference>()({
  name: 'conferences',
  version: 2,
  indexes: { bySlug: ['slug'], byStatus: ['status', 'slug'] },
});

type Published = Extract<ConferenceMessage, { readonly type: Exclude<ConferenceMessage['type'], 'NotPublished'> }>;
type ConferenceEvent = Published | SeatsAvailabilityEvent;

const entryOf = (seatType: {
  readonly seatTypeId: string;
  readonly name: string;
  readonly description: string;
  readonly price: number;
}): CatalogueEntry => ({
  id: seatType.seatTypeId,
  name: seatType.name,
  description: seatType.description,
  price: seatType.price,
});

const withEntry = (entries: readonly CatalogueEntry[], entry: CatalogueEntry): readonly CatalogueEntry[] =>
  entries.some(({ id }) => id === entry.id) ? entries.map((other) => (other.id === entry.id ? entry : other)) : [...entries, entry];

const withDeltas = (seats: Seats, deltas: readonly { readonly seatTypeId: string; readonly delta: number }[]): Seats => {
  const after = { ...seats };
  for (const { seatTypeId, delta } of deltas) {
    const { quota, remaining } = after[seatTypeId] ?? { quota: 0, remaining: 0 };
    after[seatTypeId] = { quota, remaining: remaining + delta };
  }
  return after;
};

const created = (data: Extract<Published, { readonly type: 'ConferenceCreated' }>['data'], seats: Seats): ConferenceDocument => ({
  ...data,
  status: 'unpublished',
  seatTypes: [],
  seats,
});

const changed = (conference: ConferenceDocument, event: Exclude<Published, { readonly type: 'ConferenceCreated' }>): ConferenceDocument => {
  switch (event.type) {
    case 'ConferenceUpdated':
      return { ...conference, ...event.data };
    case 'ConferencePublished':
      // Merged: nothing is deleted once it was published, and publications of the original name no seat types.
      return { ...conference, status: 'published', seatTypes: event.data.seatTypes.map(entryOf).reduce(withEntry, conference.seatTypes) };
    case 'ConferenceUnpublished':
      return { ...conference, status: 'unpublished' };
    case 'SeatTypeCreated':
    case 'SeatTypeUpdated':
      return { ...conference, seatTypes: withEntry(conference.seatTypes, entryOf(event.data)) };
    default:
      return unreachable(event);
  }
};

const evolve = (before: StoredConference | undefined, event: ConferenceEvent, conferenceId: string): StoredConference | undefined => {
  const known = before ?? { conferenceId, slug: null, status: 'unheard', seats: {} };
  switch (event.type) {
    case 'AvailableSeatsChanged': {
      const { seatTypeId, delta } = event.data;
      // An event of the original knows only the delta.
      const { quota, remaining } = known.seats[seatTypeId] ?? { quota: 0, remaining: 0 };
      return { ...known, seats: { ...known.seats, [seatTypeId]: { quota: quota + delta, remaining: remaining + delta } } };
    }
    case 'SeatsReserved':
    case 'SeatsReservationCancelled':
      return { ...known, seats: withDeltas(known.seats, event.data.availableSeatsChanged) };
    case 'SeatsReservationCommitted':
      return before;
    case 'ConferenceCreated':
      return created(event.data, known.seats);
    default:
      return before !== undefined && isHeard(before) ? changed(before, event) : before;
  }
};

export const conferencesProjection: Projection<StoredConference, ConferenceEvent> = {
  collection: conferences,
  categories: ['RegistrationInboxConference', 'SeatsAvailability'],
  idsOf: ({ event }) => (event.type === 'SeatsReservationCommitted' ? [] : [event.data.conferenceId]),
  evolve: (document, { event }, conferenceId) => evolve(document, event, conferenceId),
};
export const conferenceEventTypes = [
  'ConferenceCreated',
  'ConferenceUpdated',
  'ConferencePublished',
  'ConferenceUnpublished',
  'SeatTypeCreated',
  'SeatTypeUpdated',
  'AvailableSeatsChanged',
  'SeatsReserved',
  'SeatsReservationCommitted',
  'SeatsReservationCancelled',
] as const satisfies readonly ConferenceEvent['type'][];
