import { type Command, type Decider, type Decision, reject, unreachable } from '@conference/kernel';
import type { ConferenceDetails, ConferenceEvent, Owner, SeatTypeDetails } from './conference.events.ts';

type Which = { readonly conferenceId: string };

export type ConferenceCommand =
  /** The id is derived from the slug, so that a slug is taken once. Slug, currency (PRC-6), owner and access code never change. */
  | Command<
      'CreateConference',
      Which & ConferenceDetails & { readonly slug: string; readonly currency: string; readonly owner: Owner; readonly accessCode: string }
    >
  /** All details; says nothing about being published (W-1). */
  | Command<'UpdateConference', Which & ConferenceDetails>
  | Command<'PublishConference', Which>
  | Command<'UnpublishConference', Which>
  | Command<'CreateSeatType', Which & SeatTypeDetails>
  /** All details, with the quota absolute. It may be cut below what is sold: what remains is then negative. */
  | Command<'UpdateSeatType', Which & SeatTypeDetails>
  | Command<'DeleteSeatType', Which & { readonly seatTypeId: string }>;

export type ConferenceRefusal =
  | { readonly code: 'slug-taken' }
  | { readonly code: 'conference-not-found' }
  /** The end is before the start (W-25). */
  | { readonly code: 'invalid-dates' }
  | { readonly code: 'seat-type-not-found'; readonly seatTypeId: string }
  | { readonly code: 'seat-type-id-taken'; readonly seatTypeId: string }
  | { readonly code: 'too-many-seat-types'; readonly max: number }
  /** Somebody may have bought of it: a seat type is deleted only before the first publication. */
  | { readonly code: 'conference-was-published' };

/** So that `ConferencePublished`, which carries all of them, stays well within the limit of one append, whatever their texts. */
export const seatTypesMax = 200;

export type CreatedConference = {
  readonly status: 'created';
  readonly conferenceId: string;
  readonly slug: string;
  readonly currency: string;
  readonly owner: Owner;
  readonly accessCode: string;
  readonly details: ConferenceDetails;
  readonly isPublished: boolean;
  /** Set by the first publication, for ever. */
  readonly wasEverPublished: boolean;
  /** In the order in which they were created. */
  readonly seatTypes: readonly SeatTypeDetails[];
};
export type Conference = { readonly status: 'not-created' } | CreatedConference;

// Commands and events have more fields than these; only what is named here gets into an event or the state.
const detailsOf = (of: ConferenceDetails): ConferenceDetails => ({
  name: of.name,
  description: of.description,
  location: of.location,
  tagline: of.tagline,
  twitterSearch: of.twitterSearch,
  startDate: of.startDate,
  endDate: of.endDate,
});
const seatTypeOf = (of: SeatTypeDetails): SeatTypeDetails => ({
  seatTypeId: of.seatTypeId,
  name: of.name,
  description: of.description,
  price: of.price,
  quota: of.quota,
});

type Fields = { readonly [field: string]: string | number | null };
/** Of two records with the same fields. */
const same = <T extends Fields>(a: T, b: T): boolean => Object.entries(a).every(([field, value]) => b[field] === value);

// Days as `2027-05-02`: the order of the strings is the order in time. One day is a conference too.
const endsBeforeItStarts = ({ startDate, endDate }: ConferenceDetails): boolean => endDate < startDate;

type ConferenceDecision = Decision<ConferenceEvent, ConferenceRefusal>;
type DataOf<Type extends ConferenceCommand['type']> = Extract<ConferenceCommand, { readonly type: Type }>['data'];

const create = (data: DataOf<'CreateConference'>): ConferenceDecision => {
  if (endsBeforeItStarts(data)) return reject({ code: 'invalid-dates' });
  const { conferenceId, slug, currency, owner, accessCode } = data;
  return [{ type: 'ConferenceCreated', data: { conferenceId, slug, currency, owner, accessCode, ...detailsOf(data) } }];
};

const update = (data: DataOf<'UpdateConference'>, { conferenceId, details }: CreatedConference): ConferenceDecision => {
  if (endsBeforeItStarts(data)) return reject({ code: 'invalid-dates' });
  if (same(detailsOf(data), details)) return [];
  return [{ type: 'ConferenceUpdated', data: { conferenceId, ...detailsOf(data) } }];
};

const createSeatType = (data: DataOf<'CreateSeatType'>, conference: CreatedConference): ConferenceDecision => {
  const { conferenceId, seatTypes, wasEverPublished } = conference;
  const existing = seatTypes.find(({ seatTypeId }) => seatTypeId === data.seatTypeId);
  if (existing !== undefined)
    return same(seatTypeOf(data), existing) ? [] : reject({ code: 'seat-type-id-taken', seatTypeId: data.seatTypeId });
  if (seatTypes.length >= seatTypesMax) return reject({ code: 'too-many-seat-types', max: seatTypesMax });
  return [{ type: 'SeatTypeCreated', data: { conferenceId, ...seatTypeOf(data), wasEverPublished } }];
};

const updateSeatType = (data: DataOf<'UpdateSeatType'>, conference: CreatedConference): ConferenceDecision => {
  const { conferenceId, seatTypes, wasEverPublished } = conference;
  const existing = seatTypes.find(({ seatTypeId }) => seatTypeId === data.seatTypeId);
  if (existing === undefined) return reject({ code: 'seat-type-not-found', seatTypeId: data.seatTypeId });
  if (same(seatTypeOf(data), existing)) return [];
  return [{ type: 'SeatTypeUpdated', data: { conferenceId, ...seatTypeOf(data), wasEverPublished } }];
};

const deleteSeatType = ({ seatTypeId }: DataOf<'DeleteSeatType'>, conference: CreatedConference): ConferenceDecision => {
  const { conferenceId, seatTypes, wasEverPublished } = conference;
  if (!seatTypes.some((seatType) => seatType.seatTypeId === seatTypeId)) return reject({ code: 'seat-type-not-found', seatTypeId });
  if (wasEverPublished) return reject({ code: 'conference-was-published' });
  return [{ type: 'SeatTypeDeleted', data: { conferenceId, seatTypeId, wasEverPublished } }];
};

const decide = (command: ConferenceCommand, conference: Conference): ConferenceDecision => {
  if (command.type === 'CreateConference') return conference.status === 'created' ? reject({ code: 'slug-taken' }) : create(command.data);
  if (conference.status === 'not-created') return reject({ code: 'conference-not-found' });
  const { conferenceId, isPublished, seatTypes } = conference;
  switch (command.type) {
    case 'UpdateConference':
      return update(command.data, conference);
    case 'PublishConference':
      return isPublished ? [] : [{ type: 'ConferencePublished', data: { conferenceId, seatTypes } }];
    case 'UnpublishConference':
      return isPublished ? [{ type: 'ConferenceUnpublished', data: { conferenceId } }] : [];
    case 'CreateSeatType':
      return createSeatType(command.data, conference);
    case 'UpdateSeatType':
      return updateSeatType(command.data, conference);
    case 'DeleteSeatType':
      return deleteSeatType(command.data, conference);
    default:
      return unreachable(command);
  }
};

const created = (data: Extract<ConferenceEvent, { readonly type: 'ConferenceCreated' }>['data']): CreatedConference => {
  const { conferenceId, slug, currency, owner, accessCode } = data;
  const details = detailsOf(data);
  return {
    status: 'created',
    conferenceId,
    slug,
    currency,
    owner,
    accessCode,
    details,
    isPublished: false,
    wasEverPublished: false,
    seatTypes: [],
  };
};

const evolve = (conference: Conference, event: ConferenceEvent): Conference => {
  if (event.type === 'ConferenceCreated') return created(event.data);
  if (conference.status === 'not-created') return conference;
  const { seatTypes } = conference;
  switch (event.type) {
    case 'ConferenceUpdated':
      return { ...conference, details: detailsOf(event.data) };
    case 'ConferencePublished':
      return { ...conference, isPublished: true, wasEverPublished: true };
    case 'ConferenceUnpublished':
      return { ...conference, isPublished: false };
    case 'SeatTypeCreated':
      return { ...conference, seatTypes: [...seatTypes, seatTypeOf(event.data)] };
    case 'SeatTypeUpdated': {
      const updated = seatTypeOf(event.data);
      return { ...conference, seatTypes: seatTypes.map((seatType) => (seatType.seatTypeId === updated.seatTypeId ? updated : seatType)) };
    }
    case 'SeatTypeDeleted':
      return { ...conference, seatTypes: seatTypes.filter(({ seatTypeId }) => seatTypeId !== event.data.seatTypeId) };
    default:
      return unreachable(event);
  }
};

/**
 * A conference with its seat types, on `Conference-<conferenceId>`. What is the same already changes nothing; a conference
 * is published and unpublished any number of times, and once it was, its seat types stay.
 */
export const conference: Decider<Conference, ConferenceCommand, ConferenceEvent, ConferenceRefusal> = {
  initialState: { status: 'not-created' },
  decide,
  evolve,
};
