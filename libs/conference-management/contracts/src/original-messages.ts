import { type JsonObject, minorUnitsOf } from '@conference/kernel';
import { z } from 'zod';

// Schema version 0: the messages of the original, CQRS Journey, as its three releases sent and logged them.

const id = z.uuid();
const nothingSaid = z.string().nullish();
/** `2012-09-05T00:00:00`: a day, at midnight. */
const date = z.string().regex(/^\d{4}-\d\d-\d\d/);
const decimal = z.union([z.number(), z.string()]);

const details = z.object({
  SourceId: id,
  Name: z.string(),
  Description: z.string(),
  Location: z.string(),
  Tagline: nothingSaid,
  TwitterSearch: nothingSaid,
  StartDate: date,
  EndDate: date,
});
const created = details.extend({ Slug: z.string() });
const seatType = z.object({
  SourceId: id,
  ConferenceId: id,
  Name: z.string(),
  Description: z.string(),
  Price: decimal,
  Quantity: z.int().nonnegative(),
});
const identified = z.object({ SourceId: id });

const detailsOf = (data: z.infer<typeof details>): JsonObject => ({
  conferenceId: data.SourceId,
  name: data.Name,
  description: data.Description,
  location: data.Location,
  tagline: data.Tagline ?? null,
  twitterSearch: data.TwitterSearch ?? null,
  startDate: data.StartDate.slice(0, 10),
  endDate: data.EndDate.slice(0, 10),
});

/**
 * What lifts a message of the original to version 1. Prices become minor units, half to even; there was one currency, USD.
 * Its publication named no seat types: they had been announced before, each by a message of its own, and stay.
 */
export const original = {
  conferenceCreated: (data: JsonObject): JsonObject => {
    const read = created.parse(data);
    return { ...detailsOf(read), slug: read.Slug, currency: 'USD' };
  },
  conferenceUpdated: (data: JsonObject): JsonObject => detailsOf(details.parse(data)),
  conferencePublished: (data: JsonObject): JsonObject => ({ conferenceId: identified.parse(data).SourceId, seatTypes: [] }),
  conferenceUnpublished: (data: JsonObject): JsonObject => ({ conferenceId: identified.parse(data).SourceId }),
  /** `SeatCreated` and `SeatUpdated`, whose source is the seat type. */
  seatType: (data: JsonObject): JsonObject => {
    const { SourceId, ConferenceId, Name, Description, Price, Quantity } = seatType.parse(data);
    return {
      conferenceId: ConferenceId,
      seatTypeId: SourceId,
      name: Name,
      description: Description,
      price: minorUnitsOf(Price),
      quota: Quantity,
    };
  },
} as const;
