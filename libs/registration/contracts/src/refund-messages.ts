import { z } from 'zod';
import type { NotPublished, PublicMessage } from './public-message.ts';
import { id, money } from './values.ts';

/**
 * This payment does not confirm its order: the money is to be given back, all of it, once per payment. `reason` is a code in
 * kebab-case (`order-cancelled`, `seats-gone`, …); new ones may come, so a consumer hands it on and does not branch on it.
 * Consumed by payments, which asks the processor.
 */
export const refundRequested = z.object({
  paymentId: id,
  orderId: id,
  amount: money,
  reason: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
});
export type RefundRequested = PublicMessage<'RefundRequested', typeof refundRequested>;

/** All that a stream `Refund-<paymentId>` says to others. */
export type RefundMessage = RefundRequested | NotPublished;
