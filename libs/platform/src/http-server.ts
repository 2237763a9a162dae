import type { Clock, IdGenerator } from '@conference/ports';
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { authenticator } from './auth.ts';
import { addBodyParsers } from './body-parsing.ts';
import { answerCache } from './commands.ts';
import { addDocumentation } from './documentation.ts';
import type { HttpServer } from './fastify-types.ts';
import type { HealthSource } from './health.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { addOperations } from './operations.ts';
import { notFound, type Problem, type ProblemKind, problem, problemCodes, temporarilyUnavailable, tooManyRequests } from './problem.ts';
import { clientErrorHandler, errorHandler, problemBody, problemOf, sendProblem, validatorCompiler } from './problem-responses.ts';
import { rateLimit } from './rate-limit.ts';
import { addEdge, ofRequest } from './route-edge.ts';
import { type RouteTable, routeTable } from './route-table.ts';
import { securityHeaders } from './security-headers.ts';
import type { Tokens } from './tokens.ts';
import { traceOf } from './trace.ts';

export const bodyBytesMax = 64 * 1024;
const requestTimeoutMs = 30_000;
const connectionTimeoutMs = 60_000;
const keepAliveTimeoutMs = 65_000;
const connectionsMax = 10_000;
const idLengthMax = 200;

export type HttpServerOptions = {
  /** `registration`; part of the consistency tokens. */
  readonly service: string;
  /** One sentence for the documentation. */
  readonly description?: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly tokens: Tokens;
  readonly operatorToken: string;
  /** A name-based UUID (RFC 9562 §5.5): makes the id of a command that has an Idempotency-Key. */
  readonly uuidv5: (name: string) => string;
  readonly health: HealthSource;
  /** The service's own refusals, for the documentation. */
  readonly problems?: { readonly [code: string]: ProblemKind };
  readonly metrics?: Metrics;
  /** Requests a second and client address; no limit when absent. */
  readonly rateLimitPerSecond?: number;
  /** Asked before a request is read; while true it is answered 503. See `eventLoopLoad`. */
  readonly overloaded?: () => boolean;
  /** Whose `X-Forwarded-For` is believed: an address or a list of networks. Default: nobody's. */
  readonly trustProxy?: string | readonly string[];
};

const isProbe = (url: string): boolean => url.startsWith('/health/') || url === '/metrics';

const absent = (routes: RouteTable, request: FastifyRequest, reply: FastifyReply): Problem | undefined => {
  const allowed = routes.allowed(request.url.split('?', 1)[0] ?? '');
  if (allowed.length === 0) return notFound();
  const allow = [...allowed, 'OPTIONS'].join(', ');
  if (request.method !== 'OPTIONS') return problem('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } });
  reply.code(204).header('allow', allow).send();
  return undefined;
};

/** Every answer, in this order: ids, security headers, shedding, limits, then 404 and 405 before a body is read. */
const addGate = async (app: FastifyInstance, routes: RouteTable, options: HttpServerOptions): Promise<void> => {
  const headers = await securityHeaders();
  const { overloaded, rateLimitPerSecond: perSecond, clock } = options;
  const limit = perSecond === undefined ? undefined : rateLimit({ perSecond, clock });
  const state = { closing: false };
  app.addHook('preClose', (done) => {
    state.closing = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    request.trace = traceOf(request.headers, request.id);
    // On the reply, not on `reply.raw`: Node checks and copies each of those twice.
    for (const name in headers) reply.header(name, headers[name]);
    reply.header('x-request-id', request.id);
    if (!isProbe(request.url)) {
      if (state.closing) throw temporarilyUnavailable();
      if (overloaded?.() === true) throw temporarilyUnavailable();
      const waitSeconds = limit?.take(request.ip);
      if (waitSeconds !== undefined) throw tooManyRequests(waitSeconds);
    }
    if (!request.is404) {
      done();
      return;
    }
    const missing = absent(routes, request, reply);
    if (missing !== undefined) throw missing;
  });
};

/** One line a request: at `debug`, so that the path of a command writes nothing; `warn` for what we failed to answer. */
const addObservation = (app: FastifyInstance, metrics: Metrics, logger: Logger): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status, elapsedTime: ms } = reply;
    const { method } = request;
    // Paths that do not exist share one name: a label must not be what a client can invent.
    const route = request.is404 ? 'none' : request.routeOptions.url;
    metrics.observeRequest(method, route ?? 'none', status, ms / 1000);
    const level = status >= 500 ? 'warn' : 'debug';
    if (logger.isLevelEnabled(level)) {
      const { traceId, correlationId } = request.trace;
      logger[level]({ method, route, status, ms, traceId, correlationId }, 'request');
    }
    done();
  });
};

const addErrorHandling = (app: FastifyInstance, logger: Logger): void => {
  app.setErrorHandler(errorHandler(logger));
  app.setNotFoundHandler(() => {
    throw notFound();
  });
};

const newServer = ({ logger, ids, trustProxy }: HttpServerOptions): FastifyInstance => {
  const loggerInstance: FastifyBaseLogger = logger;
  return fastify({
    loggerInstance,
    // A child logger for each request costs more than the line it would write; what is logged names its ids itself.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => ids.next(),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    return503OnClosing: false,
    trustProxy: trustProxy === undefined ? false : [trustProxy].flat(),
    routerOptions: { maxParamLength: idLengthMax },
    clientErrorHandler: clientErrorHandler(() => ids.next().replaceAll('-', '')),
    frameworkErrors: (error, request, reply) => {
      const { traceId } = traceOf(request.headers, request.id);
      sendProblem(reply, problemOf(error), problemBody(problemOf(error), traceId));
    },
  });
};

/**
 * The HTTP edge of a service: the conventions of the API, once and for all routes. A route declares
 *
 * ```ts
 * http.post('/v1/orders', {
 *   schema: { summary: 'Place an order', body: placeOrder, response: { 201: placedOrder } },
 *   config: { auth: auth.public, idempotency: 'required', problems: [kinds['unknown-seat-type']] },
 * }, async (request, reply) => { … request.body, request.command … });
 * ```
 *
 * and then can rely on:
 *
 * - **Caller.** `config.auth` was satisfied before the body was read; `request.principal` says who it is. A route without
 *   a policy does not register, and one that cannot work on its path neither.
 * - **Input.** `schema` (zod; use `z.strictObject`, unknown fields are refused) holds: 400 with a pointer otherwise. A path
 *   parameter that does not satisfy its schema is 404. A command without a body schema takes no body. At most 64 KiB.
 * - **Commands** (POST, PUT, PATCH, DELETE): `request.command` has the command id, request hash, expected version and
 *   correlation; a repeat under one Idempotency-Key is answered from a cache, or 409 while the first one runs, or 422 for
 *   another body. A refusal (status 400 and above) is never kept.
 * - **Queries** (GET): `request.consistency`; `awaitConsistency` waits for the caller's own write.
 * - **Answers** are cut to their `response` schema; whatever is thrown becomes `application/problem+json`, and what is not
 *   a {@link Problem} a 500 that tells nothing but its trace id.
 * - **Documentation** and operations come with it: `/openapi.json`, `/docs`, `/health/live`, `/health/ready`, `/metrics`.
 *
 * Requests are logged at `debug` (5xx at `warn`), without bodies or query strings. Register every route before `listen`.
 */
export const createHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const { service, logger, tokens, operatorToken, uuidv5, ids } = options;
  const metrics = options.metrics ?? createMetrics({ service });
  const app = newServer(options);
  app.server.maxConnections = connectionsMax;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('principal');
  app.decorateRequest('trace');
  app.decorateRequest('edge');
  app.decorateRequest('rawBody', undefined);
  app.decorateRequest('command', { getter: ofRequest.command });
  app.decorateRequest('consistency', { getter: ofRequest.consistency });

  const routes = routeTable();
  const edge = { service, uuidv5, authenticate: authenticator({ tokens, operatorToken }), answers: answerCache(), newId: () => ids.next() };
  app.addHook('onRoute', (route) => {
    addEdge(route, edge);
    routes.add(route.method, route.url);
  });
  addErrorHandling(app, logger);
  addBodyParsers(app);
  await addGate(app, routes, options);
  addObservation(app, metrics, logger);
  await addDocumentation(app, { service, description: options.description, problems: { ...problemCodes, ...options.problems } });
  addOperations(app, { health: options.health, metrics });
  return app.withTypeProvider<ZodTypeProvider>();
};
