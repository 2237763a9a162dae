import { type Json, type PersistentMap, persistentMap } from '@conference/kernel';
import { type Reservation, reservationOf, type SeatsAvailability, type SeatType } from './seats-availability.state.ts';

/** Rows, not objects: a snapshot of 100,000 reservations repeats no field's name. */
type Saved = {
  readonly seatTypes: readonly (readonly [id: string, quota: number, remaining: number, asOf: number])[];
  readonly reservations: readonly (readonly [
    id: string,
    request: number,
    status: Reservation['status'],
    seats: readonly (readonly [seatTypeId: string, quantity: number])[],
  ])[];
};

const toJson = ({ seatTypes, reservations }: SeatsAvailability): Json =>
  ({
    seatTypes: [...seatTypes].map(([, { id, quota, remaining, asOf }]) => [id, quota, remaining, asOf] as const),
    reservations: [...reservations].map(
      ([id, { request, status, seats }]) =>
        [id, request, status, seats.map(({ seatTypeId, quantity }) => [seatTypeId, quantity] as const)] as const,
    ),
  }) satisfies Saved;

const fromJson = (json: Json): SeatsAvailability => {
  const saved = json as Saved; // written by `toJson` of this very fold version
  const seatTypes: PersistentMap<SeatType> = persistentMap(
    saved.seatTypes.map(([id, quota, remaining, asOf]) => [id, { id, quota, remaining, asOf }] as const),
  );
  const reservations = saved.reservations.map(([id, request, status, rows]) => {
    const seats = rows.map(([seatTypeId, quantity]) => ({ seatTypeId, quantity }));
    return [id, reservationOf({ request, seats, status })] as const;
  });
  return { seatTypes, reservations: persistentMap<Reservation>(reservations) };
};

/** The state as JSON and back. `foldVersion` rises with every change of `evolve` or of this shape. */
export const seatsAvailabilitySnapshot = { foldVersion: 2, toJson, fromJson };
