import { z } from 'zod';

const id = z.uuid();
export const conferenceId = id.describe('The conference.');
export const seatTypeId = id.describe('The seat type.');
export const day = z.iso.date().describe('A day without a time.');
export const currency = z.string().regex(/^[A-Z]{3}$/);
export const text = (max: number): z.ZodString => z.string().max(max);
export const price = z.int().nonnegative().describe('Of one seat, in minor units of the conference’s currency; 0 is free.');
export const quota = z.int().nonnegative().describe('Absolute: all seats of the type, sold or not.');
