import type { Instant } from '@conference/kernel';
import { z } from 'zod';

export const id = z.uuid();
/** UTC, with exactly three digits of a second: only so is the order of the strings the order in time. */
const utcMilliseconds = z.iso.datetime({ precision: 3 });
export const instant = utcMilliseconds as typeof utcMilliseconds & z.ZodType<Instant>;
/** ISO 4217. */
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** Of the currency named beside it, or of the order's: an integer, 0 is free. */
export const minorUnits = z.int().nonnegative();
export const money = z.object({ amount: minorUnits, currency });
export const count = z.int().nonnegative();
/** Counts an order's selections: 1 is the first. */
export const request = z.int().positive();
export const seatQuantity = z.object({ seatTypeId: id, quantity: count });
/** The only shape with personal data; a message has it in a field of its own, so that it can be removed as a whole. */
export const personalInfo = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });
