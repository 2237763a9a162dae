import type { Instant } from '@conference/kernel';
import type { Tokens } from '@conference/platform';

const tokenMs = 12 * 3_600_000;

/** Covers one conference, for 12 hours from `since`. */
export const organiserToken = (tokens: Tokens, conferenceId: string, since: Instant): string =>
  tokens.sign({ kind: 'organiser', sub: conferenceId, expiresAt: new Date(Date.parse(since) + tokenMs).toISOString() as Instant });
