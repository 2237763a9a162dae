import type { ConferenceManagementApplication } from '@conference/conference-management-application';
import { auth, type HttpServer, historyPage, historyView, pageQuery } from '@conference/platform';
import { pageOfConference } from '../absent-conference.ts';
import { conferenceParams } from '../schemas.ts';

/** What was decided about a conference, from its own events: it is never behind. */
export const historyRoutes = (http: HttpServer, { queries }: ConferenceManagementApplication): void => {
  http.get(
    '/v1/conferences/:id/history',
    {
      schema: {
        tags: ['conferences'],
        summary: 'What happened to the conference, oldest first',
        description: 'The state as of any `at` of an entry is at `GET /v1/conferences/{id}?at=`.',
        params: conferenceParams,
        querystring: pageQuery,
        response: { 200: historyView },
      },
      config: { auth: auth.organiser('id') },
    },
    async (request) => {
      const { id } = request.params;
      const page = await historyPage(`history/${id}`, request.query, (range) => queries.history(id, range));
      return pageOfConference(queries, id, page);
    },
  );
};
