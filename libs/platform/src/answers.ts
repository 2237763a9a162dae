import type { Position } from '@conference/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { etagOf } from './conditional.ts';
import { consistencyToken } from './consistency-token.ts';
import { preferredWaitMs } from './prefer.ts';
import { readModelBehind } from './problem.ts';
import { headerOf } from './route-edge.ts';

/** `ETag` of the resource that is answered. */
export const withVersion = (reply: FastifyReply, version: number): FastifyReply => reply.header('etag', etagOf(version));

/** `Consistency-Token` of a command: a query of the same service that sends it back sees this write. */
export const withConsistencyToken = (reply: FastifyReply, service: string, position: Position): FastifyReply =>
  reply.header('consistency-token', consistencyToken(service, position));

/**
 * Waits, when the query asked for it, until its projection has passed the position of its token; throws 503
 * `read-model-behind` when the time is up first. `waitFor` is the projection's, and answers false then.
 */
export const awaitConsistency = async (
  request: FastifyRequest,
  waitFor: (position: Position, withinMs: number) => Promise<boolean>,
): Promise<void> => {
  const { position, waitMs } = request.consistency;
  if (position !== undefined && !(await waitFor(position, waitMs))) throw readModelBehind();
};

/** `Prefer: wait=<seconds>` of a command that may answer later than it must, at most 5 s; undefined without one. */
export const waitAskedMs = (request: FastifyRequest): number | undefined => preferredWaitMs(headerOf(request, 'prefer'));
