import { type ConferenceManagementApplication, conferenceIdOf } from '@conference/conference-management-application';
import type { Instant } from '@conference/kernel';
import { atQuery, auth, awaitConsistency, type HttpServer, newAccessCode, notFound, type Tokens, withVersion } from '@conference/platform';
import type { FastifyReply } from 'fastify';
import { absentConference } from '../absent-conference.ts';
import { organiserToken } from '../organiser-token.ts';
import { doneBy } from '../outcomes.ts';
import { problems } from '../problems.ts';
import { type ConferenceView, conferenceParams, conferenceView, createConferenceBody, createdView, detailsBody } from '../schemas.ts';
import { viewOfAnswer, viewOfState } from '../views.ts';

export interface ConferenceRoutesOptions {
  readonly service: string;
  readonly application: ConferenceManagementApplication;
  readonly tokens: Tokens;
  readonly now: () => Instant;
}

const tags = ['conferences'];
const organiser = { auth: auth.organiser('id') };

type SentDetails = { readonly tagline?: string | null | undefined; readonly twitterSearch?: string | null | undefined };
/** What was left out is nothing. */
const withAllDetails = <Details extends SentDetails>(details: Details) => ({
  ...details,
  tagline: details.tagline ?? null,
  twitterSearch: details.twitterSearch ?? null,
});

/** The conference itself: created by anybody, then its organiser's alone. */
export const conferenceRoutes = (http: HttpServer, { service, application, tokens, now }: ConferenceRoutesOptions): void => {
  const { commands, queries } = application;
  const done = doneBy(service, application);

  /** As of a moment in the past or, for one yet to come, as it is now. */
  const asOf = async (reply: FastifyReply, conferenceId: string, at: Instant): Promise<ConferenceView> => {
    const then = await queries.conferenceAsOf(conferenceId, at);
    if (then === undefined) throw notFound();
    withVersion(reply, then.version);
    return viewOfState(then.conference, then.version);
  };

  http.post(
    '/v1/conferences',
    {
      schema: {
        tags,
        summary: 'Create a conference',
        description: 'The access code is shown here and never again; with the owner’s e-mail address it opens a session.',
        body: createConferenceBody,
        response: { 201: createdView },
      },
      config: { auth: auth.public, problems: [problems.kinds['slug-taken']] },
    },
    async (request, reply) => {
      const conferenceId = conferenceIdOf(request.body.slug);
      const outcome = await commands.createConference({ ...withAllDetails(request.body), accessCode: newAccessCode() }, request.command);
      const { conference, version } = await done(reply, conferenceId, outcome);
      // From the time of then: a repeat is given the very same token.
      const since = (await commands.createdAt(conferenceId)) ?? now();
      reply.code(201).header('location', `/v1/conferences/${conferenceId}`);
      return { ...viewOfState(conference, version), accessCode: conference.accessCode, token: organiserToken(tokens, conferenceId, since) };
    },
  );

  http.get(
    '/v1/conferences/:id',
    {
      schema: {
        tags,
        summary: 'A conference, for its organiser',
        params: conferenceParams,
        querystring: atQuery,
        response: { 200: conferenceView },
      },
      config: organiser,
    },
    async (request, reply) => {
      const { id } = request.params;
      const { at } = request.query;
      if (at !== undefined) return asOf(reply, id, at);
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('conferences', position, withinMs));
      const conference = await queries.conference(id);
      if (conference === undefined) throw await absentConference(queries, id);
      withVersion(reply, conference.version);
      return viewOfAnswer(conference);
    },
  );

  http.put(
    '/v1/conferences/:id/details',
    {
      schema: {
        tags,
        summary: 'Replace the details',
        description: 'Slug, owner and currency are fixed.',
        params: conferenceParams,
        body: detailsBody,
        response: { 200: conferenceView },
      },
      config: { ...organiser, ifMatch: 'required' },
    },
    async (request, reply) => {
      const { id: conferenceId } = request.params;
      const outcome = await commands.updateConference({ ...withAllDetails(request.body), conferenceId }, request.command);
      const { conference, version } = await done(reply, conferenceId, outcome);
      return viewOfState(conference, version);
    },
  );

  const withoutBody = (path: string, summary: string, send: 'publishConference' | 'unpublishConference'): void => {
    http.post(
      path,
      { schema: { tags, summary, params: conferenceParams, response: { 200: conferenceView } }, config: organiser },
      async (request, reply) => {
        const { id: conferenceId } = request.params;
        const { conference, version } = await done(reply, conferenceId, await commands[send]({ conferenceId }, request.command));
        return viewOfState(conference, version);
      },
    );
  };
  withoutBody('/v1/conferences/:id/publish', 'Take orders from now on', 'publishConference');
  withoutBody('/v1/conferences/:id/unpublish', 'Take no new orders; existing ones go on', 'unpublishConference');
};
