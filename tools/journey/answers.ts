/** What the services answer, as far as a caller relies on it; further members are ignored. */
import { z } from 'zod';

export const money = z.object({ amount: z.int(), currency: z.string() });
export type Money = Readonly<z.infer<typeof money>>;
const person = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });
export type Person = Readonly<z.infer<typeof person>>;

export const orderStates = ['pending-reservation', 'partially-reserved', 'reserved', 'confirmed', 'expired', 'cancelled'] as const;
export type OrderState = (typeof orderStates)[number];
export const paymentStates = ['initiated', 'completed', 'rejected', 'refund-requested', 'refunded'] as const;
export type PaymentState = (typeof paymentStates)[number];

export const createdConference = z.object({ id: z.uuid(), slug: z.string(), accessCode: z.string(), token: z.string() });
export type CreatedConference = Readonly<z.infer<typeof createdConference>>;
export const conference = z.object({ id: z.uuid(), isPublished: z.boolean(), version: z.int() });
export const createdSeatType = z.object({ id: z.uuid(), name: z.string() });
export const managedSeatType = z.object({ id: z.uuid(), name: z.string(), quota: z.int(), remaining: z.int() });
export type ManagedSeatType = Readonly<z.infer<typeof managedSeatType>>;
export const managedOrder = z.object({
  id: z.uuid(),
  state: z.enum(orderStates),
  total: money,
  registrant: person.nullable(),
});
export type ManagedOrder = Readonly<z.infer<typeof managedOrder>>;
export const attendee = person.extend({ orderId: z.uuid(), position: z.int(), seatTypeName: z.string() });
export type Attendee = Readonly<z.infer<typeof attendee>>;

export const offeredSeatType = z.object({ id: z.uuid(), name: z.string(), price: money, quota: z.int(), available: z.int() });
export type OfferedSeatType = Readonly<z.infer<typeof offeredSeatType>>;
export const orderLine = z.object({ seatTypeId: z.uuid(), requested: z.int(), reserved: z.int(), lineTotal: money });
export const order = z.object({
  id: z.uuid(),
  conferenceId: z.uuid(),
  state: z.enum(orderStates),
  accessCode: z.string(),
  items: z.array(orderLine).readonly(),
  total: money,
  isFreeOfCharge: z.boolean(),
  reservationExpiresAt: z.string(),
  registrant: person.nullable(),
  paymentState: z.enum(['none', ...paymentStates]),
  version: z.int(),
});
export type Order = Readonly<z.infer<typeof order>>;
/** As a command left it: what payments said is left out while the read models are away. */
export const changedOrder = order.partial({ paymentState: true });
export type ChangedOrder = Readonly<z.infer<typeof changedOrder>>;
export const placedOrder = z.object({ id: z.uuid(), accessCode: z.string(), token: z.string(), order });
export type PlacedOrder = Readonly<z.infer<typeof placedOrder>>;
export const orderSession = z.object({ token: z.string(), orderId: z.uuid() });
export const seat = z.object({ position: z.int(), seatTypeId: z.uuid(), seatTypeName: z.string(), attendee: person.nullable() });
export type Seat = Readonly<z.infer<typeof seat>>;

export const initiatedPayment = z.object({
  id: z.uuid(),
  orderId: z.uuid(),
  state: z.enum(paymentStates),
  amount: money,
  checkoutUrl: z.string(),
});
export type InitiatedPayment = Readonly<z.infer<typeof initiatedPayment>>;
export const payment = z.object({ id: z.uuid(), orderId: z.uuid(), amount: money, state: z.enum(paymentStates) });
export type Payment = Readonly<z.infer<typeof payment>>;

export const projection = z.object({ name: z.string(), position: z.string(), lag: z.int() });
export type ProjectionStatus = Readonly<z.infer<typeof projection>>;
export const parkedMessage = z.object({ id: z.string(), consumer: z.string(), subject: z.string(), type: z.string(), error: z.string() });
export type ParkedMessage = Readonly<z.infer<typeof parkedMessage>>;

export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), next: z.string().nullable() });
