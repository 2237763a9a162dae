import {
  auth,
  awaitConsistency,
  type HttpServer,
  notFound,
  outcomeProblem,
  readModelBehind,
  withConsistencyToken,
  withVersion,
} from '@conference/platform';
import type { RegistrationApplication, SeatsOutcome } from '@conference/registration-application';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { problems } from '../problems.ts';
import { orderParams, person, seatParams, seatView } from '../schemas.ts';

type Seat = z.infer<typeof seatView>;

/** Who sits where, of a confirmed order. */
export const seatRoutes = (http: HttpServer, service: string, { commands, queries }: RegistrationApplication): void => {
  http.get(
    '/v1/orders/:id/seats',
    {
      schema: {
        tags: ['seats'],
        summary: 'The seats of an order; none before it is confirmed',
        params: orderParams,
        response: { 200: z.array(seatView) },
      },
      config: { auth: auth.registrant('id') },
    },
    async (request, reply) => {
      // Of both: whether there are seats at all, the order says.
      await awaitConsistency(request, async (position, withinMs) => {
        const seen = await Promise.all([queries.waitFor('orders', position, withinMs), queries.waitFor('orderSeats', position, withinMs)]);
        return seen.every((isSeen) => isSeen);
      });
      const found = await queries.orderSeats(request.params.id, request.consistency.waitMs);
      if (found === undefined) throw notFound();
      if (found === 'behind') throw readModelBehind();
      if (found === 'none') return [];
      if (found.version !== undefined) withVersion(reply, found.version);
      return [...found.document.seats];
    },
  );

  const answer = async (reply: FastifyReply, orderId: string, position: number, outcome: SeatsOutcome): Promise<Seat> => {
    if (!('state' in outcome)) throw outcomeProblem(problems, outcome);
    const { streamVersion: version } = outcome;
    if (version === 'no-stream') throw notFound();
    const { seats } = outcome.status === 'repeated' ? await commands.seatsAt(orderId, version) : outcome.state;
    const seat = seats?.[position];
    if (seat === undefined) throw notFound();
    withVersion(reply, version);
    withConsistencyToken(reply, service, outcome.position);
    if (outcome.status === 'repeated') reply.header('idempotency-replayed', 'true');
    return seat;
  };
  const refusals = [problems.kinds['order-not-confirmed'], problems.kinds['seat-not-found']];

  http.put(
    '/v1/orders/:id/seats/:position',
    {
      schema: { tags: ['seats'], summary: 'Assign or reassign a seat', params: seatParams, body: person, response: { 200: seatView } },
      config: { auth: auth.registrant('id'), problems: [...refusals, problems.kinds['invalid-attendee']] },
    },
    async (request, reply) => {
      const { id: orderId, position } = request.params;
      return answer(reply, orderId, position, await commands.assignSeat({ orderId, position, attendee: request.body }, request.command));
    },
  );

  http.delete(
    '/v1/orders/:id/seats/:position',
    {
      schema: { tags: ['seats'], summary: 'Unassign a seat', params: seatParams, response: { 200: seatView } },
      config: { auth: auth.registrant('id'), problems: refusals },
    },
    async (request, reply) => {
      const { id: orderId, position } = request.params;
      return answer(reply, orderId, position, await commands.unassignSeat({ orderId, position }, request.command));
    },
  );
};
