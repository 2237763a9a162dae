import type { ConferenceManagementApplication } from '@conference/conference-management-application';
import type { Instant } from '@conference/kernel';
import {
  auth,
  awaitConsistency,
  type HttpServer,
  normalizedAccessCode,
  type SessionAttempts,
  type Tokens,
  tooManyRequests,
  unauthenticated,
} from '@conference/platform';
import { assertFilled } from '../absent-conference.ts';
import { organiserToken } from '../organiser-token.ts';
import { problems } from '../problems.ts';
import { sessionBody, sessionView } from '../schemas.ts';

export interface OrganizerSessionsOptions {
  readonly application: ConferenceManagementApplication;
  readonly tokens: Tokens;
  readonly attempts: SessionAttempts;
  readonly now: () => Instant;
}

/** The way back in: what was wrong is never said, and attempts are limited per address. */
export const organizerSessionRoutes = (http: HttpServer, { application, tokens, attempts, now }: OrganizerSessionsOptions): void => {
  const { queries } = application;

  http.post(
    '/v1/organizer-sessions',
    {
      schema: {
        tags: ['sessions'],
        summary: 'A token for a conference, by e-mail and access code',
        body: sessionBody,
        response: { 200: sessionView },
      },
      config: { auth: auth.public, idempotency: 'none', ifMatch: 'none', problems: [problems.kinds.unauthenticated] },
    },
    async (request) => {
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('conferences', position, withinMs));
      const { email, accessCode } = request.body;
      const attempt = attempts.begin(email);
      if (attempt.status === 'limited') throw tooManyRequests(attempt.retryAfterSeconds);
      const located = async (): Promise<string | undefined> => {
        const conferenceId = await queries.locateConference({ email, accessCode: normalizedAccessCode(accessCode) });
        if (conferenceId === undefined) await assertFilled(queries, 'conferences');
        return conferenceId;
      };
      const conferenceId = await located().catch((error: unknown) => {
        attempt.succeeded(); // no guess has failed
        throw error;
      });
      if (conferenceId === undefined) throw unauthenticated('No conference was found with this e-mail address and access code.');
      attempt.succeeded();
      return { token: organiserToken(tokens, conferenceId, now()), conferenceId };
    },
  );
};
