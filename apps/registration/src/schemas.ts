import { seatsPerOrderMax } from '@conference/registration-domain';
import { z } from 'zod';

/** Whatever its case, it is the same one. */
const id = z.uuid().toLowerCase();
const instant = z.string().describe('ISO 8601, UTC, with milliseconds');
export const quantityMax = 20;
const linesMax = 200;

export const money = z.object({ amount: z.int().describe('In minor units'), currency: z.string() }).describe('Money');
const name = z.string().trim().min(1).max(100);
/** The whole string is an address; no quoting, no comments, no display name. */
const email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@"<>(),;:\\]+@[^\s@"<>(),;:\\.]+(\.[^\s@"<>(),;:\\.]+)+$/, 'is not an e-mail address');
export const person = z.strictObject({ firstName: name, lastName: name, email });

const selected = z.strictObject({ seatTypeId: id, quantity: z.int().min(0).max(quantityMax) });
/** Zeros are dropped; nothing left and one type twice are refused here, so that no command is sent. */
export const selection = z
  .array(selected)
  .max(linesMax)
  .superRefine((items, context) => {
    const seats = items.reduce((sum, { quantity }) => sum + quantity, 0);
    if (seats > seatsPerOrderMax) context.addIssue({ code: 'custom', message: `An order has at most ${seatsPerOrderMax} seats.` });
    if (items.every(({ quantity }) => quantity === 0)) context.addIssue({ code: 'custom', message: 'One or more items are required.' });
    const seen = new Set<string>();
    items.forEach(({ seatTypeId }, index) => {
      if (seen.has(seatTypeId))
        context.addIssue({ code: 'custom', path: [index, 'seatTypeId'], message: 'This seat type is listed twice.' });
      seen.add(seatTypeId);
    });
  });

export const placeOrderBody = z.strictObject({
  id: id.optional().describe('Chosen by the client, so that a lost answer can be read again'),
  conferenceId: id,
  items: selection,
});
export const chooseAgainBody = z.strictObject({ items: selection });
export const sessionBody = z.strictObject({
  slug: z.string().min(1).max(60),
  email: z.string().min(1).max(254),
  accessCode: z.string().min(1).max(64),
});

export const orderParams = z.object({ id });
export const seatParams = z.object({
  id,
  position: z
    .string()
    .regex(/^(0|[1-9]\d{0,5})$/)
    .pipe(z.coerce.number()),
});
export const slugParams = z.object({ slug: z.string().regex(/^[A-Za-z0-9_]{1,60}$/) });

const personView = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });
export const orderView = z.object({
  id,
  conferenceId: id,
  state: z.enum(['pending-reservation', 'partially-reserved', 'reserved', 'confirmed', 'expired', 'cancelled']),
  accessCode: z.string(),
  items: z.array(
    z.object({
      seatTypeId: id,
      name: z.string(),
      unitPrice: money,
      requested: z.int(),
      reserved: z.int(),
      lineTotal: money,
    }),
  ),
  total: money,
  isFreeOfCharge: z.boolean(),
  reservationExpiresAt: instant,
  registrant: personView.nullable(),
  paymentState: z.enum(['none', 'initiated', 'completed', 'rejected', 'refund-requested', 'refunded']),
  version: z.int(),
});
/** An order as a command left it. */
export const changedOrderView = orderView.extend({
  paymentState: orderView.shape.paymentState
    .optional()
    .describe('Left out while the read models cannot be read: what payments said is not known then'),
});
export type OrderView = z.infer<typeof orderView>;
export type ChangedOrderView = z.infer<typeof changedOrderView>;

export const placedView = z.object({ id, accessCode: z.string(), token: z.string(), order: orderView });
export const sessionView = z.object({ token: z.string(), orderId: id });
export const seatView = z.object({ position: z.int(), seatTypeId: id, seatTypeName: z.string(), attendee: personView.nullable() });
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
});
export const seatTypeView = z.object({
  id,
  name: z.string(),
  description: z.string(),
  price: money,
  quota: z.int(),
  available: z.int().nonnegative(),
});
