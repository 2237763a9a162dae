import type { Refusal } from '@conference/kernel';

/** One kind of problem. `code` is stable and kebab-case; a client may switch on it. */
export type ProblemKind<Code extends string = string> = {
  readonly code: Code;
  readonly status: number;
  /** The same for every occurrence (RFC 9457 §3.1.3). */
  readonly title: string;
};

export type ProblemTable = { readonly [code: string]: { readonly status: number; readonly title: string } };
export type ProblemKinds<Table extends ProblemTable> = { readonly [Code in keyof Table & string]: ProblemKind<Code> };

export const problemKinds = <const Table extends ProblemTable>(table: Table): ProblemKinds<Table> =>
  Object.fromEntries(Object.entries(table).map(([code, kind]) => [code, { code, ...kind }])) as ProblemKinds<Table>;

/** What every service may answer. The table in `/docs` is made from it. */
export const problemCodes = problemKinds({
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'idempotency-key-required': { status: 400, title: 'This command needs an Idempotency-Key' },
  'invalid-idempotency-key': { status: 400, title: 'The Idempotency-Key is not valid' },
  'invalid-if-match': { status: 400, title: 'The If-Match header is not valid' },
  'invalid-consistency-token': { status: 400, title: 'The Consistency-Token is not one of this service' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'idempotency-key-in-progress': { status: 409, title: 'The first request with this Idempotency-Key is still running' },
  'predecessor-missing': { status: 409, title: 'An earlier message of the subject has not come yet' },
  'version-mismatch': { status: 412, title: 'The resource has another version' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The content type is not supported' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used with another body' },
  'if-match-required': { status: 428, title: 'This command needs If-Match' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'temporarily-unavailable': { status: 503, title: 'Temporarily unavailable' },
  'read-model-behind': { status: 503, title: 'The read model has not caught up yet' },
});
export type CommonProblemCode = keyof typeof problemCodes;

/** Those that no route declares: they are answered before there is one, or where none is to blame. */
export const problemsOfAnyRequest: ReadonlySet<string> = new Set<CommonProblemCode>([
  'method-not-allowed',
  'request-timeout',
  'headers-too-large',
  'internal-error',
]);

export type ProblemOptions = {
  /** Further members of the problem (RFC 9457 §3.2); they never replace a standard one. */
  readonly extra?: { readonly [member: string]: unknown };
  /** Sent as `Retry-After`, rounded up. */
  readonly retryAfterSeconds?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly cause?: unknown;
};

/** An answer that is an error. Thrown by routes and hooks; the error handler turns it into `application/problem+json`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly detail: string | undefined;
  readonly options: ProblemOptions;
  constructor(kind: ProblemKind, detail?: string, options: ProblemOptions = {}) {
    super(detail ?? kind.title, { cause: options.cause });
    this.kind = kind;
    this.detail = detail;
    this.options = options;
  }
}

/**
 * The problems of one service: the common ones and its own refusals, typed by their codes.
 *
 * ```ts
 * export const problems = problemCatalog({ 'slug-taken': { status: 409, title: 'The slug is taken' } });
 * throw problems.problem('slug-taken');
 * ```
 */
export type ProblemCatalog<Code extends string> = {
  readonly kinds: { readonly [C in Code]: ProblemKind<C> };
  /** Compiles only for a code of the table, so a refusal without an answer is found by the compiler. */
  readonly problem: (code: Code, detail?: string, options?: ProblemOptions) => Problem;
  /** A domain's refusal as the problem of the same code; its other members become members of the problem. */
  readonly refused: (refusal: Refusal & { readonly code: Code }, options?: ProblemOptions) => Problem;
};

export const problemCatalog = <const Table extends ProblemTable>(
  own: Table,
): ProblemCatalog<CommonProblemCode | (keyof Table & string)> => {
  type Code = CommonProblemCode | (keyof Table & string);
  for (const code of Object.keys(own)) if (code in problemCodes) throw new Error(`the problem code ${code} is a common one`);
  const kinds = { ...problemCodes, ...problemKinds(own) } as { readonly [C in Code]: ProblemKind<C> };
  return {
    kinds,
    problem: (code, detail, options) => new Problem(kinds[code], detail, options),
    refused: ({ code, ...facts }, options) => new Problem(kinds[code], undefined, { ...options, extra: { ...facts, ...options?.extra } }),
  };
};

/** A problem of the common table. */
export const problem = (code: CommonProblemCode, detail?: string, options?: ProblemOptions): Problem =>
  new Problem(problemCodes[code], detail, options);

/** One text for "does not exist" and "is not yours": the two answers must not differ. */
export const notFound = (): Problem => problem('not-found', 'There is no such resource, or the token does not cover it.');

/** 401 with the challenge that RFC 9110 §11.6.1 asks for. */
export const unauthenticated = (detail = 'Send a valid token as `Authorization: Bearer <token>`.'): Problem =>
  problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });

/** `no-stream`: there is no such resource yet, so it has no version; `currentVersion` is null then. */
export const versionMismatch = (current: number | 'no-stream'): Problem =>
  problem('version-mismatch', 'The resource was changed since it was read.', {
    extra: { currentVersion: current === 'no-stream' ? null : current },
  });

export const keyReused = (): Problem => problem('idempotency-key-reused', 'Repeat the request as it was, or choose a new Idempotency-Key.');

export const readModelBehind = (): Problem =>
  problem('read-model-behind', 'Your write has not arrived in this read model yet. Ask again.', { retryAfterSeconds: 1 });

export const temporarilyUnavailable = (retryAfterSeconds = 1, cause?: unknown): Problem =>
  problem('temporarily-unavailable', 'Repeat the request; with the same Idempotency-Key this is safe.', { retryAfterSeconds, cause });

export const tooManyRequests = (retryAfterSeconds: number): Problem =>
  problem('too-many-requests', 'Wait before the next attempt.', { retryAfterSeconds });

/** Where in the request: `pointer` is a JSON pointer (RFC 6901) as a URI fragment, into the body unless `in` says otherwise. */
export type InvalidPart = { readonly pointer: string; readonly detail: string; readonly in?: 'query' | 'header' };

export const invalidRequest = (errors: readonly InvalidPart[], detail = 'See `errors` for what to change.'): Problem =>
  problem('invalid-request', detail, { extra: { errors } });

/** A name that is no text (a lone surrogate) has no URI form: its place is taken by U+FFFD. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  `#${path.map((step) => `/${encodeURIComponent(String(step).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
