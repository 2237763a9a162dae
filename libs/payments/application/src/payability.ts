import type { Instant } from '@conference/kernel';
import type { PayableOrderDocument } from './read-models/payable-orders.ts';

export type NotPayable =
  /** `isKnown`: false while we have not heard of the order; it may be on its way. */
  { readonly code: 'order-not-payable'; readonly isKnown: boolean } | { readonly code: 'order-expired' };

const isFinal = ({ state }: PayableOrderDocument): boolean => state === 'confirmed' || state === 'cancelled';

/** Payable: reserved in full, with a registrant and something to pay, before the reservation's end. */
export const refusalOf = (order: PayableOrderDocument | undefined, now: Instant): NotPayable | undefined => {
  if (order === undefined) return { code: 'order-not-payable', isKnown: false };
  if (!isFinal(order) && now >= order.reservationExpiresAt) return { code: 'order-expired' };
  const isPayable = order.state === 'reserved' && order.hasRegistrant && order.total.amount > 0;
  return isPayable ? undefined : { code: 'order-not-payable', isKnown: true };
};

/** Whether it is worth waiting a moment: the facts that make it payable may have been told and be on their way to us. */
export const mayBecomePayable = (order: PayableOrderDocument | undefined, now: Instant): boolean =>
  order === undefined ||
  (now < order.reservationExpiresAt && (order.state === 'pending-reservation' || (order.state === 'reserved' && !order.hasRegistrant)));
