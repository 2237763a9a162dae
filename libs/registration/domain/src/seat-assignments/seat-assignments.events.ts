// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent } from '@conference/kernel';
import type { PersonalInfo } from '../order/order.events.ts';

export type Seat = { readonly position: number; readonly seatTypeId: string; readonly seatTypeName: string };

/** The stream's id is the order's: an order has one set of assignments, however often it is created (W-10). */
export type SeatAssignmentsEvent =
  | DomainEvent<'SeatAssignmentsCreated', { readonly orderId: string; readonly conferenceId: string; readonly seats: readonly Seat[] }>
  | DomainEvent<
      'SeatAssigned',
      {
        readonly orderId: string;
        readonly position: number;
        readonly seatTypeId: string;
        readonly seatTypeName: string;
        readonly attendee: PersonalInfo;
      }
    >
  /** The same person (e-mail) under another name. */
  | DomainEvent<'SeatAssignmentUpdated', { readonly orderId: string; readonly position: number; readonly attendee: PersonalInfo }>
  | DomainEvent<'SeatUnassigned', { readonly orderId: string; readonly position: number }>;
