import type { Position } from '@conference/kernel';
import type { ReadModelStore } from '@conference/ports';
import { type ContextRuntime, type ParkedMessageDocument, type ParkingOutcome, parkedMessagesCollection } from '@conference/runtime';
import { z } from 'zod';
import { awaitConsistency, withConsistencyToken } from './answers.ts';
import { auth } from './auth.ts';
import type { HttpServer } from './fastify-types.ts';
import type { DegradedPart, HealthSource } from './health.ts';
import { pageOf, pageQuery } from './pagination.ts';
import { keyReused, notFound, type Problem, problem, problemCodes, temporarilyUnavailable, versionMismatch } from './problem.ts';

/** A context's health: its store answers, its projections caught up once; an import that is not consuming is degraded, and so is a publisher that cannot get on. */
export const contextHealth = (
  runtime: Pick<ContextRuntime, 'status'>,
  checkEventStore: () => Promise<void>,
  degraded: () => readonly DegradedPart[] = () => [],
): HealthSource => ({
  eventStore: () =>
    checkEventStore().then(
      () => true,
      () => false,
    ),
  caughtUpOnce: () => runtime.status().caughtUpOnce,
  degraded: () => {
    const { imports, publishing, projections, caughtUpOnce } = runtime.status();
    const missing = [...degraded()];
    if (publishing?.problem !== undefined) missing.unshift({ part: 'publisher', problem: publishing.problem });
    if (imports !== 'consuming') missing.unshift({ part: 'broker', problem: imports });
    const unfilled = caughtUpOnce ? projections.filter(({ isFilled }) => !isFilled) : [];
    for (const { name } of unfilled) missing.push({ part: 'projections', problem: `${name} is filled anew` });
    return missing;
  },
});

const projectionView = z.object({ name: z.string(), position: z.string(), lag: z.int().describe('Events behind') });
const parkedView = z.object({
  id: z.uuid(),
  consumer: z.string(),
  subject: z.string(),
  sequence: z.int(),
  type: z.string(),
  kind: z.enum(['event', 'message', 'undecodable']),
  error: z.string(),
  attempts: z.int(),
  parkedAt: z.string(),
});
const started = z.object({ status: z.literal('started') });
const idParams = z.object({ id: z.uuid() });
const tags = ['operator'];

/** What an operator is answered whose decision was not taken. */
export const parkingProblem = (outcome: Exclude<ParkingOutcome, { readonly state: unknown }>): Problem => {
  switch (outcome.status) {
    case 'rejected':
      return outcome.reason.code === 'predecessor-missing'
        ? problem('predecessor-missing', 'Have the subject published once more at its owner, then try this one again.')
        : notFound();
    case 'stale':
      return versionMismatch(outcome.current);
    case 'key-reused':
      return keyReused();
    case 'busy':
      return temporarilyUnavailable();
  }
};

/** What an operator sees and does, the same at every service. */
export const operatorRoutes = (
  http: HttpServer,
  options: {
    /** Part of the consistency tokens. */
    readonly service: string;
    readonly runtime: ContextRuntime;
    readonly readModels: ReadModelStore;
  },
): void => {
  const { service, runtime, readModels } = options;
  const config = { auth: auth.operator };
  // Nothing here has a version that could have been read.
  const command = { ...config, ifMatch: 'none' } as const;

  const everyProjection = async (position: Position, withinMs: number): Promise<boolean> => {
    const seen = await Promise.all(runtime.status().projections.map(({ name }) => runtime.waitFor(name, position, withinMs)));
    return seen.every((isSeen) => isSeen);
  };
  const parked = async (id: string): Promise<ParkedMessageDocument> => {
    const found = await readModels.get(parkedMessagesCollection, id);
    if (found === undefined) throw notFound();
    return found.document;
  };

  http.get(
    '/ops/projections',
    { schema: { tags, summary: 'Where each projection is', response: { 200: z.object({ items: z.array(projectionView) }) } }, config },
    async (request) => {
      await awaitConsistency(request, everyProjection);
      return { items: runtime.status().projections.map(({ name, position, lag }) => ({ name, position, lag })) };
    },
  );
  http.post(
    '/ops/projections/:name/rebuild',
    {
      schema: {
        tags,
        summary: 'Build a projection anew, beside the live one',
        params: z.object({ name: z.string().max(200) }),
        response: { 202: started },
      },
      config: command,
    },
    async (request, reply) => {
      const { name } = request.params;
      if (!runtime.status().projections.some((projection) => projection.name === name)) throw notFound();
      runtime.rebuild(name).catch((error: unknown) => http.log.error({ err: error, projection: name }, 'rebuild failed'));
      reply.code(202);
      return { status: 'started' as const };
    },
  );
  http.get(
    '/ops/parked-messages',
    { schema: { tags, summary: 'What could not be handled', querystring: pageQuery, response: { 200: pageOf(parkedView) } }, config },
    async (request) => {
      await awaitConsistency(request, (position, withinMs) => runtime.waitFor(parkedMessagesCollection.name, position, withinMs));
      const { limit, after } = request.query;
      const found = await readModels.find(parkedMessagesCollection, { index: 'byTime', limit, ...(after === undefined ? {} : { after }) });
      return { items: found.items.map(({ document }) => document), next: found.next };
    },
  );
  http.post(
    '/ops/parked-messages/:id/retry',
    {
      schema: { tags, summary: 'Try it once more, and what waits behind it', params: idParams, response: { 202: started } },
      config: command,
    },
    async (request, reply) => {
      const { subject, id } = await parked(request.params.id);
      const outcome = await runtime.parking.retry(subject, id, 'operator');
      if (!('state' in outcome)) throw parkingProblem(outcome);
      withConsistencyToken(reply, service, outcome.position).code(202);
      return { status: 'started' as const };
    },
  );
  http.post(
    '/ops/parked-messages/:id/skip',
    {
      schema: {
        tags,
        summary: 'Give it up, with a reason',
        params: idParams,
        body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
        response: { 202: started },
      },
      config: { ...command, problems: [problemCodes['predecessor-missing']] },
    },
    async (request, reply) => {
      const { subject, id } = await parked(request.params.id);
      const outcome = await runtime.parking.skip(subject, id, request.body.reason, 'operator');
      if (!('state' in outcome)) throw parkingProblem(outcome);
      withConsistencyToken(reply, service, outcome.position).code(202);
      return { status: 'started' as const };
    },
  );
  http.post(
    '/ops/publisher/republish',
    {
      schema: {
        tags,
        summary: 'Publish a subject once more, or everything from a position',
        body: z.union([z.strictObject({ subject: z.string().min(1).max(200) }), z.strictObject({ from: z.string().regex(/^\d{0,40}$/) })]),
        response: { 202: started },
      },
      config: command,
    },
    async (request, reply) => {
      if ('subject' in request.body) {
        if (!(await runtime.republish(request.body.subject))) throw notFound();
      } else if (!runtime.republishFrom(request.body.from)) throw problem('not-found', 'This service publishes nothing.');
      reply.code(202);
      return { status: 'started' as const };
    },
  );
};
