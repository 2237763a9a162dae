import type { Instant } from '@conference/kernel';
import { z } from 'zod';

const id = z.uuid();
export const orderId = id.describe('The order.');
export const conferenceId = id.describe('The conference.');
export const seatTypeId = id.describe('The seat type.');
export const paymentId = id.describe('The payment.');
export const reservationId = id.describe('The order that the seats are for: a reservation has the id of its order.');

/** UTC, with exactly three digits of a second: only so is the order of the strings the order in time. */
const utcMilliseconds = z.iso.datetime({ precision: 3 });
export const instant = utcMilliseconds as typeof utcMilliseconds & z.ZodType<Instant>;

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe('ISO 4217.');
export const minorUnits = z.int().nonnegative().describe('Minor units of the currency beside it, or of the order’s; 0 is free.');
export const money = z.object({ amount: minorUnits, currency });
export const quantity = z.int().nonnegative().describe('Seats.');
export const request = z.int().positive().describe('Counts the selections of an order: 1 is the first.');
export const seatTypeName = z.string().max(200).describe('Of the seat type, as it was called then.');
export const seatQuantity = z.object({ seatTypeId, quantity });

/** The only shape with personal data; a message has it in a field of its own, so that it can be removed as a whole. */
export const personalInfo = z
  .object({ firstName: z.string().max(200), lastName: z.string().max(200), email: z.string().max(254) })
  .describe('PERSONAL DATA.');
