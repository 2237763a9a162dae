import { type ConferenceMessage, publicMessages as conferenceMessages } from '@conference/conference-management-contracts';
import { type Instant, type JsonObject, parseBy } from '@conference/kernel';
import { type PaymentMessage, publicMessages as paymentMessages } from '@conference/payments-contracts';
import type { OrderEvent, RefundEvent, SeatAssignmentsEvent, SeatsAvailabilityEvent } from '@conference/registration-domain';
import { type EventSchema, eventCodec } from '@conference/runtime';
import { z } from 'zod';
import { original } from './original-events.ts';

/** What registration's own streams hold. */
export type OwnEvent = OrderEvent | SeatsAvailabilityEvent | SeatAssignmentsEvent | RefundEvent;
/** What it imports from its neighbours, as they published it. */
export type ImportedMessage = ConferenceMessage | PaymentMessage;
export type RegistrationEvent = OwnEvent | ImportedMessage;

/** How an event is read and written, and what its fields mean. */
type Described<E extends OwnEvent> = {
  readonly [T in E['type']]: EventSchema<Extract<E, { readonly type: T }>['data']> & { readonly schema: z.ZodType };
};

const id = z.string().max(100);
const orderId = id.describe('The order.');
const conferenceId = id.describe('The conference.');
const seatTypeId = id.describe('The seat type.');
const paymentId = id.describe('The payment.');
const reservationId = id.describe('The order that the seats are for: a reservation has the id of its order.');
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ format: 'date-time' }) as z.ZodType<string> as z.ZodType<Instant>;
const count = z.int().nonnegative();
const minorUnits = count.describe('Minor units of the order’s currency; 0 is free.');
const quantity = count.describe('Seats.');
const delta = z.int().describe('Signed: what is added to the seats that are still to be had.');
const currency = z.string().max(3).describe('ISO 4217.');
const money = z.object({ amount: minorUnits, currency });
const person = z
  .object({ firstName: z.string().max(200), lastName: z.string().max(200), email: z.string().max(254) })
  .describe('PERSONAL DATA.');
const seatTypeName = z.string().max(200).describe('Of the seat type, as it was called then.');
const quoted = z
  .array(z.object({ seatTypeId, name: seatTypeName, unitPrice: minorUnits, quantity }))
  .describe('What was chosen, as quoted from the catalogue: the quote binds (W-47).');
const seats = z.array(z.object({ seatTypeId, quantity }));
const held = seats.describe('All that is held now, possibly nothing.');
const deltas = z.array(z.object({ seatTypeId, delta })).describe('What changed by it, by seat type.');
const request = z.int().positive().describe('Counts the selections of the order: 1 is the first.');

type Lift = Record<0, (data: JsonObject) => JsonObject>;
/** Version 1 of an event. What the original wrote is version 0. */
const v1 = <Data extends JsonObject>(schema: z.ZodType<Data>, upcasters?: Lift, formerNames: readonly string[] = []) => ({
  version: 1,
  schema,
  parse: parseBy(schema, z.compile),
  formerNames,
  ...(upcasters === undefined ? {} : { upcasters }),
});

const order: Described<OrderEvent> = {
  OrderPlaced: v1(
    z
      .object({
        orderId,
        conferenceId,
        request: request.describe('1: the first selection.'),
        items: quoted,
        currency,
        placedAt: instant.describe('When it was placed.'),
        reservationExpiresAt: instant.describe('From here on the registrant can neither choose nor pay nor cancel. Never moved.'),
        releaseAt: instant.describe('The reservation’s end and the grace: the seats are given back.'),
        accessCode: z.string().max(64).describe('SECRET. Opens a session, with the registrant’s e-mail address.'),
      })
      .describe('Somebody chose seats of a conference; nothing is held yet (ORD-1 to ORD-3).'),
    { 0: original.storedOrderPlaced },
  ),
  OrderUpdated: v1(
    z.object({ orderId, request, items: quoted, currency }).describe('Chosen again, at the prices of now; replaces all items (ORD-4).'),
    { 0: original.orderUpdated },
  ),
  OrderTotalsCalculated: v1(
    z
      .object({
        orderId,
        lines: z
          .array(z.object({ seatTypeId, unitPrice: minorUnits, quantity, lineTotal: minorUnits.describe('unitPrice × quantity.') }))
          .describe('By seat type; only of what counts.'),
        total: money.describe('The sum of the lines.'),
        isFreeOfCharge: z.boolean().describe('At least one seat, and nothing to pay (ORD-8).'),
      })
      .describe('What it costs: as chosen before the answer to its reservation, as held afterwards.'),
    { 0: original.orderTotalsCalculated },
  ),
  OrderPartiallyReserved: v1(z.object({ orderId, request, seats: held }).describe('Some line was not reserved as requested (ORD-6).'), {
    0: original.orderReserved,
  }),
  OrderReservationCompleted: v1(z.object({ orderId, request, seats: held }).describe('Everything requested is held (ORD-6).'), {
    0: original.orderReserved,
  }),
  OrderRegistrantAssigned: v1(
    z.object({ orderId, registrant: person }).describe('Who registers; comes again when it is corrected (ORD-11).'),
    { 0: original.orderRegistrantAssigned },
  ),
  OrderConfirmed: v1(
    z
      .object({
        orderId,
        conferenceId,
        seats: z
          .array(z.object({ seatTypeId, name: seatTypeName, quantity }))
          .describe('What was sold. Empty in what the original wrote: then what was held.'),
        total: money.describe('What it was sold for.'),
        paymentId: paymentId.nullable().describe('The payment that confirmed it; null when it was free of charge.'),
        late: z.boolean().describe('The order had expired, and its seats were taken once more for a late payment.'),
      })
      .describe('Sold (ORD-10).'),
    { 0: original.orderConfirmed },
    ['OrderPaymentConfirmed'],
  ),
  OrderExpired: v1(z.object({ orderId }).describe('Not confirmed in time; a late payment may still confirm it (ORD-9).'), {
    0: original.orderExpired,
  }),
  OrderCancelled: v1(z.object({ orderId }).describe('Given back by the registrant before paying; final.')),
};

const seatsAvailability: Described<SeatsAvailabilityEvent> = {
  AvailableSeatsChanged: v1(
    z
      .object({
        conferenceId,
        seatTypeId,
        delta,
        quota: count.describe('Absolute: all seats of the type, sold or not.'),
        asOf: count.describe('The version of the conference’s stream that said so: an older one that comes later changes nothing.'),
      })
      .describe('The quota of a seat type was set (SAV-1, SAV-2).'),
    { 0: original.availableSeatsChanged },
  ),
  SeatsReserved: v1(
    z
      .object({
        conferenceId,
        reservationId,
        request,
        wanted: seats.describe('What was asked for.'),
        seats: held,
        availableSeatsChanged: deltas,
      })
      .describe('The answer to a selection: what the reservation holds from here on (SAV-4 to SAV-7).'),
    { 0: original.seatsReserved },
  ),
  SeatsReservationCommitted: v1(z.object({ conferenceId, reservationId }).describe('What was held is sold (SAV-9).'), {
    0: original.seatsReservationCommitted,
  }),
  SeatsReservationCancelled: v1(
    z.object({ conferenceId, reservationId, availableSeatsChanged: deltas }).describe('What was held is free again (SAV-8).'),
    { 0: original.seatsReservationCancelled },
  ),
};

const position = count.describe('The seat of the order, from 0.');
const seatAssignments: Described<SeatAssignmentsEvent> = {
  SeatAssignmentsCreated: v1(
    z
      .object({ orderId, conferenceId, seats: z.array(z.object({ position, seatTypeId, seatTypeName })).describe('By position.') })
      .describe('The seats of a confirmed order, all still without an attendee (ASG-1).'),
    { 0: original.seatAssignmentsCreated },
  ),
  SeatAssigned: v1(
    z.object({ orderId, position, seatTypeId, seatTypeName, attendee: person }).describe('The seat is another person’s now (ASG-4).'),
    { 0: original.storedSeatAssigned },
  ),
  SeatAssignmentUpdated: v1(
    z.object({ orderId, position, attendee: person }).describe('The same person, by e-mail address, under another name (ASG-5).'),
    { 0: original.seatAssigned },
  ),
  SeatUnassigned: v1(z.object({ orderId, position }).describe('Nobody sits there any more (ASG-7).'), { 0: original.seatUnassigned }),
};

const refund: Described<RefundEvent> = {
  RefundRequested: v1(
    z
      .object({
        paymentId,
        orderId,
        amount: money.describe('All of the payment.'),
        reason: z
          .enum([
            'order-cancelled',
            'order-expired',
            'order-confirmed',
            'amount-mismatch',
            'not-fully-reserved',
            'registrant-required',
            'seats-gone',
            'unknown-order',
          ])
          .describe('Why the payment does not confirm its order.'),
      })
      .describe('This payment’s money is to be given back, once.'),
  ),
};

/** The one codec of registration's store: its own events and those it imports, for feed, inbox and replay alike. */
export const registrationCodec = eventCodec<RegistrationEvent>({
  ...order,
  ...seatsAvailability,
  ...seatAssignments,
  ...refund,
  ...conferenceMessages,
  ...paymentMessages,
});
const own: Described<OwnEvent> = { ...order, ...seatsAvailability, ...seatAssignments, ...refund };
export const ownCodec = eventCodec<OwnEvent>(own);
export const orderCodec = eventCodec<OrderEvent>(order);
export const seatsAvailabilityCodec = eventCodec<SeatsAvailabilityEvent>(seatsAvailability);
export const seatAssignmentsCodec = eventCodec<SeatAssignmentsEvent>(seatAssignments);
export const refundCodec = eventCodec<RefundEvent>(refund);

/** Of the events that are written here, the version that is written today. */
export const ownSchemaVersions: { readonly [type: string]: number } = Object.fromEntries(
  Object.entries(own).map(([type, { version }]) => [type, version]),
);

/** By the category of their streams: for the documents that are made of them. */
export const storedEvents = {
  Order: order,
  SeatsAvailability: seatsAvailability,
  SeatAssignments: seatAssignments,
  Refund: refund,
} as const;
