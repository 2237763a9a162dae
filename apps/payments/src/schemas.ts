import { z } from 'zod';

const id = z.uuid().toLowerCase();
const money = z.object({ amount: z.int().describe('In minor units'), currency: z.string() }).describe('Money');

export const initiateBody = z.strictObject({ orderId: id });
export const paymentParams = z.object({ id });
export const checkoutParams = z.object({ paymentId: id });

const payment = {
  id,
  orderId: id,
  state: z.enum(['initiated', 'completed', 'rejected', 'refund-requested', 'refunded']),
  amount: money,
};
export const paymentView = z.object(payment);
export const initiatedView = z.object({ ...payment, checkoutUrl: z.string().describe('Where the registrant pays') });
export type PaymentView = z.infer<typeof paymentView>;

/** From another house, which may add to its messages: what is not known is dropped. The signature has been checked. */
export const callbackBody = z.object({
  type: z.enum(['payment.accepted', 'payment.rejected', 'refund.completed']),
  timestamp: z.iso.datetime({ offset: true }).max(40),
  data: z.object({ paymentId: z.string().min(1).max(100) }),
});
/** Standard Webhooks says nothing of its length; it becomes part of a stored message. */
export const webhookIdMax = 255;
export const callbackHeaders = z.looseObject({ 'webhook-id': z.string().min(1).max(webhookIdMax) });
export const callbackView = z.object({
  status: z.enum(['handled', 'kept']).describe('`kept`: it fits no payment of ours; an operator sees it'),
});

export const checkoutBody = z.strictObject({ outcome: z.enum(['accepted', 'rejected']) });
