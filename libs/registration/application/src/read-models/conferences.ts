import type { ConferenceMessage } from '@conference/conference-management-contracts';
import { collection, type Projection, unreachable } from '@conference/kernel';
import type { SeatsAvailabilityEvent } from '@conference/registration-domain';

type CatalogueEntry = { readonly id: string; readonly name: string; readonly description: string; readonly price: number };

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
  /** By seat type, as `SeatsAvailability` has it; a seat type that is not in here cannot be reserved yet. */
  readonly seats: { readonly [seatTypeId: string]: { readonly quota: number; readonly remaining: number } };
};

export const conferences = collection<ConferenceDocument>()({
  name: 'conferences',
  version: 1,
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

type Seats = ConferenceDocument['seats'];
const withDeltas = (seats: Seats, deltas: readonly { readonly seatTypeId: string; readonly delta: number }[]): Seats => {
  const after = { ...seats };
  for (const { seatTypeId, delta } of deltas) {
    const { quota, remaining } = after[seatTypeId] ?? { quota: 0, remaining: 0 };
    after[seatTypeId] = { quota, remaining: remaining + delta };
  }
  return after;
};

const created = (data: Extract<Published, { readonly type: 'ConferenceCreated' }>['data']): ConferenceDocument => ({
  ...data,
  status: 'unpublished',
  seatTypes: [],
  seats: {},
});

const evolve = (document: ConferenceDocument | undefined, event: ConferenceEvent): ConferenceDocument | undefined => {
  if (event.type === 'ConferenceCreated') return created(event.data);
  // Everything else about a conference comes after we imported its creation: the quotas follow from what we imported.
  if (document === undefined) return undefined;
  switch (event.type) {
    case 'ConferenceUpdated':
      return { ...document, ...event.data };
    case 'ConferencePublished':
      return { ...document, status: 'published', seatTypes: event.data.seatTypes.map(entryOf) };
    case 'ConferenceUnpublished':
      return { ...document, status: 'unpublished' };
    case 'SeatTypeCreated':
    case 'SeatTypeUpdated':
      return { ...document, seatTypes: withEntry(document.seatTypes, entryOf(event.data)) };
    case 'AvailableSeatsChanged': {
      const { seatTypeId, quota, delta } = event.data;
      const remaining = (document.seats[seatTypeId]?.remaining ?? 0) + delta;
      return { ...document, seats: { ...document.seats, [seatTypeId]: { quota, remaining } } };
    }
    case 'SeatsReserved':
    case 'SeatsReservationCancelled':
      return { ...document, seats: withDeltas(document.seats, event.data.availableSeatsChanged) };
    case 'SeatsReservationCommitted':
      return document;
    default:
      return unreachable(event);
  }
};

export const conferencesProjection: Projection<ConferenceDocument, ConferenceEvent> = {
  collection: conferences,
  categories: ['RegistrationInboxConference', 'SeatsAvailability'],
  idsOf: ({ event }) => (event.type === 'SeatsReservationCommitted' ? [] : [event.data.conferenceId]),
  evolve: (document, { event }) => evolve(document, event),
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
