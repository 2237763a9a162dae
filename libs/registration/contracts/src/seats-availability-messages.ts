import type { PublicMessage } from '@conference/kernel';
import { z } from 'zod';
import type { NotPublished } from './not-published.ts';
import { conferenceId, quantity, request, reservationId, seatQuantity, seatTypeId } from './values.ts';

const delta = z.int().describe('Signed: what is added to the seats that are still to be had.');
const seatsDelta = z.object({ seatTypeId, delta });
const deltas = z.array(seatsDelta).describe('What changed by it, by seat type.');

export const availableSeatsChanged = z
  .object({
    conferenceId,
    seatTypeId,
    delta: delta.describe('What the new quota adds to the seats still to be had; a cut may make those negative.'),
    quota: quantity.describe('Absolute: all seats of the type, sold or not.'),
    asOf: z.int().nonnegative().describe('The version of the conference’s stream that said so.'),
  })
  .describe('The quota of a seat type was set.');
export type AvailableSeatsChanged = PublicMessage<'AvailableSeatsChanged', typeof availableSeatsChanged>;

export const seatsReserved = z
  .object({
    conferenceId,
    reservationId,
    request,
    wanted: z.array(seatQuantity).describe('What was asked for.'),
    seats: z.array(seatQuantity).describe('All that is held now, possibly less than wanted, possibly nothing.'),
    availableSeatsChanged: deltas,
  })
  .describe('The answer to a selection: what the reservation holds from here on.');
export type SeatsReserved = PublicMessage<'SeatsReserved', typeof seatsReserved>;

export const seatsReservationCommitted = z
  .object({ conferenceId, reservationId })
  .describe('What was held is sold; the seats still to be had do not change.');
export type SeatsReservationCommitted = PublicMessage<'SeatsReservationCommitted', typeof seatsReservationCommitted>;

export const seatsReservationCancelled = z
  .object({ conferenceId, reservationId, availableSeatsChanged: deltas })
  .describe('What was held is free again.');
export type SeatsReservationCancelled = PublicMessage<'SeatsReservationCancelled', typeof seatsReservationCancelled>;

/** All that a stream `SeatsAvailability-<conferenceId>` says to others. */
export type SeatsAvailabilityMessage =
  | AvailableSeatsChanged
  | SeatsReserved
  | SeatsReservationCommitted
  | SeatsReservationCancelled
  | NotPublished;
