import type { Position } from '@conference/kernel';
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AuthPolicy, Principal } from './auth.ts';
import type { HeaderUse, RequestedCommand } from './commands.ts';
import type { ProblemKind } from './problem.ts';
import type { Trace } from './trace.ts';

/** What a query asked for: to have seen a write, and how long it is ready to wait for that. */
export type RequestedConsistency = { readonly position?: Position; readonly waitMs: number };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call; see `auth`. There is no default. */
    readonly auth: AuthPolicy;
    /** `Idempotency-Key`; default `honoured` on POST, PUT, PATCH and DELETE. */
    readonly idempotency?: HeaderUse;
    /** `If-Match`; default `honoured` on POST, PUT, PATCH and DELETE. */
    readonly ifMatch?: HeaderUse;
    /** What it may answer beside what its policy, headers and schemas imply; for the documentation. */
    readonly problems?: readonly ProblemKind[];
    /** Accepts `application/x-www-form-urlencoded` beside JSON. */
    readonly form?: boolean;
    /** Keeps the body as it came in `request.rawBody`. */
    readonly rawBody?: boolean;
  }
  interface FastifyRequest {
    principal: Principal;
    trace: Trace;
    rawBody: string | undefined;
    /** On POST, PUT, PATCH and DELETE; throws on others. */
    readonly command: RequestedCommand;
    /** On GET, and on a POST that is no command; throws on others. */
    readonly consistency: RequestedConsistency;
  }
}

export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
