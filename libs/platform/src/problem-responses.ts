import type { Socket } from 'node:net';
import { EngineUnavailable, InvalidCursor } from '@conference/ports';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type * as z from 'zod';
import {
  type CommonProblemCode,
  type InvalidPart,
  invalidRequest,
  notFound,
  Problem,
  pointerOf,
  problem,
  problemCodes,
  temporarilyUnavailable,
} from './problem.ts';

export const problemMediaType = 'application/problem+json; charset=utf-8';
/** Where the docs page explains a code; relative to the service. */
export const problemTypeOf = (code: string): string => `/docs#problem-${code}`;

/** Standard members win over further ones of the same name. */
export const problemBody = ({ kind, detail, options }: Problem, traceId: string): string =>
  JSON.stringify({
    ...options.extra,
    type: problemTypeOf(kind.code),
    title: kind.title,
    status: kind.status,
    detail: detail ?? `${kind.title}.`,
    code: kind.code,
    traceId,
  });

const unknownKeys = (issue: z.core.$ZodIssue): readonly PropertyKey[] | undefined =>
  issue.code === 'unrecognized_keys' ? issue.keys : undefined;

const invalidParts = (error: z.core.$ZodError, within: Pick<InvalidPart, 'in'>): readonly InvalidPart[] =>
  error.issues.flatMap((issue) => {
    const keys = unknownKeys(issue);
    if (keys === undefined) return [{ ...within, pointer: pointerOf(issue.path), detail: issue.message }];
    return keys.map((key) => ({ ...within, pointer: pointerOf([...issue.path, key]), detail: 'There is no such field' }));
  });

/** The places of a zod error as problem 400, in the body or in the part named. */
export const invalidInput = (error: z.core.$ZodError, part?: 'query' | 'header'): Problem =>
  invalidRequest(invalidParts(error, part === undefined ? {} : { in: part }));

const problemOfPart: { readonly [httpPart: string]: (error: z.core.$ZodError) => Problem } = {
  querystring: (error) => invalidInput(error, 'query'),
  headers: (error) => invalidInput(error, 'header'),
  // What no resource can be called does not exist: a malformed id is answered as an unknown one.
  params: notFound,
};

/** Fastify's validator for zod schemas: the failure is the problem itself. */
export const validatorCompiler = (route: { readonly schema: z.ZodType; readonly httpPart?: string }) => {
  const toProblem = problemOfPart[route.httpPart ?? 'body'] ?? ((error: z.core.$ZodError) => invalidInput(error));
  return (data: unknown): { readonly value: unknown } | { readonly error: Error } => {
    const result = route.schema.safeParse(data);
    return result.success ? { value: result.data } : { error: toProblem(result.error) };
  };
};

const ofFramework: { readonly [code: string]: readonly [CommonProblemCode, string] } = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json', 'The body cannot be parsed as JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json', 'The content type says JSON, but the body is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid-request', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'A body may have up to 64 KiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send the body as `application/json`.'],
  FST_ERR_BAD_URL: ['not-found', 'The path is not a valid one.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'The path is not a valid one.'],
  ECONNRESET: ['invalid-request', 'The connection ended before the body did.'],
};

/** Whatever was thrown as the problem to answer with. What is not foreseen is a 500 that tells nothing. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof EngineUnavailable) return temporarilyUnavailable(1, error);
  if (error instanceof InvalidCursor) {
    return invalidRequest([{ in: 'query', pointer: '#/after', detail: 'is not a `next` of this list' }]);
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const [common, detail] = ofFramework[code] ?? [];
  if (common !== undefined) return problem(common, detail);
  return problem('internal-error', 'The failure was recorded under this trace id.', { cause: error });
};

export const sendProblem = (reply: FastifyReply, { kind, options }: Problem, body: string): FastifyReply => {
  reply.code(kind.status).header('content-type', problemMediaType).header('cache-control', 'no-store');
  if (options.headers !== undefined) reply.headers({ ...options.headers });
  if (options.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(options.retryAfterSeconds))));
  return reply.send(body);
};

/** Answers with a problem; what is our fault is logged with its cause, and never shown. */
export const errorHandler =
  (logger: Logger) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = problemOf(error);
    const { traceId, correlationId } = request.trace;
    if (answer.kind.status >= 500) {
      const fields = { err: answer.options.cause ?? error, traceId, correlationId, code: answer.kind.code };
      if (answer.kind.code === 'internal-error') logger.error(fields, 'request failed');
      else logger.warn(fields, 'request not served');
    }
    sendProblem(reply, answer, problemBody(answer, traceId));
  };

const ofParser: { readonly [code: string]: CommonProblemCode } = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** For what is not even HTTP: there is no request object yet, so the answer is written to the socket. */
export const clientErrorHandler =
  (newTraceId: () => string) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const kind = problemCodes[ofParser[error.code ?? ''] ?? 'invalid-request'];
    const body = problemBody(new Problem(kind, 'The request cannot be read.'), newTraceId());
    socket.end(
      [
        `HTTP/1.1 ${kind.status} ${kind.title}`,
        `content-type: ${problemMediaType}`,
        `content-length: ${Buffer.byteLength(body)}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
