import type { ConferenceManagementApplication } from '@conference/conference-management-application';
import { auth, awaitConsistency, type HttpServer, pageOf, pageQuery } from '@conference/platform';
import { attendeeView, conferenceParams, orderView } from '../schemas.ts';

const tags = ['sales'];
const config = { auth: auth.organiser('id') };

/** What registration tells of a conference: who ordered, and who comes. */
export const salesRoutes = (http: HttpServer, { queries }: ConferenceManagementApplication): void => {
  http.get(
    '/v1/conferences/:id/orders',
    {
      schema: {
        tags,
        summary: 'The orders, by the time of placing',
        description: 'Cancelled orders stay, expired ones go.',
        params: conferenceParams,
        querystring: pageQuery,
        response: { 200: pageOf(orderView) },
      },
      config,
    },
    async (request) => {
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('orders', position, withinMs));
      const { limit, after } = request.query;
      const { items, next } = await queries.orders(request.params.id, { limit, ...(after === undefined ? {} : { after }) });
      return { items: items.map(({ orderId, ...order }) => ({ id: orderId, ...order })), next };
    },
  );

  http.get(
    '/v1/conferences/:id/attendees',
    {
      schema: {
        tags,
        summary: 'Who comes: assigned seats only',
        params: conferenceParams,
        querystring: pageQuery,
        response: { 200: pageOf(attendeeView) },
      },
      config,
    },
    async (request) => {
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('attendees', position, withinMs));
      const { limit, after } = request.query;
      const { items, next } = await queries.attendees(request.params.id, { limit, ...(after === undefined ? {} : { after }) });
      return { items: [...items], next };
    },
  );
};
