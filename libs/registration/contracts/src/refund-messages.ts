import type { PublicMessage } from '@conference/kernel';
import { z } from 'zod';
import type { NotPublished } from './not-published.ts';
import { money, orderId, paymentId } from './values.ts';

export const refundRequested = z
  .object({
    paymentId,
    orderId,
    amount: money.describe('All of the payment.'),
    reason: z
      .string()
      .regex(/^[a-z]+(-[a-z]+)*$/)
      .max(100)
      .describe('A code (`order-cancelled`, `seats-gone`, …). New ones may come: hand it on, do not branch on it.'),
  })
  .describe('This payment does not confirm its order: the money is to be given back, once per payment. Payments asks the processor.');
export type RefundRequested = PublicMessage<'RefundRequested', typeof refundRequested>;

/** All that a stream `Refund-<paymentId>` says to others. */
export type RefundMessage = RefundRequested | NotPublished;
