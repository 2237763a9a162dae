import { z } from 'zod';

const id = z.uuid();
export const paymentId = id.describe('The payment.');
export const orderId = id.describe('The order that it pays.');
export const conferenceId = id.describe('The conference of the order.');
export const money = z
  .object({
    amount: z.int().nonnegative().describe('Minor units of the currency.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .describe('ISO 4217.'),
  })
  .describe('The order’s total when the payment was initiated.');
