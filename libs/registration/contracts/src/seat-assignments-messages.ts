import { z } from 'zod';
import type { NotPublished, PublicMessage } from './public-message.ts';
import { count, id, personalInfo } from './values.ts';

const position = count;
const seat = z.object({ position, seatTypeId: id, seatTypeName: z.string() });

/** The seats of a confirmed order, all still without an attendee; positions from 0. Consumed by conference-management. */
export const seatAssignmentsCreated = z.object({ orderId: id, conferenceId: id, seats: z.array(seat) });
export type SeatAssignmentsCreated = PublicMessage<'SeatAssignmentsCreated', typeof seatAssignmentsCreated>;

/**
 * Who sits there now: replaces whoever did, by another person or another spelling of the same one. Which type of seat the
 * position is, `SeatAssignmentsCreated` has said. PERSONAL DATA, in `attendee` alone. Consumed by conference-management (attendees).
 */
export const seatAssigned = z.object({ orderId: id, position, attendee: personalInfo });
export type SeatAssigned = PublicMessage<'SeatAssigned', typeof seatAssigned>;

/** Nobody sits there any more. Consumed by conference-management. */
export const seatUnassigned = z.object({ orderId: id, position });
export type SeatUnassigned = PublicMessage<'SeatUnassigned', typeof seatUnassigned>;

/** All that a stream `SeatAssignments-<orderId>` says to others. */
export type SeatAssignmentsMessage = SeatAssignmentsCreated | SeatAssigned | SeatUnassigned | NotPublished;
