import { auth, awaitConsistency, type HttpServer, pageOf, pageQuery } from '@conference/platform';
import { awaitedBy, nextDeadline, processStates, type RegistrationApplication } from '@conference/registration-application';
import { z } from 'zod';

const state = z.enum(processStates);
const processView = z.object({
  orderId: z.string(),
  state,
  deadline: z
    .object({ name: z.string(), dueAt: z.string() })
    .nullable()
    .describe('`release`: the seats are given back; `unknown-order`: a payment without an order is refunded'),
  waitsFor: z.enum(['order', 'seats', 'payment', 'confirmation']).nullable(),
});

/** Where the registration process of each order stands, for the operator. */
export const processRoutes = (http: HttpServer, { queries }: RegistrationApplication): void => {
  http.get(
    '/ops/processes',
    {
      schema: {
        tags: ['operator'],
        summary: 'Registration processes, by state',
        querystring: pageQuery.extend({ state: state.optional() }),
        response: { 200: pageOf(processView) },
      },
      config: { auth: auth.operator },
    },
    async (request) => {
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('processes', position, withinMs));
      const { limit, after, state: wanted } = request.query;
      const { items, next } = await queries.processes({
        limit,
        ...(after === undefined ? {} : { after }),
        ...(wanted === undefined ? {} : { state: wanted }),
      });
      return {
        items: items.map((process) => ({
          orderId: process.orderId,
          state: process.state,
          deadline: nextDeadline(process),
          waitsFor: awaitedBy(process),
        })),
        next,
      };
    },
  );
};
