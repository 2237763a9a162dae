import type { ConferenceEvent } from '@conference/conference-management-domain';
import type { JsonObject } from '@conference/kernel';
import { type PaymentMessage, publicMessages as paymentMessages } from '@conference/payments-contracts';
import { type RegistrationMessage, publicMessages as registrationMessages } from '@conference/registration-contracts';
import { type EventCatalog, type EventSchema, eventCodec } from '@conference/runtime';
import { z } from 'zod';

/** What it imports from its neighbours, as they published it. */
export type ImportedMessage = RegistrationMessage | PaymentMessage;
export type ConferenceManagementEvent = ConferenceEvent | ImportedMessage;

const id = z.string();
const count = z.int().nonnegative();
const details = z.object({
  name: z.string(),
  description: z.string(),
  location: z.string(),
  tagline: z.string().nullable(),
  twitterSearch: z.string().nullable(),
  startDate: z.iso.date(),
  endDate: z.iso.date(),
});
const seatType = z.object({ seatTypeId: id, name: z.string(), description: z.string(), price: count, quota: count });
const wasEverPublished = z.boolean();

/** Version 1 of an event. */
const v1 = <Data extends JsonObject>(schema: z.ZodType<Data>): EventSchema<Data> => ({ version: 1, parse: (data) => schema.parse(data) });

const conference: EventCatalog<ConferenceEvent> = {
  ConferenceCreated: v1(
    details.extend({
      conferenceId: id,
      slug: z.string(),
      currency: z.string(),
      owner: z.object({ name: z.string(), email: z.string() }),
      accessCode: z.string(),
    }),
  ),
  ConferenceUpdated: v1(details.extend({ conferenceId: id })),
  ConferencePublished: v1(z.object({ conferenceId: id, seatTypes: z.array(seatType) })),
  ConferenceUnpublished: v1(z.object({ conferenceId: id })),
  SeatTypeCreated: v1(seatType.extend({ conferenceId: id, wasEverPublished })),
  SeatTypeUpdated: v1(seatType.extend({ conferenceId: id, wasEverPublished })),
  SeatTypeDeleted: v1(z.object({ conferenceId: id, seatTypeId: id, wasEverPublished })),
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
