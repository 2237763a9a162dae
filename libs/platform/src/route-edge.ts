import type {
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  onSendHookHandler,
  preHandlerHookHandler,
  preValidationHookHandler,
  RouteOptions,
} from 'fastify';
import * as z from 'zod';
import { type Authenticator, type AuthPolicy, actorOf, checkPolicy, coverageWasAsserted } from './auth.ts';
import { requestHashOf } from './canonical-json.ts';
import {
  type AnswerCache,
  commandIdOf,
  type HeaderUse,
  parseIdempotencyKey,
  type RequestedCommand,
  requireIdempotencyKey,
  type StoredAnswer,
} from './commands.ts';
import { parseIfMatch, requireIfMatch } from './conditional.ts';
import { positionOf } from './consistency-token.ts';
import type { RequestedConsistency } from './fastify-types.ts';
import { preferredWaitMs, waitSecondsDefault } from './prefer.ts';
import { invalidRequest, unauthenticated } from './problem.ts';

/** A route's declarations, read once when it registers. */
export type RouteSettings = {
  readonly policy: AuthPolicy;
  readonly changes: boolean;
  /** It answers from read models: a GET, and a POST that is no command, like a session. */
  readonly reads: boolean;
  readonly idempotency: HeaderUse;
  readonly ifMatch: HeaderUse;
  readonly hasBody: boolean;
  readonly keepsRawBody: boolean;
  readonly acceptsForm: boolean;
};

/** What the edge keeps about one request. */
export type RequestEdge = {
  readonly route: RouteSettings;
  sentBody: unknown;
  command: RequestedCommand | undefined;
  consistency: RequestedConsistency | undefined;
  /** The command whose answer is awaited under an Idempotency-Key. */
  awaited: { readonly commandId: string; readonly requestHash: string } | undefined;
  /** It is answered with what was answered before. */
  isReplayed: boolean;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** The platform's own; undefined on a request that was turned away at the gate. */
    edge: RequestEdge | undefined;
  }
}

export const edgeOf = (request: FastifyRequest): RequestEdge => {
  if (request.edge === undefined) throw new Error(`${request.method} ${request.url} was not admitted`);
  return request.edge;
};

const noQuery = z.strictObject({});
const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export const settingsOf = ({ method, url, config, schema }: RouteOptions): RouteSettings => {
  const methods = [method].flat();
  const policy = checkPolicy(config?.auth, methods.join(','), url);
  const changes = methods.some((one) => changing.has(one));
  const byDefault: HeaderUse = changes ? 'honoured' : 'none';
  const idempotency = config?.idempotency ?? byDefault;
  const ifMatch = config?.ifMatch ?? byDefault;
  return {
    policy,
    changes,
    reads: !changes || (idempotency === 'none' && ifMatch === 'none' && policy.kind !== 'signed'),
    idempotency,
    ifMatch,
    hasBody: schema?.body !== undefined,
    keepsRawBody: config?.rawBody === true || policy.kind === 'signed',
    acceptsForm: config?.form === true,
  };
};

type EdgeOptions = {
  readonly service: string;
  readonly authenticate: Authenticator;
  readonly answers: AnswerCache;
  readonly uuidv5: (name: string) => string;
  readonly newId: () => string;
};

/** Of a header that Node joins when it is repeated. */
export const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
};

const isEmpty = (body: unknown): boolean =>
  body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);

const admit =
  (route: RouteSettings, { authenticate }: EdgeOptions): onRequestHookHandler =>
  (request, _reply, done) => {
    request.edge = { route, sentBody: undefined, command: undefined, consistency: undefined, awaited: undefined, isReplayed: false };
    request.principal = authenticate(route.policy, request.headers.authorization, request.params as { readonly [name: string]: string });
    done();
  };

const keyOf = (route: RouteSettings, request: FastifyRequest): string | undefined => {
  if (route.idempotency === 'none') return undefined;
  const header = headerOf(request, 'idempotency-key');
  return route.idempotency === 'required' ? requireIdempotencyKey(header) : parseIdempotencyKey(header);
};

const expectedVersionOf = (route: RouteSettings, request: FastifyRequest): number | undefined => {
  if (route.ifMatch === 'none') return undefined;
  const header = request.headers['if-match'];
  return route.ifMatch === 'required' ? requireIfMatch(header) : parseIfMatch(header);
};

const commandOf = (route: RouteSettings, request: FastifyRequest, key: string | undefined, options: EdgeOptions): RequestedCommand => {
  const actor = actorOf(request.principal);
  const { correlationId, traceparent } = request.trace;
  const expectedVersion = expectedVersionOf(route, request);
  const path = pathOf(request.url);
  return {
    commandId: key === undefined ? options.newId() : commandIdOf(options.uuidv5, { actor, method: request.method, path, key }),
    ...(key === undefined ? {} : { requestHash: requestHashOf(edgeOf(request).sentBody) }),
    correlationId,
    causationId: request.id,
    actor,
    traceparent,
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  };
};

const replay = (reply: FastifyReply, { status, headers, body }: StoredAnswer): void => {
  reply
    .code(status)
    .headers({ ...headers })
    .header('idempotency-replayed', 'true')
    .send(body === '' ? undefined : body);
};

// After validation: a request that is invalid anyway is told so first (RFC 9110 §13.2.1).
const prepareCommand =
  (route: RouteSettings, options: EdgeOptions): preHandlerHookHandler =>
  (request, reply, done) => {
    const edge = edgeOf(request);
    if (!route.hasBody && !isEmpty(request.body)) throw invalidRequest([{ pointer: '#', detail: 'This command takes no body' }]);
    const key = keyOf(route, request);
    edge.command = commandOf(route, request, key, options);
    if (key === undefined) {
      done();
      return;
    }
    const awaited = { commandId: edge.command.commandId, requestHash: edge.command.requestHash ?? '' };
    const answer = options.answers.begin(awaited.commandId, awaited.requestHash);
    if (answer !== undefined) {
      edge.isReplayed = true;
      replay(reply, answer);
      return;
    }
    edge.awaited = awaited;
    done();
  };

const prepareQuery =
  (options: EdgeOptions): preHandlerHookHandler =>
  (request, _reply, done) => {
    const token = headerOf(request, 'consistency-token');
    const waitMs = preferredWaitMs(headerOf(request, 'prefer')) ?? waitSecondsDefault * 1000;
    edgeOf(request).consistency = token === undefined ? { waitMs } : { position: positionOf(options.service, token), waitMs };
    done();
  };

const storedHeaders = ['content-type', 'etag', 'consistency-token', 'location'];

const answerOf = (reply: FastifyReply, payload: unknown, requestHash: string): StoredAnswer | undefined => {
  if (reply.statusCode < 200 || reply.statusCode > 299) return undefined;
  if (typeof payload !== 'string' && payload !== null && payload !== undefined) return undefined;
  const headers: { [name: string]: string } = {};
  for (const name of storedHeaders) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { requestHash, status: reply.statusCode, headers, body: payload ?? '' };
};

const keepAnswer =
  ({ answers }: EdgeOptions): onSendHookHandler =>
  (request, reply, payload, done) => {
    const { edge } = request;
    const awaited = edge?.awaited;
    if (edge !== undefined && awaited !== undefined) {
      edge.awaited = undefined;
      answers.end(awaited.commandId, answerOf(reply, payload, awaited.requestHash));
    }
    done(null, payload);
  };

/**
 * A handler that answers before it compared the token with the order would show one registrant another's order. What is replayed was
 * compared when it was answered first: a key is its caller's own.
 */
const demandCoverage: onSendHookHandler = (request, reply, payload, done) => {
  if (reply.statusCode < 400 && request.edge?.isReplayed !== true && !coverageWasAsserted(request)) {
    done(new Error(`${request.method} ${request.url} answered without assertCovers`));
    return;
  }
  done(null, payload);
};

const keepSentBody =
  (route: RouteSettings): preValidationHookHandler =>
  (request, _reply, done) => {
    // Without a body no parser ran that would have looked for the signature.
    if (route.policy.kind === 'signed' && request.principal.kind !== 'signed') throw unauthenticated('The signature is missing.');
    edgeOf(request).sentBody = request.body;
    done();
  };

const listOf = <Hook>(hooks: Hook | Hook[] | undefined): Hook[] => [hooks ?? []].flat() as Hook[];

/** What a query does not know it does not answer: `?at=` of a resource without a past would be answered with today. */
const refuseUnknownQuery = (route: RouteOptions): void => {
  const { schema } = route;
  if (schema !== undefined && schema.hide !== true && schema.querystring === undefined) route.schema = { ...schema, querystring: noQuery };
};

/** Puts the edge's hooks around a route: they know its declarations, so nothing is looked up per request. */
export const addEdge = (routeOptions: RouteOptions, options: EdgeOptions): RouteSettings => {
  const route = settingsOf(routeOptions);
  routeOptions.onRequest = [admit(route, options), ...listOf(routeOptions.onRequest)];
  if (!route.changes) refuseUnknownQuery(routeOptions);
  const prepare = [...(route.reads ? [prepareQuery(options)] : []), ...(route.changes ? [prepareCommand(route, options)] : [])];
  routeOptions.preHandler = [...prepare, ...listOf(routeOptions.preHandler)];
  if (route.changes) routeOptions.preValidation = [keepSentBody(route), ...listOf(routeOptions.preValidation)];
  const onSend = listOf(routeOptions.onSend);
  if (route.policy.kind === 'registrant-of-body') onSend.push(demandCoverage);
  if (route.changes && route.idempotency !== 'none') onSend.push(keepAnswer(options));
  routeOptions.onSend = onSend;
  return route;
};

/** Getters of a request: they throw where the route is of the other kind, which is a mistake in the route. */
export const ofRequest = {
  command(this: FastifyRequest): RequestedCommand {
    const { command } = edgeOf(this);
    if (command === undefined) throw new Error(`${this.method} ${this.url} is no command`);
    return command;
  },
  consistency(this: FastifyRequest): RequestedConsistency {
    const { consistency } = edgeOf(this);
    if (consistency === undefined) throw new Error(`${this.method} ${this.url} is no query`);
    return consistency;
  },
};
