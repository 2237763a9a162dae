import { firstVersionBy, type PublicMessage, type PublicSchema } from '@conference/kernel';
import { z } from 'zod';
import { type NotPublished, notPublished } from './not-published.ts';
import { original } from './original-messages.ts';
import { conferenceId, currency, day, price, quota, seatTypeId, text } from './values.ts';

const details = z.object({
  name: text(200).describe('What it is called.'),
  description: text(4000).describe('What it is about.'),
  location: text(200).describe('Where it is.'),
  tagline: text(200).nullable().describe('A line below its name.'),
  twitterSearch: text(200).nullable().describe('What to look for to read about it.'),
  startDate: day.describe('Its first day.'),
  endDate: day.describe('Its last day; not before the first.'),
});
const seatType = z.object({
  seatTypeId,
  name: text(200).describe('What it is called.'),
  description: text(4000).describe('What one gets.'),
  price,
  quota,
});

export const conferenceCreated = details
  .extend({
    conferenceId,
    slug: text(200).describe('Its name in addresses, taken once whatever its case. Never changes.'),
    currency: currency.describe('ISO 4217, of all its prices. Never changes.'),
  })
  .describe('There is a conference; not on sale yet. Its owner and access code stay inside.');
export type ConferenceCreated = PublicMessage<'ConferenceCreated', typeof conferenceCreated>;

export const conferenceUpdated = details
  .extend({ conferenceId })
  .describe('All details as they are now, also of a conference that is not published; says nothing about being published.');
export type ConferenceUpdated = PublicMessage<'ConferenceUpdated', typeof conferenceUpdated>;

export const conferencePublished = z
  .object({
    conferenceId,
    seatTypes: z
      .array(seatType)
      .max(200)
      .describe('Every one as it is now: of those made before the first publication nobody has heard (F14).'),
  })
  .describe('Orders are taken from here on.');
export type ConferencePublished = PublicMessage<'ConferencePublished', typeof conferencePublished>;

export const conferenceUnpublished = z.object({ conferenceId }).describe('No new orders; those that exist go on.');
export type ConferenceUnpublished = PublicMessage<'ConferenceUnpublished', typeof conferenceUnpublished>;

export const seatTypeCreated = seatType.extend({ conferenceId }).describe('A seat type added after the first publication (F13).');
export type SeatTypeCreated = PublicMessage<'SeatTypeCreated', typeof seatTypeCreated>;

export const seatTypeUpdated = seatType
  .extend({ conferenceId })
  .describe('A seat type as it is now, after the first publication (F13). Its quota may be less than what is sold.');
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

const firstVersion = firstVersionBy<z.ZodType>(z.compile);

/** Every type of message of this context, with the version that is sent now and what lifts older ones to it. */
export const publicMessages = {
  ConferenceCreated: firstVersion(conferenceCreated, { lift: original.conferenceCreated }),
  ConferenceUpdated: firstVersion(conferenceUpdated, { lift: original.conferenceUpdated }),
  ConferencePublished: firstVersion(conferencePublished, { lift: original.conferencePublished }),
  ConferenceUnpublished: firstVersion(conferenceUnpublished, { lift: original.conferenceUnpublished }),
  SeatTypeCreated: firstVersion(seatTypeCreated, { lift: original.seatType, formerNames: ['SeatCreated'] }),
  SeatTypeUpdated: firstVersion(seatTypeUpdated, { lift: original.seatType, formerNames: ['SeatUpdated'] }),
  NotPublished: firstVersion(notPublished),
} as const satisfies { readonly [Type in ConferenceMessage['type']]: PublicSchema };
