import { z } from 'zod';

export const id = z.uuid();
/** `amount` in minor units of `currency` (ISO 4217): an integer. */
export const money = z.object({ amount: z.int().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/) });
