import type { Instant } from '@conference/kernel';
import type { Tokens } from '@conference/platform';

const validDays = 30;
const daysAfter = (time: Instant, days: number): Instant => new Date(Date.parse(time) + days * 86_400_000).toISOString() as Instant;

/** A token for one order. Of the time alone, so that a repeated command is answered with the very same one. */
export type RegistrantTokens = (orderId: string, from: Instant) => string;

export const registrantTokens =
  (tokens: Tokens): RegistrantTokens =>
  (orderId, from) =>
    tokens.sign({ kind: 'registrant', sub: orderId, expiresAt: daysAfter(from, validDays) });
