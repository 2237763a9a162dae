import type { ConferenceEvent } from '@conference/conference-management-domain';
import { type JsonObject, parseBy } from '@conference/kernel';
import { type PaymentMessage, publicMessages as paymentMessages } from '@conference/payments-contracts';
import { type RegistrationMessage, publicMessages as registrationMessages } from '@conference/registration-contracts';
import { type EventSchema, eventCodec } from '@conference/runtime';
import { z } from 'zod';

/** What it imports from its neighbours, as they published it. */
export type ImportedMessage = RegistrationMessage | PaymentMessage;
export type ConferenceManagementEvent = ConferenceEvent | ImportedMessage;

/** How an event is read and written, and what its fields mean. */
type Described<E extends ConferenceEvent> = {
  readonly [T in E['type']]: EventSchema<Extract<E, { readonly type: T }>['data']> & { readonly schema: z.ZodType };
};

const id = z.string().max(100);
const conferenceId = id.describe('The conference.');
const seatTypeId = id.describe('The seat type.');
const text = (max: number) => z.string().max(max);
const count = z.int().nonnegative();
const details = z.object({
  name: text(200).describe('What it is called.'),
  description: text(4000).describe('What it is about.'),
  location: text(200).describe('Where it is.'),
  tagline: text(200).nullable().describe('A line below its name.'),
  twitterSearch: text(200).nullable().describe('What to look for to read about it.'),
  startDate: z.iso.date().describe('Its first day.'),
  endDate: z.iso.date().describe('Its last day; not before the first (W-25).'),
});
const seatType = z.object({
  seatTypeId,
  name: text(200).describe('What it is called.'),
  description: text(4000).describe('What one gets.'),
  price: count.describe('Of one seat, in minor units of the conference’s currency; 0 is free.'),
  quota: count.describe('Absolute: all seats of the type, sold or not.'),
});
const wasEverPublished = z.boolean().describe('Whether the conference had ever been published: before, nobody outside hears of it (F13).');

/** Version 1 of an event. */
const v1 = <Data extends JsonObject>(schema: z.ZodType<Data>) => ({
  version: 1,
  schema,
  parse: parseBy(schema, z.compile),
});

const conference: Described<ConferenceEvent> = {
  ConferenceCreated: v1(
    details
      .extend({
        conferenceId,
        slug: text(200).describe('Its name in addresses, taken once whatever its case. Never changes.'),
        currency: text(3).describe('ISO 4217, of all its prices. Never changes (PRC-6).'),
        owner: z
          .object({ name: text(200), email: text(254) })
          .describe('PERSONAL DATA. Who created it. Never changes, never leaves the context.'),
        accessCode: text(64).describe('SECRET. Opens a session, with the owner’s e-mail address.'),
      })
      .describe('There is a conference; not on sale yet.'),
  ),
  ConferenceUpdated: v1(
    details.extend({ conferenceId }).describe('All details as they are now; says nothing about being published (W-1).'),
  ),
  ConferencePublished: v1(
    z
      .object({ conferenceId, seatTypes: z.array(seatType).max(200).describe('Every one as it is now (F14).') })
      .describe('Orders are taken from here on.'),
  ),
  ConferenceUnpublished: v1(z.object({ conferenceId }).describe('No new orders; those that exist go on.')),
  SeatTypeCreated: v1(seatType.extend({ conferenceId, wasEverPublished }).describe('A kind of seat to be sold.')),
  SeatTypeUpdated: v1(
    seatType
      .extend({ conferenceId, wasEverPublished })
      .describe('A seat type as it is now. Its quota may be less than what is sold (SAV-2).'),
  ),
  SeatTypeDeleted: v1(
    z.object({ conferenceId, seatTypeId, wasEverPublished }).describe('Taken back, before the first publication; afterwards it stays.'),
  ),
};

/** The one codec of the context's store: its own events and those it imports, for feed, inbox and replay alike. */
export const conferenceManagementCodec = eventCodec<ConferenceManagementEvent>({
  ...conference,
  ...registrationMessages,
  ...paymentMessages,
});
export const conferenceCodec = eventCodec<ConferenceEvent>(conference);

/** Of the events that are written here, the version that is written today. */
export const ownSchemaVersions: { readonly [type: string]: number } = Object.fromEntries(
  Object.entries(conference).map(([type, { version }]) => [type, version]),
);

/** By the category of their streams: for the documents that are made of them. */
export const storedEvents = { Conference: conference } as const;
