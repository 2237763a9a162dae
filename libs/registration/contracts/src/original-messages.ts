import { type JsonObject, minorUnitsOf } from '@conference/kernel';
import { z } from 'zod';

// Schema version 0: the events of the original, CQRS Journey, as its three releases stored and published them. None of them
// changed the shape of an event but by leaving something out, so one reading serves all three.

const id = z.uuid();
const decimal = z.union([z.number(), z.string()]);
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const quantities = z.array(z.object({ SeatType: id, Quantity: z.int() }));
const person = z.object({ FirstName: z.string(), LastName: z.string(), Email: z.string() });
const identified = z.object({ SourceId: id });

/** `Guid.Empty`: where an event of the original does not say which. */
const notTold = '00000000-0000-0000-0000-000000000000';
const currency = 'USD';
const reservationMs = 15 * 60_000;
const graceMs = 14 * 60_000;

type Read<Schema extends z.ZodType> = z.infer<Schema>;

const instantOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
const money = (amount: string | number): JsonObject => ({ amount: minorUnitsOf(amount), currency });
const seatsOf = (seats: Read<typeof quantities>) =>
  seats.filter(({ Quantity }) => Quantity > 0).map(({ SeatType, Quantity }) => ({ seatTypeId: SeatType, quantity: Quantity }));
const deltasOf = (seats: Read<typeof quantities>) => seats.map(({ SeatType, Quantity }) => ({ seatTypeId: SeatType, delta: Quantity }));
/** Zero lines are dropped (W-41); names were not told, and prices come with the totals. */
const itemsOf = (seats: Read<typeof quantities>) => seatsOf(seats).map((seat) => ({ ...seat, name: '', unitPrice: 0 }));
const personOf = ({ FirstName, LastName, Email }: Read<typeof person>): JsonObject => ({
  firstName: FirstName,
  lastName: LastName,
  email: Email,
});

const placed = identified.extend({ ConferenceId: id, Seats: quantities, ReservationAutoExpiration: time });
const updated = identified.extend({ Seats: quantities });
const totals = identified.extend({
  Total: decimal,
  Lines: z.array(z.object({ SeatType: id, UnitPrice: decimal, Quantity: z.int(), LineTotal: decimal })),
  /** Since V2; before, no order was confirmed without a payment. */
  IsFreeOfCharge: z.boolean().default(false),
});
const reserved = identified.extend({ ReservationId: id, ReservationDetails: quantities, AvailableSeatsChanged: quantities });
const reservation = identified.extend({ ReservationId: id });
const cancelled = reservation.extend({ AvailableSeatsChanged: quantities });
/** Both commands that changed a quota named one seat type. */
const quotaChanged = identified.extend({ Seats: quantities.length(1) });
const assignmentsCreated = identified.extend({ OrderId: id, Seats: z.array(z.object({ Position: z.int(), SeatType: id })) });
const assigned = identified.extend({ Position: z.int(), Attendee: person });
const unassigned = identified.extend({ Position: z.int() });

const order = (data: JsonObject): JsonObject => ({ orderId: identified.parse(data).SourceId });

/**
 * What lifts an event of the original to the public form of version 1. Decimals become minor units, half to even; there was
 * one currency, USD. It sees one event, so what that leaves out is added by who folds the stream: prices come with the
 * totals, selections are counted (each is at least the lowest number it can have), quotas are the sum of their differences,
 * and an order confirmed without seats is confirmed with those it holds.
 */
export const original = {
  orderPlaced: (data: JsonObject): JsonObject => {
    const { SourceId, ConferenceId, Seats, ReservationAutoExpiration } = placed.parse(data);
    const end = Date.parse(ReservationAutoExpiration);
    return {
      orderId: SourceId,
      conferenceId: ConferenceId,
      request: 1,
      items: itemsOf(Seats),
      currency,
      placedAt: instantOf(end - reservationMs),
      reservationExpiresAt: instantOf(end),
      releaseAt: instantOf(end + graceMs),
    };
  },
  orderUpdated: (data: JsonObject): JsonObject => {
    const { SourceId, Seats } = updated.parse(data);
    return { orderId: SourceId, request: 2, items: itemsOf(Seats), currency };
  },
  orderTotalsCalculated: (data: JsonObject): JsonObject => {
    const { SourceId, Total, Lines, IsFreeOfCharge } = totals.parse(data);
    const lines = Lines.filter(({ Quantity }) => Quantity > 0).map(({ SeatType, UnitPrice, Quantity, LineTotal }) => ({
      seatTypeId: SeatType,
      unitPrice: minorUnitsOf(UnitPrice),
      quantity: Quantity,
      lineTotal: minorUnitsOf(LineTotal),
    }));
    // A reservation of nothing was free of charge there (ORD-8).
    return { orderId: SourceId, lines, total: money(Total), isFreeOfCharge: IsFreeOfCharge && lines.length > 0 };
  },
  /** `OrderPartiallyReserved` and `OrderReservationCompleted`. */
  orderReserved: (data: JsonObject): JsonObject => {
    const { SourceId, Seats } = updated.parse(data);
    return { orderId: SourceId, request: 1, seats: seatsOf(Seats) };
  },
  orderRegistrantAssigned: (data: JsonObject): JsonObject => ({ ...order(data), registrant: personOf(person.parse(data)) }),
  /** `OrderConfirmed`, and `OrderPaymentConfirmed` of V1 (ORD-13): neither names a payment. */
  orderConfirmed: (data: JsonObject): JsonObject => ({
    ...order(data),
    conferenceId: notTold,
    seats: [],
    total: money(0),
    paymentId: null,
    late: false,
  }),
  orderExpired: order,
  availableSeatsChanged: (data: JsonObject): JsonObject => {
    const { SourceId, Seats } = quotaChanged.parse(data);
    const [change] = deltasOf(Seats);
    return { conferenceId: SourceId, ...change, quota: Math.max(change?.delta ?? 0, 0), asOf: 0 };
  },
  seatsReserved: (data: JsonObject): JsonObject => {
    const { SourceId, ReservationId, ReservationDetails, AvailableSeatsChanged } = reserved.parse(data);
    const seats = seatsOf(ReservationDetails);
    const availableSeatsChanged = deltasOf(AvailableSeatsChanged);
    return { conferenceId: SourceId, reservationId: ReservationId, request: 1, wanted: seats, seats, availableSeatsChanged };
  },
  seatsReservationCommitted: (data: JsonObject): JsonObject => {
    const { SourceId, ReservationId } = reservation.parse(data);
    return { conferenceId: SourceId, reservationId: ReservationId };
  },
  seatsReservationCancelled: (data: JsonObject): JsonObject => {
    const { SourceId, ReservationId, AvailableSeatsChanged } = cancelled.parse(data);
    return { conferenceId: SourceId, reservationId: ReservationId, availableSeatsChanged: deltasOf(AvailableSeatsChanged) };
  },
  seatAssignmentsCreated: (data: JsonObject): JsonObject => {
    const { OrderId, Seats } = assignmentsCreated.parse(data);
    const seats = Seats.map(({ Position, SeatType }) => ({ position: Position, seatTypeId: SeatType, seatTypeName: '' }));
    return { orderId: OrderId, conferenceId: notTold, seats };
  },
  /** Also `SeatAssignmentUpdated`. Their source is the assignments’ own stream, which was not yet named by the order. */
  seatAssigned: (data: JsonObject): JsonObject => {
    const { SourceId, Position, Attendee } = assigned.parse(data);
    return { orderId: SourceId, position: Position, attendee: personOf(Attendee) };
  },
  seatUnassigned: (data: JsonObject): JsonObject => {
    const { SourceId, Position } = unassigned.parse(data);
    return { orderId: SourceId, position: Position };
  },
} as const;
