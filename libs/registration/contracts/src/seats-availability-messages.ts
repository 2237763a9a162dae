import { z } from 'zod';
import type { NotPublished, PublicMessage } from './public-message.ts';
import { count, id, request, seatQuantity } from './values.ts';

/** Signed: what is added to the seats that are still to be had. */
const seatsDelta = z.object({ seatTypeId: id, delta: z.int() });

/**
 * The quota of a seat type was set: `quota` absolute, `delta` what that adds to the seats still to be had, which a cut may
 * make negative. `asOf` is the version of the conference's stream that said so. Consumed by conference-management (remaining).
 */
export const availableSeatsChanged = seatsDelta.extend({ conferenceId: id, quota: count, asOf: count });
export type AvailableSeatsChanged = PublicMessage<'AvailableSeatsChanged', typeof availableSeatsChanged>;

/**
 * What a reservation (its id is the order's) holds now, possibly less than wanted, possibly nothing, and what changed by it.
 * Consumed by conference-management (remaining).
 */
export const seatsReserved = z.object({
  conferenceId: id,
  reservationId: id,
  request,
  wanted: z.array(seatQuantity),
  seats: z.array(seatQuantity),
  availableSeatsChanged: z.array(seatsDelta),
});
export type SeatsReserved = PublicMessage<'SeatsReserved', typeof seatsReserved>;

/** What was held is sold; the seats still to be had do not change. Consumed by conference-management. */
export const seatsReservationCommitted = z.object({ conferenceId: id, reservationId: id });
export type SeatsReservationCommitted = PublicMessage<'SeatsReservationCommitted', typeof seatsReservationCommitted>;

/** What was held is free again. Consumed by conference-management (remaining). */
export const seatsReservationCancelled = z.object({
  conferenceId: id,
  reservationId: id,
  availableSeatsChanged: z.array(seatsDelta),
});
export type SeatsReservationCancelled = PublicMessage<'SeatsReservationCancelled', typeof seatsReservationCancelled>;

/** All that a stream `SeatsAvailability-<conferenceId>` says to others. */
export type SeatsAvailabilityMessage =
  | AvailableSeatsChanged
  | SeatsReserved
  | SeatsReservationCommitted
  | SeatsReservationCancelled
  | NotPublished;
