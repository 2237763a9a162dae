import { z } from 'zod';

export const id = z.uuid();
/** A day without a time (`2027-05-02`). */
export const day = z.iso.date();
/** ISO 4217. */
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** Of the currency named beside it or, for a seat type, of its conference's currency: an integer, 0 is free. */
export const minorUnits = z.int().nonnegative();
export const count = z.int().nonnegative();
