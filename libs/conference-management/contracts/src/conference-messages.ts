import { z } from 'zod';
import { firstVersion, type NotPublished, notPublished, type PublicMessage, type PublicSchema } from './public-message.ts';
import { count, currency, day, id, minorUnits } from './values.ts';

const details = z.object({
  name: z.string(),
  description: z.string(),
  location: z.string(),
  tagline: z.string().nullable(),
  twitterSearch: z.string().nullable(),
  startDate: day,
  endDate: day,
});
const seatType = z.object({ seatTypeId: id, name: z.string(), description: z.string(), price: minorUnits, quota: count });

/**
 * There is a conference; not on sale yet. `slug` and `currency` never change. Its owner and access code stay inside.
 * Consumed by registration, which keeps it in its catalogue, unlisted.
 */
export const conferenceCreated = details.extend({ conferenceId: id, slug: z.string(), currency });
export type ConferenceCreated = PublicMessage<'ConferenceCreated', typeof conferenceCreated>;

/**
 * All details as they are now, also of a conference that is not published; says nothing about being published. Consumed
 * by registration.
 */
export const conferenceUpdated = details.extend({ conferenceId: id });
export type ConferenceUpdated = PublicMessage<'ConferenceUpdated', typeof conferenceUpdated>;

/**
 * Orders are taken from here on. Carries every seat type as it is now: of those made before the first publication nobody
 * has heard (F14). Consumed by registration: catalogue, and the quotas of its availability.
 */
export const conferencePublished = z.object({ conferenceId: id, seatTypes: z.array(seatType) });
export type ConferencePublished = PublicMessage<'ConferencePublished', typeof conferencePublished>;

/** No new orders; those that exist go on. Consumed by registration. */
export const conferenceUnpublished = z.object({ conferenceId: id });
export type ConferenceUnpublished = PublicMessage<'ConferenceUnpublished', typeof conferenceUnpublished>;

/**
 * A seat type added after the first publication (F13). `quota` is absolute, `price` in the conference's currency.
 * Consumed by registration.
 */
export const seatTypeCreated = seatType.extend({ conferenceId: id });
export type SeatTypeCreated = PublicMessage<'SeatTypeCreated', typeof seatTypeCreated>;

/**
 * A seat type as it is now, after the first publication (F13). An absolute `quota`: it may be less than what is sold.
 * Consumed by registration.
 */
export const seatTypeUpdated = seatType.extend({ conferenceId: id });
export type SeatTypeUpdated = PublicMessage<'SeatTypeUpdated', typeof seatTypeUpdated>;

/** All that a stream `Conference-<id>` says to others. */
export type ConferenceMessage =
  | ConferenceCreated
  | ConferenceUpdated
  | ConferencePublished
  | ConferenceUnpublished
  | SeatTypeCreated
  | SeatTypeUpdated
  | NotPublished;

/** Every type of message of this context, with the version that is sent now. */
export const publicMessages = {
  ConferenceCreated: firstVersion(conferenceCreated),
  ConferenceUpdated: firstVersion(conferenceUpdated),
  ConferencePublished: firstVersion(conferencePublished),
  ConferenceUnpublished: firstVersion(conferenceUnpublished),
  SeatTypeCreated: firstVersion(seatTypeCreated),
  SeatTypeUpdated: firstVersion(seatTypeUpdated),
  NotPublished: firstVersion(notPublished),
} as const satisfies { readonly [Type in ConferenceMessage['type']]: PublicSchema };
