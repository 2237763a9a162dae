import { type Command, type Decider, type Decision, persistentMap, reject, unreachable } from '@conference/kernel';
import type { SeatQuantity } from '../order/order.events.ts';
import type { SeatsAvailabilityEvent, SeatsDelta } from './seats-availability.events.ts';
import { evolve, type Reservation, type SeatsAvailability } from './seats-availability.state.ts';

/** `reservationId` is the order's id. */
type Which = { readonly conferenceId: string; readonly reservationId: string };

export type SeatsAvailabilityCommand =
  /** Absolute; `asOf` is the version of the conference's stream that said so. */
  | Command<'SetSeatQuota', { readonly conferenceId: string; readonly seatTypeId: string; readonly quota: number; readonly asOf: number }>
  /** `request` counts the order's selections, from 1: the latest wins, whatever arrives again or late. */
  | Command<'MakeSeatReservation', Which & { readonly request: number; readonly items: readonly SeatQuantity[] }>
  | Command<'CommitSeatReservation', Which>
  /** Gives back what selections up to this number hold; what a newer one holds stays. */
  | Command<'CancelSeatReservation', Which & { readonly request: number }>;

export type SeatsAvailabilityRefusal =
  | { readonly code: 'unknown-seat-type'; readonly seatTypeId: string }
  | { readonly code: 'reservation-committed' }
  | { readonly code: 'reservation-not-held' };

type Answer = Decision<SeatsAvailabilityEvent, SeatsAvailabilityRefusal>;
type DataOf<T extends SeatsAvailabilityCommand['type']> = Extract<SeatsAvailabilityCommand, { readonly type: T }>['data'];

/** SAV-1, SAV-2: sold and reserved seats stay when the quota is cut, so fewer than none may remain. */
const setQuota = ({ conferenceId, seatTypeId, quota, asOf }: DataOf<'SetSeatQuota'>, { seatTypes }: SeatsAvailability): Answer => {
  const before = seatTypes.get(seatTypeId);
  if (before !== undefined && (asOf <= before.asOf || quota === before.quota)) return [];
  return [{ type: 'AvailableSeatsChanged', data: { conferenceId, seatTypeId, delta: quota - (before?.quota ?? 0), quota, asOf } }];
};

/** Of a type listed twice the last quantity counts (SAV-10; the edge refuses it), and a negative one is none. */
const quantities = (seats: readonly SeatQuantity[]): ReadonlyMap<string, number> =>
  new Map(seats.map(({ seatTypeId, quantity }) => [seatTypeId, Math.max(quantity, 0)]));

const held = (reservation: Reservation | undefined): ReadonlyMap<string, number> =>
  quantities(reservation?.status === 'held' ? reservation.seats : []);

/** SAV-4 to SAV-7, SAV-12: takes what is left, per seat type; even of nothing, it is the answer. */
const grant = (data: DataOf<'MakeSeatReservation'>, state: SeatsAvailability, before: Reservation | undefined): Answer => {
  const { conferenceId, reservationId, request } = data;
  const wanted = quantities(data.items);
  const own = held(before);
  const seats: SeatQuantity[] = [];
  const availableSeatsChanged: SeatsDelta[] = [];
  for (const seatTypeId of new Set([...wanted.keys(), ...own.keys()])) {
    const remaining = state.seatTypes.get(seatTypeId)?.remaining ?? 0;
    const had = own.get(seatTypeId) ?? 0;
    // At most what is left besides its own seats: never takes what remains below zero, nor lowers a negative one.
    const quantity = Math.min(wanted.get(seatTypeId) ?? 0, Math.max(remaining, 0) + had);
    if (quantity > 0) seats.push({ seatTypeId, quantity });
    if (quantity !== had) availableSeatsChanged.push({ seatTypeId, delta: had - quantity });
  }
  const asked = [...wanted].map(([seatTypeId, quantity]) => ({ seatTypeId, quantity }));
  return [{ type: 'SeatsReserved', data: { conferenceId, reservationId, request, wanted: asked, seats, availableSeatsChanged } }];
};

/** SAV-3, SAV-8, SAV-9, W-44: a number seen before changes nothing; a higher one may take seats again, but never after a commit. */
const makeReservation = (data: DataOf<'MakeSeatReservation'>, state: SeatsAvailability): Answer => {
  const before = state.reservations.get(data.reservationId);
  if (before !== undefined && data.request <= before.request) return [];
  if (before?.status === 'committed') return reject({ code: 'reservation-committed' });
  const unknown = data.items.find(({ seatTypeId }) => state.seatTypes.get(seatTypeId) === undefined);
  return unknown === undefined ? grant(data, state, before) : reject({ code: 'unknown-seat-type', seatTypeId: unknown.seatTypeId });
};

/** Refused when nothing is held: someone believes in seats that are not there, and must be heard (SAV-9). */
const commit = ({ conferenceId, reservationId }: DataOf<'CommitSeatReservation'>, state: SeatsAvailability): Answer => {
  const status = state.reservations.get(reservationId)?.status;
  if (status === 'committed') return [];
  if (status !== 'held') return reject({ code: 'reservation-not-held' });
  return [{ type: 'SeatsReservationCommitted', data: { conferenceId, reservationId } }];
};

const cancel = ({ conferenceId, reservationId, request }: DataOf<'CancelSeatReservation'>, state: SeatsAvailability): Answer => {
  const reservation = state.reservations.get(reservationId);
  if (reservation?.status !== 'held' || reservation.request > request) return [];
  const availableSeatsChanged = reservation.seats.map(({ seatTypeId, quantity }) => ({ seatTypeId, delta: quantity }));
  return [{ type: 'SeatsReservationCancelled', data: { conferenceId, reservationId, availableSeatsChanged } }];
};

const decide = (command: SeatsAvailabilityCommand, state: SeatsAvailability): Answer => {
  switch (command.type) {
    case 'SetSeatQuota':
      return setQuota(command.data, state);
    case 'MakeSeatReservation':
      return makeReservation(command.data, state);
    case 'CommitSeatReservation':
      return commit(command.data, state);
    case 'CancelSeatReservation':
      return cancel(command.data, state);
    default:
      return unreachable(command);
  }
};

/**
 * The seats of one conference: what its organiser offers, and which order holds how many of them. At every moment, per
 * seat type, quota = held + committed + remaining (SAV-1 to SAV-13).
 */
export const seatsAvailability: Decider<SeatsAvailability, SeatsAvailabilityCommand, SeatsAvailabilityEvent, SeatsAvailabilityRefusal> = {
  initialState: { seatTypes: persistentMap(), reservations: persistentMap() },
  decide,
  evolve,
};
