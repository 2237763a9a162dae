import { collection, type Projection, unreachable } from '@conference/kernel';
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

const seat = (document: OrderSeatsDocument, position: number, attendee: PersonalInfo | null): OrderSeatsDocument => ({
  ...document,
  seats: document.seats.map((other) => (other.position === position ? { ...other, attendee } : other)),
});

export const orderSeatsProjection: Projection<OrderSeatsDocument, SeatAssignmentsEvent> = {
  collection: orderSeats,
  categories: ['SeatAssignments'],
  versionFrom: 'SeatAssignments',
  idsOf: ({ event }) => [event.data.orderId],
  evolve: (document, { event }) => {
    if (event.type === 'SeatAssignmentsCreated')
      return { orderId: event.data.orderId, seats: event.data.seats.map((created) => ({ ...created, attendee: null })) };
    if (document === undefined) return undefined;
    switch (event.type) {
      case 'SeatAssigned':
      case 'SeatAssignmentUpdated':
        return seat(document, event.data.position, event.data.attendee);
      case 'SeatUnassigned':
        return seat(document, event.data.position, null);
      default:
        return unreachable(event);
    }
  },
};
export const seatAssignmentsTypes = ['SeatAssignmentsCreated', 'SeatAssigned', 'SeatAssignmentUpdated', 'SeatUnassigned'] as const;
