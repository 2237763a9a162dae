import type { ConferenceManagementApplication, ConferenceOutcome, CreatedConference } from '@conference/conference-management-application';
import { notFound, outcomeProblem, type Problem, withConsistencyToken, withVersion } from '@conference/platform';
import type { FastifyReply } from 'fastify';
import { problems } from './problems.ts';

export interface Done {
  readonly conference: CreatedConference;
  readonly version: number;
}

/** A conference that there is not is answered like one of somebody else. */
const refused = (outcome: Exclude<ConferenceOutcome, { readonly state: unknown }>): Problem =>
  outcome.status === 'rejected' && outcome.reason.code === 'conference-not-found' ? notFound() : outcomeProblem(problems, outcome);

/**
 * The state that a command led to, with its headers set; for a repeated one the state of then, so that the answer is the
 * same word for word. Throws the problem of a command that was not accepted.
 */
export const doneBy =
  (service: string, { commands }: ConferenceManagementApplication) =>
  async (reply: FastifyReply, conferenceId: string, outcome: ConferenceOutcome): Promise<Done> => {
    if (!('state' in outcome)) throw refused(outcome);
    const { streamVersion: version, position } = outcome;
    if (version === 'no-stream') throw notFound();
    const conference = outcome.status === 'repeated' ? await commands.conferenceAt(conferenceId, version) : outcome.state;
    if (conference.status === 'not-created') throw notFound();
    withVersion(reply, version);
    withConsistencyToken(reply, service, position);
    if (outcome.status === 'repeated') reply.header('idempotency-replayed', 'true');
    return { conference, version };
  };
