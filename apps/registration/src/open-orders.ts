import type { Instant } from '@conference/kernel';
import type { Clock } from '@conference/ports';
import type { OrderDocument } from '@conference/registration-application';

/** Whoever is admitted says what became of it: `opened` keeps the place until the order is over, `refused` gives it back. */
export type Admission =
  | { readonly status: 'admitted'; readonly opened: (reservationExpiresAt: Instant) => void; readonly refused: () => void }
  | { readonly status: 'limited'; readonly retryAfterSeconds: number };

/**
 * How many unpaid orders a client address may have at a time (W-30); off unless `OPEN_ORDERS_PER_CLIENT` is set. A place is
 * taken before the order is placed, so requests at the same moment cannot slip through. A repeated request opens nothing
 * and is admitted whenever its order exists. Kept in memory: a restart forgets who opened what, and several instances each
 * count for themselves.
 */
export interface OpenOrders {
  admit(address: string, orderId: string): Promise<Admission>;
}

const addressesMax = 100_000;
const retryAfterSecondsMax = 60;
const nothing = (): void => {};
const admitted: Admission = { status: 'admitted', opened: nothing, refused: nothing };

/** By order, when its reservation ends; undefined while it is being placed. */
type Places = Map<string, Instant | undefined>;

const endStates: ReadonlySet<OrderDocument['state']> = new Set(['confirmed', 'cancelled', 'expired']);

const secondsUntilFirstEnd = (places: Places, now: Instant): number => {
  const ends = [...places.values()].flatMap((end) => (end === undefined ? [] : [Date.parse(end)]));
  const seconds = Math.ceil((Math.min(...ends, Number.POSITIVE_INFINITY) - Date.parse(now)) / 1000);
  return Math.max(1, Math.min(seconds, retryAfterSecondsMax));
};

export const openOrders = (options: {
  /** Undefined: no limit. */
  readonly max: number | undefined;
  readonly clock: Clock;
  /** As the read model has it; one that it has not seen yet counts as open. */
  readonly order: (orderId: string) => Promise<OrderDocument | undefined>;
  readonly isPlaced: (orderId: string) => Promise<boolean>;
}): OpenOrders => {
  const { max, clock, order, isPlaced } = options;
  if (max === undefined) return { admit: async () => admitted };
  const byAddress = new Map<string, Places>();

  const placesOf = (address: string): Places => {
    const places: Places = byAddress.get(address) ?? new Map();
    byAddress.delete(address);
    byAddress.set(address, places); // now the one used last
    const { value: oldest } = byAddress.keys().next();
    if (byAddress.size > addressesMax && oldest !== undefined) byAddress.delete(oldest);
    return places;
  };
  const isFull = (places: Places): boolean => places.size >= max;

  /** Until there is room: first those whose time is over, then one after the other those that ended before it. */
  const forgetEnded = async (places: Places): Promise<void> => {
    const now = clock.now();
    for (const [orderId, end] of places) if (end !== undefined && end <= now) places.delete(orderId);
    for (const [orderId, end] of [...places]) {
      if (!isFull(places)) return;
      const found = end === undefined ? undefined : await order(orderId);
      if (found !== undefined && endStates.has(found.state)) places.delete(orderId);
    }
  };

  return {
    admit: async (address, orderId) => {
      const places = placesOf(address);
      if (!places.has(orderId) && isFull(places)) await forgetEnded(places);
      if (places.has(orderId)) return admitted; // whoever took the place says what became of it
      if (isFull(places)) {
        if (await isPlaced(orderId)) return admitted;
        return { status: 'limited', retryAfterSeconds: secondsUntilFirstEnd(places, clock.now()) };
      }
      places.set(orderId, undefined); // nothing is awaited since there was room
      return {
        status: 'admitted',
        opened: (reservationExpiresAt) => void places.set(orderId, reservationExpiresAt),
        refused: () => void places.delete(orderId),
      };
    },
  };
};
