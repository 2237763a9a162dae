import type { SwaggerTransform } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { AuthPolicy } from './auth.ts';
import { waitSecondsDefault, waitSecondsMax } from './prefer.ts';
import { type CommonProblemCode, type ProblemKind, problemCodes } from './problem.ts';
import { type RouteSettings, settingsOf } from './route-edge.ts';

export const securitySchemes = {
  organiser: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of one conference, from `POST /v1/conferences` or `/v1/organizer-sessions`',
  },
  registrant: { type: 'http', scheme: 'bearer', description: 'The token of one order, from `POST /v1/orders` or `/v1/order-sessions`' },
  operator: { type: 'http', scheme: 'bearer', description: 'The operator’s token, `OPERATOR_TOKEN`' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: 'Standard Webhooks, with `webhook-id` and `webhook-timestamp`',
  },
} as const;

type Scheme = keyof typeof securitySchemes;

const schemeOf = (policy: AuthPolicy): Scheme | undefined => {
  switch (policy.kind) {
    case 'public':
      return undefined;
    case 'signed':
      return 'signature';
    case 'registrant-of-body':
      return 'registrant';
    default:
      return policy.kind;
  }
};

/** An empty list says "none", where an absent one would say "as everywhere". */
export const securityOf = (policy: AuthPolicy): readonly { readonly [scheme: string]: readonly string[] }[] => {
  const scheme = schemeOf(policy);
  return scheme === undefined ? [] : [{ [scheme]: [] }];
};

const unless = (condition: boolean, codes: readonly CommonProblemCode[]): readonly CommonProblemCode[] => (condition ? [] : codes);

/** What a route may answer because of what it declares. */
export const impliedProblems = (
  route: RouteSettings,
  input: { readonly hasParams: boolean; readonly hasQuery: boolean },
): readonly ProblemKind[] => {
  const { policy } = route;
  const hasToken = policy.kind !== 'public';
  const coversOne = hasToken && policy.kind !== 'operator' && policy.kind !== 'signed';
  const codes: readonly CommonProblemCode[] = [
    ...unless(!hasToken, ['unauthenticated']),
    ...unless(!coversOne && !input.hasParams, ['not-found']),
    // Also of a command that takes no body, since one may come.
    ...unless(!route.changes, ['invalid-request', 'malformed-json', 'body-too-large', 'unsupported-media-type']),
    ...unless(!input.hasQuery || route.changes, ['invalid-request']),
    ...unless(route.idempotency !== 'required', ['idempotency-key-required']),
    ...unless(route.idempotency === 'none', ['invalid-idempotency-key', 'idempotency-key-in-progress', 'idempotency-key-reused']),
    ...unless(route.ifMatch !== 'required', ['if-match-required']),
    ...unless(route.ifMatch === 'none', ['invalid-if-match', 'version-mismatch']),
    ...unless(!route.reads, ['invalid-consistency-token', 'read-model-behind']),
    'too-many-requests',
    'temporarily-unavailable',
  ];
  return codes.map((code) => problemCodes[code]);
};

type HeaderSchema = { readonly type: string; readonly description: string; readonly [keyword: string]: unknown };

/** Headers that the conventions give a route; the ones it needs are in `required`. */
export const impliedHeaders = (route: RouteSettings) => {
  const properties: { [name: string]: HeaderSchema } = {};
  if (route.idempotency !== 'none') {
    const description = 'The same key and body again: the same answer, done once. Best a random UUID';
    properties['Idempotency-Key'] = { type: 'string', minLength: 1, maxLength: 255, description };
  }
  if (route.ifMatch !== 'none') {
    properties['If-Match'] = {
      type: 'string',
      pattern: '^"\\d{1,15}"$',
      description: 'The `ETag` that was read; 412 when it is no longer the current one',
    };
  }
  if (route.reads) {
    properties['Consistency-Token'] = {
      type: 'string',
      maxLength: 256,
      description: 'Of a command of this service: the answer includes its write',
    };
    const description = `\`wait=<seconds>\`: how long to wait for that write (default ${waitSecondsDefault}, at most ${waitSecondsMax})`;
    properties.Prefer = { type: 'string', description };
  }
  const required = [
    ...(route.idempotency === 'required' ? ['Idempotency-Key'] : []),
    ...(route.ifMatch === 'required' ? ['If-Match'] : []),
  ];
  return { type: 'object', properties, required };
};

export const problemSchema = {
  type: 'object' as const,
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code', 'traceId'],
  properties: {
    type: { type: 'string' as const, format: 'uri-reference' },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const },
    code: { type: 'string' as const, description: 'Stable; a client may switch on it' },
    traceId: { type: 'string' as const, description: 'To be quoted to the operator' },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string' as const, description: 'RFC 6901, as a fragment: `#/items/1/quantity`' },
          detail: { type: 'string' as const },
          in: { type: 'string' as const, enum: ['query', 'header'], description: 'Absent: in the body' },
        },
      },
    },
  },
};

const problemResponses = (kinds: readonly ProblemKind[]) => {
  const codesOf = new Map<number, Set<string>>();
  for (const { status, code } of kinds) codesOf.set(status, (codesOf.get(status) ?? new Set()).add(code));
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    [...codesOf].map(([status, codes]) => [String(status), { description: [...codes].map((code) => `\`${code}\``).join(', '), content }]),
  );
};

const record = (value: unknown): { readonly [name: string]: unknown } => (typeof value === 'object' && value !== null ? { ...value } : {});

/** A zod route as JSON schema, with what its declarations imply: security, headers, problems. */
export const documentedRoute: SwaggerTransform = (input) => {
  const { route } = input;
  const { schema, url } = jsonSchemaTransform(input);
  const settings = settingsOf(route);
  const hasParams = route.url.includes(':');
  const kinds = [
    ...impliedProblems(settings, { hasParams, hasQuery: route.schema?.querystring !== undefined }),
    ...(route.config?.problems ?? []),
  ];
  return {
    url,
    schema: {
      ...schema,
      headers: impliedHeaders(settings),
      security: securityOf(settings.policy),
      'x-problem-codes': [...new Set(kinds.map(({ code }) => code))],
      response: { ...record(schema?.response), ...problemResponses(kinds) },
    },
  };
};
