import { collection, idOf, type Projection, unreachable } from '@conference/kernel';
import type { PersonalInfo, SeatAssignmentsEvent } from '@conference/registration-domain';

export type AssignedSeat = {
  readonly position: number;
  readonly seatTypeId: string;
  readonly seatTypeName: string;
  readonly attendee: PersonalInfo | null;
};
/** Who sits where, of one order; there is none before the order is confirmed. */
export type OrderSeatsDocument = { readonly orderId: string; readonly seats: readonly AssignedSeat[] };

export const orderSeats = collection<OrderSeatsDocument>()({ name: 'order-seats', version: 1, indexes: {} });

const withAttendee = (
  document: OrderSeatsDocument,
  position: number,
  attendeeAfter: (before: PersonalInfo | null) => PersonalInfo | null,
): OrderSeatsDocument => ({
  ...document,
  seats: document.seats.map((seat) => (seat.position === position ? { ...seat, attendee: attendeeAfter(seat.attendee) } : seat)),
});

export const orderSeatsProjection: Projection<OrderSeatsDocument, SeatAssignmentsEvent> = {
  collection: orderSeats,
  categories: ['SeatAssignments'],
  versionFrom: 'SeatAssignments',
  // Of the stream: an event of the original may name no order.
  idsOf: ({ stream }) => [idOf(stream)],
  evolve: (document, { event }, orderId) => {
    if (event.type === 'SeatAssignmentsCreated')
      return { orderId, seats: event.data.seats.map((created) => ({ ...created, attendee: null })) };
    if (document === undefined) return undefined;
    switch (event.type) {
      case 'SeatAssigned':
        return withAttendee(document, event.data.position, () => event.data.attendee);
      case 'SeatAssignmentUpdated':
        // The e-mail that it was assigned with stays, in its own spelling (ASG-9).
        return withAttendee(document, event.data.position, (before) => ({
          ...event.data.attendee,
          email: before?.email ?? event.data.attendee.email,
        }));
      case 'SeatUnassigned':
        return withAttendee(document, event.data.position, () => null);
      default:
        return unreachable(event);
    }
  },
};
export const seatAssignmentsTypes = ['SeatAssignmentsCreated', 'SeatAssigned', 'SeatAssignmentUpdated', 'SeatUnassigned'] as const;
