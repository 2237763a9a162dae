import { auth, awaitConsistency, type HttpServer, notFound, pageOf, pageQuery, readModelBehind } from '@conference/platform';
import type { ConferenceDocument, RegistrationApplication } from '@conference/registration-application';
import { z } from 'zod';
import { conferenceView, seatTypeView, slugParams } from '../schemas.ts';
import { viewOfConference, viewOfSeatTypes } from '../views.ts';

/** What anybody may see: published conferences and the seats that can still be had. */
export const conferenceRoutes = (http: HttpServer, { queries }: RegistrationApplication): void => {
  const seen = (request: Parameters<typeof awaitConsistency>[0]): Promise<void> =>
    awaitConsistency(request, (position, withinMs) => queries.waitFor('conferences', position, withinMs));
  /** Nothing is absent for sure before the read model was filled for the first time. */
  const assertFilled = async (): Promise<void> => {
    if (!(await queries.isFilled('conferences'))) throw readModelBehind();
  };
  const published = async (slug: string): Promise<ConferenceDocument> => {
    const conference = await queries.publishedConference(slug);
    if (conference !== undefined) return conference;
    await assertFilled();
    throw notFound();
  };

  http.get(
    '/v1/conferences',
    {
      schema: {
        summary: 'Published conferences',
        tags: ['conferences'],
        querystring: pageQuery,
        response: { 200: pageOf(conferenceView) },
      },
      config: { auth: auth.public },
    },
    async (request) => {
      await seen(request);
      const { limit, after } = request.query;
      const { items, next } = await queries.publishedConferences({ limit, ...(after === undefined ? {} : { after }) });
      if (items.length === 0) await assertFilled();
      return { items: items.map(viewOfConference), next };
    },
  );

  http.get(
    '/v1/conferences/:slug',
    {
      schema: { summary: 'A published conference', tags: ['conferences'], params: slugParams, response: { 200: conferenceView } },
      config: { auth: auth.public },
    },
    async (request) => {
      await seen(request);
      return viewOfConference(await published(request.params.slug));
    },
  );

  http.get(
    '/v1/conferences/:slug/seat-types',
    {
      schema: {
        summary: 'Seat types with live availability',
        tags: ['conferences'],
        params: slugParams,
        response: { 200: z.array(seatTypeView) },
      },
      config: { auth: auth.public },
    },
    async (request) => {
      await seen(request);
      return viewOfSeatTypes(await published(request.params.slug));
    },
  );
};
