import type { ConferenceManagementApplication, ConferenceOutcome } from '@conference/conference-management-application';
import {
  auth,
  awaitConsistency,
  entryAfter,
  type HttpServer,
  invalidRequest,
  notFound,
  numberedPage,
  pageOf,
  pageQuery,
  withVersion,
} from '@conference/platform';
import { uuidv5 } from '@conference/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { absentConference } from '../absent-conference.ts';
import { doneBy } from '../outcomes.ts';
import { problems } from '../problems.ts';
import { conferenceParams, listedSeatTypeView, type SeatTypeView, seatTypeBody, seatTypeParams, seatTypeView } from '../schemas.ts';
import { viewOfSeatType } from '../views.ts';

const tags = ['seat-types'];
const organiser = auth.organiser('id');

/** What is on offer. Every answer's version is the conference's: its seat types are part of it. */
export const seatTypeRoutes = (http: HttpServer, service: string, application: ConferenceManagementApplication): void => {
  const { commands, queries } = application;
  const done = doneBy(service, application);

  /** One currency a conference (PRC-6): a price may name it, and no other. */
  const priceOf = async (conferenceId: string, price: z.infer<typeof seatTypeBody>['price']): Promise<number> => {
    if (price.currency === undefined) return price.amount;
    const conference = await commands.conferenceAt(conferenceId, 0);
    if (conference.status === 'created' && conference.currency !== price.currency)
      throw invalidRequest([{ pointer: '#/price/currency', detail: `must be ${conference.currency}, as all prices of this conference` }]);
    return price.amount;
  };

  const answer = async (
    reply: FastifyReply,
    conferenceId: string,
    seatTypeId: string,
    outcome: ConferenceOutcome,
  ): Promise<SeatTypeView> => {
    const { conference } = await done(reply, conferenceId, outcome);
    const seatType = conference.seatTypes.find((other) => other.seatTypeId === seatTypeId);
    if (seatType === undefined) throw notFound();
    return viewOfSeatType(seatType, conference.currency);
  };

  http.get(
    '/v1/conferences/:id/seat-types',
    {
      schema: {
        tags,
        summary: 'The seat types, with the seats that remain',
        params: conferenceParams,
        querystring: pageQuery,
        response: { 200: pageOf(listedSeatTypeView) },
      },
      config: { auth: organiser },
    },
    async (request, reply) => {
      const { id } = request.params;
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('conferences', position, withinMs));
      const { limit, after } = request.query;
      const list = `seat-types/${id}`;
      const found = await queries.seatTypes(id, { limit: limit + 1, after: entryAfter(list, after) });
      if (found === undefined) throw await absentConference(queries, id);
      withVersion(reply, found.version);
      const { items, next } = numberedPage(list, limit, found.items, ({ ordinal }) => ordinal);
      return { items: items.map((seatType) => ({ ...viewOfSeatType(seatType, found.currency), remaining: seatType.remaining })), next };
    },
  );

  http.post(
    '/v1/conferences/:id/seat-types',
    {
      schema: { tags, summary: 'Add a seat type', params: conferenceParams, body: seatTypeBody, response: { 201: seatTypeView } },
      config: { auth: organiser, problems: [problems.kinds['too-many-seat-types']] },
    },
    async (request, reply) => {
      const { id: conferenceId } = request.params;
      const seatTypeId = uuidv5(request.command.commandId, 'seat-type');
      const price = await priceOf(conferenceId, request.body.price);
      const outcome = await commands.createSeatType({ ...request.body, conferenceId, seatTypeId, price }, request.command);
      const created = await answer(reply, conferenceId, seatTypeId, outcome);
      reply.code(201);
      return created;
    },
  );

  http.put(
    '/v1/conferences/:id/seat-types/:seatTypeId',
    {
      schema: { tags, summary: 'Replace a seat type', params: seatTypeParams, body: seatTypeBody, response: { 200: seatTypeView } },
      config: { auth: organiser, ifMatch: 'required', problems: [problems.kinds['seat-type-not-found']] },
    },
    async (request, reply) => {
      const { id: conferenceId, seatTypeId } = request.params;
      const price = await priceOf(conferenceId, request.body.price);
      const outcome = await commands.updateSeatType({ ...request.body, conferenceId, seatTypeId, price }, request.command);
      return answer(reply, conferenceId, seatTypeId, outcome);
    },
  );

  http.delete(
    '/v1/conferences/:id/seat-types/:seatTypeId',
    {
      schema: {
        tags,
        summary: 'Remove a seat type of a conference that was never published',
        params: seatTypeParams,
        response: { 204: z.undefined().describe('Removed') },
      },
      config: {
        auth: organiser,
        ifMatch: 'required',
        problems: [problems.kinds['conference-was-published'], problems.kinds['seat-type-not-found']],
      },
    },
    async (request, reply) => {
      const { id: conferenceId, seatTypeId } = request.params;
      await done(reply, conferenceId, await commands.deleteSeatType({ conferenceId, seatTypeId }, request.command));
      return reply.code(204).send();
    },
  );
};
