import type { PublicMessage } from '@conference/kernel';
import { z } from 'zod';
import type { NotPublished } from './not-published.ts';
import { conferenceId, orderId, personalInfo, seatTypeId, seatTypeName } from './values.ts';

const position = z.int().nonnegative().describe('The seat of the order, from 0.');
const seat = z.object({ position, seatTypeId, seatTypeName });

export const seatAssignmentsCreated = z
  .object({ orderId, conferenceId, seats: z.array(seat).describe('In the order of their positions.') })
  .describe('The seats of a confirmed order, all still without an attendee.');
export type SeatAssignmentsCreated = PublicMessage<'SeatAssignmentsCreated', typeof seatAssignmentsCreated>;

export const seatAssigned = z
  .object({ orderId, position, attendee: personalInfo })
  .describe(
    'Who sits there now: replaces whoever did, by another person or another spelling of the same one. Which type of seat the position is, `SeatAssignmentsCreated` has said.',
  );
export type SeatAssigned = PublicMessage<'SeatAssigned', typeof seatAssigned>;

export const seatUnassigned = z.object({ orderId, position }).describe('Nobody sits there any more.');
export type SeatUnassigned = PublicMessage<'SeatUnassigned', typeof seatUnassigned>;

/** All that a stream `SeatAssignments-<orderId>` says to others. */
export type SeatAssignmentsMessage = SeatAssignmentsCreated | SeatAssigned | SeatUnassigned | NotPublished;
