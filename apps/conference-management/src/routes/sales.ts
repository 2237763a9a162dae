import type { AttendeeAnswer, ConferenceManagementApplication, OrderAnswer } from '@conference/conference-management-application';
import { answerTable, auth, awaitConsistency, type CsvColumn, type HttpServer, tableOf, tableQuery } from '@conference/platform';
import { assertFilled, pageOfConference } from '../absent-conference.ts';
import { attendeeView, conferenceParams, orderView } from '../schemas.ts';

const tags = ['sales'];
const config = { auth: auth.organiser('id') };

type ListedOrder = Omit<OrderAnswer, 'orderId'> & { readonly id: string };
const listedOrder = ({ orderId, ...order }: OrderAnswer): ListedOrder => ({ id: orderId, ...order });

/** The total is in minor units, as everywhere. */
const orderColumns: readonly CsvColumn<ListedOrder>[] = [
  ['id', ({ id }) => id],
  ['state', ({ state }) => state],
  ['total', ({ total }) => total.amount],
  ['currency', ({ total }) => total.currency],
  ['firstName', ({ registrant }) => registrant?.firstName ?? null],
  ['lastName', ({ registrant }) => registrant?.lastName ?? null],
  ['email', ({ registrant }) => registrant?.email ?? null],
  ['placedAt', ({ placedAt }) => placedAt],
  ['paymentState', ({ paymentState }) => paymentState],
];
const attendeeColumns: readonly CsvColumn<AttendeeAnswer>[] = [
  ['orderId', ({ orderId }) => orderId],
  ['position', ({ position }) => position],
  ['seatTypeName', ({ seatTypeName }) => seatTypeName],
  ['firstName', ({ firstName }) => firstName],
  ['lastName', ({ lastName }) => lastName],
  ['email', ({ email }) => email],
];

/** What registration tells of a conference: who ordered, and who comes. */
export const salesRoutes = (http: HttpServer, { queries }: ConferenceManagementApplication): void => {
  http.get(
    '/v1/conferences/:id/orders',
    {
      schema: {
        tags,
        summary: 'The orders, by the time of placing',
        description: 'Cancelled orders stay, expired ones go. As a table the total is in minor units.',
        params: conferenceParams,
        querystring: tableQuery,
        response: { 200: tableOf(orderView) },
      },
      config,
    },
    async (request, reply) => {
      const { id } = request.params;
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('orders', position, withinMs));
      return answerTable(request, reply, {
        name: 'orders',
        query: request.query,
        columns: orderColumns,
        read: async (page) => {
          const { items, next } = await pageOfConference(queries, id, await queries.orders(id, page));
          if (items.length === 0) await assertFilled(queries, 'orders');
          return { items: items.map(listedOrder), next };
        },
      });
    },
  );

  http.get(
    '/v1/conferences/:id/attendees',
    {
      schema: {
        tags,
        summary: 'Who comes: assigned seats only',
        params: conferenceParams,
        querystring: tableQuery,
        response: { 200: tableOf(attendeeView) },
      },
      config,
    },
    async (request, reply) => {
      const { id } = request.params;
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('attendees', position, withinMs));
      return answerTable(request, reply, {
        name: 'attendees',
        query: request.query,
        columns: attendeeColumns,
        read: async (asked) => {
          const page = await pageOfConference(queries, id, await queries.attendees(id, asked));
          if (page.items.length === 0) await assertFilled(queries, 'attendees');
          return page;
        },
      });
    },
  );
};
