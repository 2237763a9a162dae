import type { Clock } from '@conference/ports';
import type { OrderDocument } from '@conference/registration-application';

/** How many unpaid orders a client address may have at a time (W-30); off unless `OPEN_ORDERS_PER_CLIENT` is set. */
export interface OpenOrders {
  admit(address: string): Promise<'admitted' | { readonly retryAfterSeconds: number }>;
  opened(address: string, orderId: string): void;
}

const addressesMax = 100_000;
const retryAfterSeconds = 60;

export const openOrders = (options: {
  /** Undefined: no limit. */
  readonly max: number | undefined;
  readonly clock: Clock;
  readonly order: (orderId: string) => Promise<OrderDocument | undefined>;
}): OpenOrders => {
  const { max, clock, order } = options;
  if (max === undefined) return { admit: async () => 'admitted', opened: () => {} };
  const byAddress = new Map<string, Set<string>>();

  const isOpen = async (orderId: string): Promise<boolean> => {
    const found = await order(orderId);
    if (found === undefined) return true; // just placed: the read model has not seen it yet
    const isEnded = found.state === 'confirmed' || found.state === 'cancelled' || found.state === 'expired';
    return !isEnded && found.reservationExpiresAt > clock.now();
  };

  return {
    admit: async (address) => {
      const mine = byAddress.get(address) ?? new Set<string>();
      if (mine.size < max) return 'admitted';
      for (const orderId of mine) if (!(await isOpen(orderId))) mine.delete(orderId);
      return mine.size < max ? 'admitted' : { retryAfterSeconds };
    },
    opened: (address, orderId) => {
      const mine = byAddress.get(address) ?? new Set<string>();
      mine.add(orderId);
      byAddress.set(address, mine);
      const { value: oldest } = byAddress.keys().next();
      if (byAddress.size > addressesMax && oldest !== undefined) byAddress.delete(oldest);
    },
  };
};
