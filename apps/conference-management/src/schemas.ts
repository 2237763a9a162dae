import { z } from 'zod';

const id = z.uuid().toLowerCase();
const day = z.iso.date().describe('A day, `2027-05-02`');
const instant = z.string().describe('ISO 8601, UTC, with milliseconds');
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
/** It is fixed for ever, so a slip of the pen is refused. */
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 code', abort: true })
  .refine((code) => currencies.has(code), 'is not a currency of ISO 4217');
const optionalText = z.string().trim().max(200).nullish();
export const priceMax = 5_000_000;
export const quotaMax = 100_000;

export const money = z.object({ amount: z.int().describe('In minor units'), currency: z.string() }).describe('Money');

const details = {
  name: z.string().trim().min(1).max(200),
  description: z.string().trim().min(1).max(4000),
  location: z.string().trim().min(1).max(200),
  tagline: optionalText,
  twitterSearch: optionalText,
  startDate: day,
  endDate: day.describe('The last day; not before the first'),
};
/** Days as `2027-05-02`: the order of the strings is the order in time. */
const inOrder = ({ startDate, endDate }: { readonly startDate: string; readonly endDate: string }): boolean => startDate <= endDate;
const endsTooEarly = { path: ['endDate'], message: 'must not be before startDate' };

/** The whole string is an address; no quoting, no comments, no display name. */
const email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@"<>(),;:\\]+@[^\s@"<>(),;:\\.]+(\.[^\s@"<>(),;:\\.]+)+$/, 'is not an e-mail address');

export const createConferenceBody = z
  .strictObject({
    ...details,
    slug: z
      .string()
      .regex(/^[A-Za-z0-9_]{1,60}$/, 'must be 1 to 60 letters, digits or underscores')
      .describe('Part of its address; taken once, whatever the case'),
    currency: currency.default('USD').describe('ISO 4217, of all its prices; never changes'),
    owner: z.strictObject({ name: z.string().trim().min(1).max(200), email }),
  })
  .refine(inOrder, endsTooEarly);
export const detailsBody = z.strictObject(details).refine(inOrder, endsTooEarly);

const amount = z.int().min(0).max(priceMax);
export const seatTypeBody = z.strictObject({
  name: z.string().trim().min(2).max(70),
  description: z.string().trim().min(1).max(250),
  price: z
    .preprocess(
      (price) => (typeof price === 'number' ? { amount: price } : price),
      z.strictObject({ amount, currency: currency.optional() }),
    )
    .describe('Money in the conference’s currency, or just the amount in minor units'),
  quota: z.int().min(0).max(quotaMax).describe('All seats of this type; a cut below what is sold makes `remaining` negative'),
});
export const sessionBody = z.strictObject({ email: z.string().min(1).max(254), accessCode: z.string().min(1).max(64) });

export const conferenceParams = z.object({ id });
export const seatTypeParams = z.object({ id, seatTypeId: id });

const person = { firstName: z.string(), lastName: z.string(), email: z.string() };

export const conferenceView = z.object({
  id,
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  location: z.string(),
  tagline: z.string().nullable(),
  twitterSearch: z.string().nullable(),
  startDate: z.string(),
  endDate: z.string(),
  currency: z.string(),
  owner: z.object({ name: z.string(), email: z.string() }),
  isPublished: z.boolean(),
  wasEverPublished: z.boolean(),
  version: z.int(),
});
export const createdView = conferenceView.extend({ accessCode: z.string(), token: z.string() });
export const sessionView = z.object({ token: z.string(), conferenceId: id });
export const seatTypeView = z.object({ id, name: z.string(), description: z.string(), price: money, quota: z.int() });
export const listedSeatTypeView = seatTypeView.extend({ remaining: z.int().describe('Negative after a cut below what is sold') });
export const orderView = z.object({
  id,
  state: z.enum(['pending-reservation', 'partially-reserved', 'reserved', 'confirmed', 'expired', 'cancelled']),
  total: money,
  registrant: z.object(person).nullable(),
  placedAt: instant,
  paymentState: z.enum(['none', 'initiated', 'completed', 'rejected', 'refund-requested', 'refunded']),
});
export const attendeeView = z.object({
  orderId: id,
  position: z.int(),
  seatTypeId: id,
  seatTypeName: z.string(),
  ...person,
});

export type ConferenceView = z.infer<typeof conferenceView>;
export type SeatTypeView = z.infer<typeof seatTypeView>;
