import { type PersistentMap, unreachable } from '@conference/kernel';
import type { SeatQuantity } from '../order/order.events.ts';
import type { SeatsAvailabilityEvent, SeatsDelta } from './seats-availability.events.ts';

export type SeatType = {
  readonly id: string;
  readonly quota: number;
  /** quota - held - committed; negative after a cut. */
  readonly remaining: number;
  /** Of the last quota applied; -1 for a type that only a delta has mentioned. */
  readonly asOf: number;
};
export type Reservation = {
  readonly request: number;
  readonly seats: readonly SeatQuantity[];
  readonly status: 'held' | 'committed' | 'cancelled';
};
export interface SeatsAvailability {
  readonly seatTypes: PersistentMap<SeatType>;
  /** By order. Kept when cancelled: a late request is still recognised (W-44). */
  readonly reservations: PersistentMap<Reservation>;
}
type DataOf<T extends SeatsAvailabilityEvent['type']> = Extract<SeatsAvailabilityEvent, { readonly type: T }>['data'];

/** The deltas add up to the quota, so this also understands the time when events carried nothing else. */
const quotaChanged = (state: SeatsAvailability, { seatTypeId, delta, asOf }: DataOf<'AvailableSeatsChanged'>): SeatsAvailability => {
  const { id, quota, remaining } = state.seatTypes.get(seatTypeId) ?? { id: seatTypeId, quota: 0, remaining: 0 };
  const after = { id, quota: quota + delta, remaining: remaining + delta, asOf };
  return { seatTypes: state.seatTypes.set(id, after), reservations: state.reservations };
};

const changed = (seatTypes: PersistentMap<SeatType>, deltas: readonly SeatsDelta[]): PersistentMap<SeatType> =>
  deltas.reduce((map, { seatTypeId, delta }) => {
    const before = map.get(seatTypeId) ?? { id: seatTypeId, quota: 0, remaining: 0, asOf: -1 };
    return map.set(before.id, { ...before, remaining: before.remaining + delta });
  }, seatTypes);

const none: readonly SeatQuantity[] = [];

/** Kinds of reservations by their content. Only how much memory is taken depends on what is in here. */
const kinds = new Map<string, Reservation>();
const kindsMax = 1_000;

/** Equal reservations are one object: there may be 100,000 of them, of a few dozen kinds. */
export const reservationOf = ({ request, seats, status }: Reservation): Reservation => {
  const kind = `${request} ${status} ${seats.map(({ seatTypeId, quantity }) => `${seatTypeId} ${quantity}`).join(' ')}`;
  const known = kinds.get(kind);
  if (known !== undefined) return known;
  if (kinds.size >= kindsMax) kinds.clear();
  const reservation = { request, seats, status };
  kinds.set(kind, reservation);
  return reservation;
};

const reserved = (state: SeatsAvailability, data: DataOf<'SeatsReserved'>): SeatsAvailability => {
  const { reservationId, seats, availableSeatsChanged } = data;
  // The original did not number its requests: each is the next.
  const request = Math.max(data.request, (state.reservations.get(reservationId)?.request ?? 0) + 1);
  const reservation = reservationOf({ request, seats, status: 'held' });
  return { seatTypes: changed(state.seatTypes, availableSeatsChanged), reservations: state.reservations.set(reservationId, reservation) };
};

const closed = (reservations: PersistentMap<Reservation>, id: string, change: Partial<Reservation>): PersistentMap<Reservation> => {
  const reservation = reservations.get(id);
  return reservation === undefined ? reservations : reservations.set(id, reservationOf({ ...reservation, ...change }));
};

export const evolve = (state: SeatsAvailability, event: SeatsAvailabilityEvent): SeatsAvailability => {
  const { seatTypes, reservations } = state;
  switch (event.type) {
    case 'AvailableSeatsChanged':
      return quotaChanged(state, event.data);
    case 'SeatsReserved':
      return reserved(state, event.data);
    case 'SeatsReservationCommitted':
      return { seatTypes, reservations: closed(reservations, event.data.reservationId, { status: 'committed' }) };
    case 'SeatsReservationCancelled':
      return {
        seatTypes: changed(seatTypes, event.data.availableSeatsChanged),
        reservations: closed(reservations, event.data.reservationId, { seats: none, status: 'cancelled' }),
      };
    default:
      return unreachable(event);
  }
};
