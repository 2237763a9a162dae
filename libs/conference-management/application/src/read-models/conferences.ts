import type { ConferenceDetails, ConferenceEvent, Owner, SeatTypeDetails } from '@conference/conference-management-domain';
import { collection, type Projection, type Recorded, unreachable } from '@conference/kernel';
import type { SeatsAvailabilityMessage } from '@conference/registration-contracts';

/** `ordinal`: the version of the event that created it, so that a page of a list goes on where the last one ended. */
type ListedSeatType = SeatTypeDetails & { readonly ordinal: number };

/** A conference as its organiser sees it. */
export type ConferenceView = ConferenceDetails & {
  readonly slug: string;
  readonly currency: string;
  readonly owner: Owner;
  readonly isPublished: boolean;
  readonly wasEverPublished: boolean;
  /** In the order in which they were created. */
  readonly seatTypes: readonly ListedSeatType[];
};
export type ConferenceDocument = {
  readonly conferenceId: string;
  /** null while only its seats were heard of: two sources keep no order between each other. */
  readonly conference: ConferenceView | null;
  /** Seats held or sold, by seat type, as registration says; one that is not in here has none. */
  readonly taken: { readonly [seatTypeId: string]: number };
  /** A keyed hash of the owner's e-mail and the access code: how a session finds the conference. */
  readonly locator: string | null;
  /** The command that created it: the same one with another body makes no second conference. */
  readonly createdBy: string | null;
};

export const conferences = collection<ConferenceDocument>()({
  name: 'conferences',
  version: 2,
  indexes: { byLocator: ['locator'], byCreation: ['createdBy'] },
});

export type Locator = (email: string, accessCode: string) => string;

export type SeatTypeView = SeatTypeDetails & { readonly ordinal: number; readonly remaining: number };

/**
 * What remains is the quota as it is decided here, without what registration has given away: right at once when the quota
 * changes, the whole quota before anybody has heard of the seat type, and negative after a cut below what is sold (SAV-2).
 */
export const seatTypesOf = ({ conference, taken }: ConferenceDocument): readonly SeatTypeView[] =>
  (conference?.seatTypes ?? []).map((seatType) => ({ ...seatType, remaining: seatType.quota - (taken[seatType.seatTypeId] ?? 0) }));

type SeatsFact = Extract<SeatsAvailabilityMessage, { readonly type: 'SeatsReserved' | 'SeatsReservationCancelled' }>;
type ConferencesEvent = ConferenceEvent | SeatsFact;
type DataOf<T extends ConferenceEvent['type']> = Extract<ConferenceEvent, { readonly type: T }>['data'];

const detailsOf = (of: ConferenceDetails): ConferenceDetails => ({
  name: of.name,
  description: of.description,
  location: of.location,
  tagline: of.tagline,
  twitterSearch: of.twitterSearch,
  startDate: of.startDate,
  endDate: of.endDate,
});
const seatTypeOf = ({ seatTypeId, name, description, price, quota }: SeatTypeDetails, ordinal: number): ListedSeatType => ({
  seatTypeId,
  name,
  description,
  price,
  quota,
  ordinal,
});

const created = (data: DataOf<'ConferenceCreated'>): ConferenceView => ({
  ...detailsOf(data),
  slug: data.slug,
  currency: data.currency,
  owner: data.owner,
  isPublished: false,
  wasEverPublished: false,
  seatTypes: [],
});

const changed = (
  conference: ConferenceView,
  event: Exclude<ConferenceEvent, { type: 'ConferenceCreated' }>,
  version: number,
): ConferenceView => {
  const { seatTypes } = conference;
  switch (event.type) {
    case 'ConferenceUpdated':
      return { ...conference, ...detailsOf(event.data) };
    case 'ConferencePublished':
      return { ...conference, isPublished: true, wasEverPublished: true };
    case 'ConferenceUnpublished':
      return { ...conference, isPublished: false };
    case 'SeatTypeCreated':
      return { ...conference, seatTypes: [...seatTypes, seatTypeOf(event.data, version)] };
    case 'SeatTypeUpdated': {
      const { data } = event;
      return {
        ...conference,
        seatTypes: seatTypes.map((other) => (other.seatTypeId === data.seatTypeId ? seatTypeOf(data, other.ordinal) : other)),
      };
    }
    case 'SeatTypeDeleted':
      return { ...conference, seatTypes: seatTypes.filter(({ seatTypeId }) => seatTypeId !== event.data.seatTypeId) };
    default:
      return unreachable(event);
  }
};

/** A delta is what is added to the seats still to be had, so it is taken off those that are taken. */
const withDeltas = (taken: ConferenceDocument['taken'], { data }: SeatsFact): ConferenceDocument['taken'] => {
  const after = { ...taken };
  for (const { seatTypeId, delta } of data.availableSeatsChanged) after[seatTypeId] = (after[seatTypeId] ?? 0) - delta;
  return after;
};

const evolve = (
  document: ConferenceDocument,
  { event, streamVersion, metadata }: Recorded<ConferencesEvent>,
  locator: Locator,
): ConferenceDocument => {
  switch (event.type) {
    case 'ConferenceCreated': {
      const { owner, accessCode } = event.data;
      const found = { locator: locator(owner.email, accessCode), createdBy: metadata.commandId };
      return { ...document, conference: created(event.data), ...found };
    }
    case 'SeatsReserved':
    case 'SeatsReservationCancelled':
      return { ...document, taken: withDeltas(document.taken, event) };
    default:
      return document.conference === null ? document : { ...document, conference: changed(document.conference, event, streamVersion) };
  }
};

export const conferencesProjection = (locator: Locator): Projection<ConferenceDocument, ConferencesEvent> => ({
  collection: conferences,
  categories: ['Conference', 'ConferenceManagementInboxSeatsAvailability'],
  versionFrom: 'Conference',
  idsOf: ({ event }) => [event.data.conferenceId],
  evolve: (document, recorded, conferenceId) =>
    evolve(document ?? { conferenceId, conference: null, taken: {}, locator: null, createdBy: null }, recorded, locator),
});
export const conferenceEventTypes = [
  'ConferenceCreated',
  'ConferenceUpdated',
  'ConferencePublished',
  'ConferenceUnpublished',
  'SeatTypeCreated',
  'SeatTypeUpdated',
  'SeatTypeDeleted',
  'SeatsReserved',
  'SeatsReservationCancelled',
] as const satisfies readonly ConferencesEvent['type'][];
