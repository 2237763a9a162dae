import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** Milliseconds. A request is repeated, always with the same Idempotency-Key, until it is answered or this time is over. */
export type RetryLimits = { readonly withinMs: number; readonly requestTimeoutMs: number };

const retryLimitsDefault: RetryLimits = { withinMs: 10_000, requestTimeoutMs: 10_000 };
const firstPauseMs = 25;
const pauseMsMax = 500;

export interface HttpRequest<Body> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly answer: z.ZodType<Body>;
  readonly token?: string;
  /** Of a command; one is made for a command that has none, so that a repeat never does it twice. */
  readonly key?: string;
  readonly body?: unknown;
  /** `Prefer: wait=<seconds>`. */
  readonly waitSeconds?: number;
  readonly ifMatch?: number;
  readonly consistencyToken?: string;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly version: number | undefined;
  readonly consistencyToken: string | undefined;
  readonly isReplayed: boolean;
}

/** The service said no: a problem (RFC 9457) that a repeat would not change. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  constructor(
    what: string,
    refusal: { readonly status: number; readonly code: string; readonly detail: string; readonly retryAfterSeconds?: number },
  ) {
    super(`${what}: ${refusal.status} ${refusal.code}${refusal.detail === '' ? '' : ` (${refusal.detail})`}`);
    this.status = refusal.status;
    this.code = refusal.code;
    this.retryAfterSeconds = refusal.retryAfterSeconds;
  }
}

/** No answer within the limits, so the outcome is unknown: the service is away, or answers 5xx. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface HttpClient {
  /** Throws {@link RequestRefused}, {@link NoAnswer}, or a `ZodError` for an answer that is not what the contract says. */
  send<Body>(request: HttpRequest<Body>): Promise<Answer<Body>>;
}

const problemBody = z.object({
  code: z.string().default('unknown'),
  title: z.string().default(''),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

const headersOf = (request: HttpRequest<unknown>): Headers => {
  const { method, token, key, body, waitSeconds, ifMatch, consistencyToken } = request;
  const headers = new Headers({ accept: 'application/json' });
  if (method !== 'GET') headers.set('idempotency-key', key ?? randomUUID());
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (waitSeconds !== undefined) headers.set('prefer', `wait=${waitSeconds}`);
  if (ifMatch !== undefined) headers.set('if-match', `"${ifMatch}"`);
  if (consistencyToken !== undefined) headers.set('consistency-token', consistencyToken);
  return headers;
};

const numberIn = (header: string | null): number | undefined => {
  const [digits] = /\d+/.exec(header ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const refusalOf = (what: string, response: Response, text: string): RequestRefused => {
  const problem = problemBody.safeParse(jsonOf(text));
  const { code, title, detail: said = title, errors } = problem.success ? problem.data : problemBody.parse({});
  const detail = [said, ...errors.map((error) => `${error.pointer} ${error.detail}`)].join('; ');
  const retryAfterSeconds = numberIn(response.headers.get('retry-after'));
  return new RequestRefused(what, {
    status: response.status,
    code,
    detail,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
};

/** Our own first attempt may still be running when its repeat arrives. */
const isInProgress = (refusal: RequestRefused): boolean => refusal.code === 'idempotency-key-in-progress';

/**
 * JSON over HTTP with kept-alive connections. Repeats what may not have been done - connection errors, time-outs, 5xx,
 * "the first one is still running" - with the same key and within its limits; hands on every other answer as it is.
 */
export const httpClient = (url: string, limits: Partial<RetryLimits> = {}): HttpClient => {
  const { withinMs, requestTimeoutMs } = { ...retryLimitsDefault, ...limits };

  const attempt = async <Body>(request: HttpRequest<Body>, headers: Headers): Promise<Answer<Body> | Error> => {
    const what = `${request.method} ${request.path}`;
    let response: Response;
    let text: string;
    try {
      const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
      response = await fetch(`${url}${request.path}`, {
        method: request.method,
        headers,
        ...body,
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      text = await response.text();
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    if (!response.ok) {
      const refusal = refusalOf(what, response, text);
      if (response.status >= 500 || isInProgress(refusal)) return refusal;
      throw refusal;
    }
    return {
      status: response.status,
      body: request.answer.parse(text === '' ? undefined : JSON.parse(text)),
      version: numberIn(response.headers.get('etag')),
      consistencyToken: response.headers.get('consistency-token') ?? undefined,
      isReplayed: response.headers.get('idempotency-replayed') === 'true',
    };
  };

  return {
    send: async (request) => {
      const headers = headersOf(request);
      const giveUpAt = performance.now() + withinMs;
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
        const result = await attempt(request, headers);
        if (!(result instanceof Error)) return result;
        const left = giveUpAt - performance.now();
        if (left <= 0) throw new NoAnswer(`${request.method} ${url}${request.path}: ${result.message}`, { cause: result });
        await sleep(Math.min(left, pauseMs * (0.5 + Math.random())));
      }
    },
  };
};
