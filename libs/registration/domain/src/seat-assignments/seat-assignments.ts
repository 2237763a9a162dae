import { type Command, type Decider, type Decision, reject, unreachable } from '@conference/kernel';
import type { ConfirmedSeats, PersonalInfo } from '../order/order.events.ts';
import type { Seat, SeatAssignmentsEvent } from './seat-assignments.events.ts';

export type SeatAssignmentsCommand =
  | Command<'CreateSeatAssignments', { readonly orderId: string; readonly conferenceId: string; readonly seats: readonly ConfirmedSeats[] }>
  | Command<'AssignSeat', { readonly orderId: string; readonly position: number; readonly attendee: PersonalInfo }>
  | Command<'UnassignSeat', { readonly orderId: string; readonly position: number }>;

export type SeatAssignmentsRefusal =
  /** There are no seats to assign before the order is confirmed. */
  | { readonly code: 'order-not-confirmed' }
  | { readonly code: 'seat-not-found'; readonly position: number }
  | { readonly code: 'invalid-attendee' };

export type AssignedSeat = Seat & { readonly attendee: PersonalInfo | null };
/** `seats` in the order of their positions; null before they are created. */
export type SeatAssignments = { readonly seats: readonly AssignedSeat[] | null };

type Answer = Decision<SeatAssignmentsEvent, SeatAssignmentsRefusal>;
type DataOf<T extends SeatAssignmentsCommand['type']> = Extract<SeatAssignmentsCommand, { readonly type: T }>['data'];

/** ASG-1: positions 0, 1, 2, … run through the lines in their order. ASG-2, W-10: created again is nothing. */
const create = ({ orderId, conferenceId, seats }: DataOf<'CreateSeatAssignments'>, state: SeatAssignments): Answer => {
  if (state.seats !== null) return [];
  const places = seats.flatMap(({ seatTypeId, name, quantity }) =>
    Array.from({ length: quantity }, () => ({ seatTypeId, seatTypeName: name })),
  );
  const positioned = places.map((place, position): Seat => ({ position, ...place }));
  return [{ type: 'SeatAssignmentsCreated', data: { orderId, conferenceId, seats: positioned } }];
};

const isBlank = (text: string): boolean => text.trim() === '';
const isValid = ({ firstName, lastName, email }: PersonalInfo): boolean =>
  !isBlank(firstName) && !isBlank(lastName) && /^[^\s@]+@[^\s@]+$/.test(email);

const isSameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** ASG-4 to ASG-6: another e-mail is another person; the same one with another name is the same person, renamed. */
const assign = ({ orderId, position, attendee }: DataOf<'AssignSeat'>, { seats }: SeatAssignments): Answer => {
  if (seats === null) return reject({ code: 'order-not-confirmed' });
  const seat = seats[position];
  if (seat === undefined) return reject({ code: 'seat-not-found', position });
  if (!isValid(attendee)) return reject({ code: 'invalid-attendee' });

  const { seatTypeId, seatTypeName, attendee: current } = seat;
  const assigned: SeatAssignmentsEvent = { type: 'SeatAssigned', data: { orderId, position, seatTypeId, seatTypeName, attendee } };
  if (current === null) return [assigned];
  if (!isSameText(current.email, attendee.email)) return [{ type: 'SeatUnassigned', data: { orderId, position } }, assigned];
  if (isSameText(current.firstName, attendee.firstName) && isSameText(current.lastName, attendee.lastName)) return [];
  return [{ type: 'SeatAssignmentUpdated', data: { orderId, position, attendee } }];
};

/** ASG-7. */
const unassign = ({ orderId, position }: DataOf<'UnassignSeat'>, { seats }: SeatAssignments): Answer => {
  if (seats === null) return reject({ code: 'order-not-confirmed' });
  const seat = seats[position];
  if (seat === undefined) return reject({ code: 'seat-not-found', position });
  return seat.attendee === null ? [] : [{ type: 'SeatUnassigned', data: { orderId, position } }];
};

const decide = (command: SeatAssignmentsCommand, state: SeatAssignments): Answer => {
  switch (command.type) {
    case 'CreateSeatAssignments':
      return create(command.data, state);
    case 'AssignSeat':
      return assign(command.data, state);
    case 'UnassignSeat':
      return unassign(command.data, state);
    default:
      return unreachable(command);
  }
};

const withAttendee = (
  { seats }: SeatAssignments,
  position: number,
  attendeeAfter: (before: PersonalInfo | null) => PersonalInfo | null,
): SeatAssignments => ({
  seats: seats?.map((seat) => (seat.position === position ? { ...seat, attendee: attendeeAfter(seat.attendee) } : seat)) ?? null,
});

const evolve = (state: SeatAssignments, event: SeatAssignmentsEvent): SeatAssignments => {
  switch (event.type) {
    case 'SeatAssignmentsCreated':
      return { seats: event.data.seats.map((seat) => ({ ...seat, attendee: null })) };
    case 'SeatAssigned':
      return withAttendee(state, event.data.position, () => event.data.attendee);
    case 'SeatAssignmentUpdated':
      // ASG-9: the e-mail that it was assigned with stays, in its own spelling.
      return withAttendee(state, event.data.position, (before) => ({
        ...event.data.attendee,
        email: before?.email ?? event.data.attendee.email,
      }));
    case 'SeatUnassigned':
      return withAttendee(state, event.data.position, () => null);
    default:
      return unreachable(event);
  }
};

/** Who sits on which seat of a confirmed order: any number of seats a person, at any time (ASG-1 to ASG-9). */
export const seatAssignments: Decider<SeatAssignments, SeatAssignmentsCommand, SeatAssignmentsEvent, SeatAssignmentsRefusal> = {
  initialState: { seats: null },
  decide,
  evolve,
};
