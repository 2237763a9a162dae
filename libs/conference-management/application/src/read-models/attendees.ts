import { collection, type Projection, unreachable } from '@conference/kernel';
import type { SeatAssignmentsMessage } from '@conference/registration-contracts';

export type Attendee = { readonly firstName: string; readonly lastName: string; readonly email: string };

/** A seat of a confirmed order. One document each, so that a page of attendees is one read of an index. */
export type AttendeeDocument = {
  readonly conferenceId: string;
  readonly orderId: string;
  readonly position: number;
  readonly seatTypeId: string;
  readonly seatTypeName: string;
  /** Only assigned seats are listed; the others keep what their assignment does not say again. */
  readonly status: 'unassigned' | 'assigned';
  readonly attendee: Attendee | null;
};

export const attendees = collection<AttendeeDocument>()({
  name: 'attendees',
  version: 1,
  indexes: { byConference: ['conferenceId', 'status', 'orderId', 'position'] },
});

type SeatAssignmentsFact = Exclude<SeatAssignmentsMessage, { readonly type: 'NotPublished' }>;

/** `<orderId>/<position>`. */
const seatId = (orderId: string, position: number): string => `${orderId}/${position}`;

const created = (
  { orderId, conferenceId, seats }: Extract<SeatAssignmentsFact, { type: 'SeatAssignmentsCreated' }>['data'],
  id: string,
): AttendeeDocument | undefined => {
  const seat = seats.find(({ position }) => seatId(orderId, position) === id);
  return seat && { conferenceId, orderId, ...seat, status: 'unassigned', attendee: null };
};

export const attendeesProjection: Projection<AttendeeDocument, SeatAssignmentsFact> = {
  collection: attendees,
  categories: ['ConferenceManagementInboxSeatAssignments'],
  idsOf: ({ event: { type, data } }) =>
    type === 'SeatAssignmentsCreated'
      ? data.seats.map(({ position }) => seatId(data.orderId, position))
      : [seatId(data.orderId, data.position)],
  evolve: (document, { event }, id) => {
    if (event.type === 'SeatAssignmentsCreated') return created(event.data, id);
    if (document === undefined) return undefined;
    switch (event.type) {
      case 'SeatAssigned':
        return { ...document, status: 'assigned', attendee: event.data.attendee };
      case 'SeatUnassigned':
        return { ...document, status: 'unassigned', attendee: null };
      default:
        return unreachable(event);
    }
  },
};
export const attendeeEventTypes = [
  'SeatAssignmentsCreated',
  'SeatAssigned',
  'SeatUnassigned',
] as const satisfies readonly SeatAssignmentsFact['type'][];
