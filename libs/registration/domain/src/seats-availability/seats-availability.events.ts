// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent } from '@conference/kernel';
import type { SeatQuantity } from '../order/order.events.ts';

/** Signed: what is added to the seats that are still to be had. */
export type SeatsDelta = { readonly seatTypeId: string; readonly delta: number };

export type SeatsAvailabilityEvent =
  | DomainEvent<
      'AvailableSeatsChanged',
      SeatsDelta & {
        readonly conferenceId: string;
        /** Absolute. */
        readonly quota: number;
        /** The version of the conference's stream that set it: an older one that comes later changes nothing. */
        readonly asOf: number;
      }
    >
  /** The answer to a selection; `seats` is all that is held now, possibly less than wanted, possibly nothing. */
  | DomainEvent<
      'SeatsReserved',
      {
        readonly conferenceId: string;
        /** The order's id. */
        readonly reservationId: string;
        readonly request: number;
        readonly wanted: readonly SeatQuantity[];
        readonly seats: readonly SeatQuantity[];
        readonly availableSeatsChanged: readonly SeatsDelta[];
      }
    >
  | DomainEvent<'SeatsReservationCommitted', { readonly conferenceId: string; readonly reservationId: string }>
  | DomainEvent<
      'SeatsReservationCancelled',
      { readonly conferenceId: string; readonly reservationId: string; readonly availableSeatsChanged: readonly SeatsDelta[] }
    >;
