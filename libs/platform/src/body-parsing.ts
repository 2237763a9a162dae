import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem, unauthenticated } from './problem.ts';
import { edgeOf } from './route-edge.ts';

type Done = (error: Error | null, body?: unknown) => void;
type Parser = (request: FastifyRequest, rawBody: string, done: Done) => void;

/** The signature is over the bytes: checked, and the body kept, before anything looks into it. */
const receive = (request: FastifyRequest, rawBody: string): void => {
  const { policy, keepsRawBody } = edgeOf(request).route;
  if (keepsRawBody) request.rawBody = rawBody;
  if (policy.kind !== 'signed') return;
  if (!policy.check(request.headers, rawBody)) throw unauthenticated('The signature is missing, wrong or too old.');
  request.principal = { kind: 'signed', by: policy.by };
};

const received =
  (parse: Parser): Parser =>
  (request, rawBody, done) => {
    try {
      receive(request, rawBody);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    parse(request, rawBody, done);
  };

const parseForm: Parser = (request, rawBody, done) => {
  if (!edgeOf(request).route.acceptsForm) {
    done(problem('unsupported-media-type', 'Send the body as `application/json`.'));
    return;
  }
  done(null, Object.fromEntries(new URLSearchParams(rawBody)));
};

/** JSON for every route, forms where a route asks for them, nothing else. `__proto__` and its like are malformed. */
export const addBodyParsers = (app: FastifyInstance): void => {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    received((request, rawBody, done) => void parseJson(request, rawBody, done)),
  );
  app.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, received(parseForm));
};
