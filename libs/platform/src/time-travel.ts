import type { Instant } from '@conference/kernel';
import * as z from 'zod';
import { instantOf, millisecondsOf } from './instant.ts';

/** Beyond it an ISO text is longer, and no longer ordered like the others. */
const lastYear = '9999';

const isOrdinary = (instant: Instant): boolean => instant.length === '2027-05-02T12:00:00.000Z'.length && instant.slice(0, 4) <= lastYear;

/** A time as ISO 8601 says it, with seconds and a zone (`Z` or an offset); what is finer than a millisecond is cut off. */
export const moment = z.iso
  .datetime({ offset: true, error: 'is not a time: send it like 2027-05-02T09:00:00.000Z' })
  .max(40)
  .transform((text) => instantOf(millisecondsOf(text as Instant)))
  .refine(isOrdinary, 'is not a time of these millennia');

/** For the `querystring` of a resource that tells its past: `?at=<time>` is the state as of then, 404 before its creation. */
export const atQuery = z.strictObject({
  at: moment.optional().describe('As it was at this time (ISO 8601); 404 when it did not exist yet'),
});
