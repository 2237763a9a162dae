import type { Instant } from '@conference/kernel';

/** When everything in a spec occurs, is recorded and is received. */
export const specTime = '2027-05-02T09:00:00.000Z' as Instant;
