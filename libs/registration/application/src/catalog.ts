import { type ConferenceMessage, publicMessages as conferenceMessages } from '@conference/conference-management-contracts';
import type { Instant, JsonObject } from '@conference/kernel';
import { type PaymentMessage, publicMessages as paymentMessages } from '@conference/payments-contracts';
import type { OrderEvent, RefundEvent, SeatAssignmentsEvent, SeatsAvailabilityEvent } from '@conference/registration-domain';
import { type EventCatalog, type EventSchema, eventCodec } from '@conference/runtime';
import { z } from 'zod';

/** What registration's own streams hold. */
export type OwnEvent = OrderEvent | SeatsAvailabilityEvent | SeatAssignmentsEvent | RefundEvent;
/** What it imports from its neighbours, as they published it. */
export type ImportedMessage = ConferenceMessage | PaymentMessage;
export type RegistrationEvent = OwnEvent | ImportedMessage;

const id = z.string();
const instant = z.custom<Instant>((value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value));
const count = z.int().nonnegative();
const delta = z.int();
const money = z.object({ amount: count, currency: z.string() });
const person = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });
const quoted = z.object({ seatTypeId: id, name: z.string(), unitPrice: count, quantity: count });
const seats = z.array(z.object({ seatTypeId: id, quantity: count }));
const deltas = z.array(z.object({ seatTypeId: id, delta }));
const request = z.int().positive();

/** Version 1 of an event. */
const v1 = <Data extends JsonObject>(schema: z.ZodType<Data>): EventSchema<Data> => ({ version: 1, parse: (data) => schema.parse(data) });

const order: EventCatalog<OrderEvent> = {
  OrderPlaced: v1(
    z.object({
      orderId: id,
      conferenceId: id,
      request,
      items: z.array(quoted),
      currency: z.string(),
      placedAt: instant,
      reservationExpiresAt: instant,
      releaseAt: instant,
      accessCode: z.string(),
    }),
  ),
  OrderUpdated: v1(z.object({ orderId: id, request, items: z.array(quoted), currency: z.string() })),
  OrderTotalsCalculated: v1(
    z.object({
      orderId: id,
      lines: z.array(z.object({ seatTypeId: id, unitPrice: count, quantity: count, lineTotal: count })),
      total: money,
      isFreeOfCharge: z.boolean(),
    }),
  ),
  OrderPartiallyReserved: v1(z.object({ orderId: id, request, seats })),
  OrderReservationCompleted: v1(z.object({ orderId: id, request, seats })),
  OrderRegistrantAssigned: v1(z.object({ orderId: id, registrant: person })),
  OrderConfirmed: v1(
    z.object({
      orderId: id,
      conferenceId: id,
      seats: z.array(z.object({ seatTypeId: id, name: z.string(), quantity: count })),
      total: money,
      paymentId: id.nullable(),
      late: z.boolean(),
    }),
  ),
  OrderExpired: v1(z.object({ orderId: id })),
  OrderCancelled: v1(z.object({ orderId: id })),
};

const seatsAvailability: EventCatalog<SeatsAvailabilityEvent> = {
  AvailableSeatsChanged: v1(z.object({ conferenceId: id, seatTypeId: id, delta, quota: count, asOf: count })),
  SeatsReserved: v1(z.object({ conferenceId: id, reservationId: id, request, wanted: seats, seats, availableSeatsChanged: deltas })),
  SeatsReservationCommitted: v1(z.object({ conferenceId: id, reservationId: id })),
  SeatsReservationCancelled: v1(z.object({ conferenceId: id, reservationId: id, availableSeatsChanged: deltas })),
};

const position = count;
const seatAssignments: EventCatalog<SeatAssignmentsEvent> = {
  SeatAssignmentsCreated: v1(
    z.object({ orderId: id, conferenceId: id, seats: z.array(z.object({ position, seatTypeId: id, seatTypeName: z.string() })) }),
  ),
  SeatAssigned: v1(z.object({ orderId: id, position, seatTypeId: id, seatTypeName: z.string(), attendee: person })),
  SeatAssignmentUpdated: v1(z.object({ orderId: id, position, attendee: person })),
  SeatUnassigned: v1(z.object({ orderId: id, position })),
};

const refund: EventCatalog<RefundEvent> = {
  RefundRequested: v1(
    z.object({
      paymentId: id,
      orderId: id,
      amount: money,
      reason: z.enum([
        'order-cancelled',
        'order-expired',
        'order-confirmed',
        'amount-mismatch',
        'not-fully-reserved',
        'registrant-required',
        'seats-gone',
        'unknown-order',
      ]),
    }),
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
const own: EventCatalog<OwnEvent> = { ...order, ...seatsAvailability, ...seatAssignments, ...refund };
export const ownCodec = eventCodec<OwnEvent>(own);
export const orderCodec = eventCodec<OrderEvent>(order);
export const seatsAvailabilityCodec = eventCodec<SeatsAvailabilityEvent>(seatsAvailability);
export const seatAssignmentsCodec = eventCodec<SeatAssignmentsEvent>(seatAssignments);
export const refundCodec = eventCodec<RefundEvent>(refund);

/** Of the events that are written here, the version that is written today. */
export const ownSchemaVersions: { readonly [type: string]: number } = Object.fromEntries(
  Object.entries(own).map(([type, { version }]) => [type, version]),
);
