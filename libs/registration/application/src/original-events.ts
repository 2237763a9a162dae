import type { JsonObject } from '@conference/kernel';
import { original as published } from '@conference/registration-contracts';
import { z } from 'zod';

const placed = z.object({ AccessCode: z.string() });
const assigned = z.object({ SeatType: z.uuid() });

/**
 * What lifts a stored event of the original (schema version 0) to version 1. It published what it stored, so this is its
 * public form with what we keep inside: the access code, and the seat type of an assigned seat, whose name was not told.
 */
export const original = {
  ...published,
  storedOrderPlaced: (data: JsonObject): JsonObject => ({ ...published.orderPlaced(data), accessCode: placed.parse(data).AccessCode }),
  storedSeatAssigned: (data: JsonObject): JsonObject => ({
    ...published.seatAssigned(data),
    seatTypeId: assigned.parse(data).SeatType,
    seatTypeName: '',
  }),
} as const;
