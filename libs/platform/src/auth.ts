import type { FastifyRequest } from 'fastify';
import { notFound, unauthenticated } from './problem.ts';
import { sameSecret, type TokenKind, type Tokens } from './tokens.ts';

/** Who a request comes from, as far as it was proved. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'organiser'; readonly conferenceId: string }
  | { readonly kind: 'registrant'; readonly orderId: string }
  | { readonly kind: 'operator' }
  /** Proved by the signature over its body. */
  | { readonly kind: 'signed'; readonly by: string };

/** Whether a body is signed as it must be. Called with the bytes as they came, before they are parsed. */
export type SignatureCheck = (headers: FastifyRequest['headers'], rawBody: string) => boolean;

/** What a route asks of its caller. Every route declares one; one without does not register. */
export type AuthPolicy =
  | { readonly kind: 'public' }
  | { readonly kind: 'organiser'; readonly param: string }
  | { readonly kind: 'registrant'; readonly param: string }
  | { readonly kind: 'registrant-of-body' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'signed'; readonly by: string; readonly check: SignatureCheck };

export const auth = {
  /** Nobody is asked for anything. */
  public: { kind: 'public' },
  /** The operator's token; anything else is 401. */
  operator: { kind: 'operator' },
  /**
   * A registrant's token. Which order it must cover is known only from the body or from what is loaded: the handler must
   * call {@link assertCovers}, and an answer without that is turned into a 500.
   */
  registrantOfBody: { kind: 'registrant-of-body' },
  /** The token of the conference whose id is this parameter of the path. */
  organiser: (param: string): AuthPolicy => ({ kind: 'organiser', param }),
  /** The token of the order whose id is this parameter of the path. */
  registrant: (param: string): AuthPolicy => ({ kind: 'registrant', param }),
  /** A signature of `by` over the raw body, checked before the body is parsed; otherwise 401. */
  signed: (by: string, check: SignatureCheck): AuthPolicy => ({ kind: 'signed', by, check }),
} as const satisfies { readonly [policy: string]: AuthPolicy | ((...args: never) => AuthPolicy) };

const anonymous: Principal = { kind: 'anonymous' };
const operator: Principal = { kind: 'operator' };

/** Text for metadata (`actor`), logs and command ids. */
export const actorOf = (principal: Principal): string => {
  switch (principal.kind) {
    case 'organiser':
      return `organiser:${principal.conferenceId}`;
    case 'registrant':
      return `registrant:${principal.orderId}`;
    case 'signed':
      return principal.by;
    case 'anonymous':
    case 'operator':
      return principal.kind;
  }
};

/** The token of `Authorization: Bearer <token>` (RFC 6750 §2.1). */
const bearerTokenOf = (header: string | undefined): string | undefined =>
  header !== undefined && header.length > 7 && header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : undefined;

const principalOfToken = (kind: TokenKind, sub: string): Principal =>
  kind === 'organiser' ? { kind, conferenceId: sub } : { kind, orderId: sub };

/** Of a path; ids are compared whatever their case. */
type Params = { readonly [name: string]: string };
const sameId = (a: string | undefined, b: string): boolean => a === b || a?.toLowerCase() === b.toLowerCase();

/** Checks the caller of a request against a route's policy: a principal, or a thrown 401 or 404. */
export type Authenticator = (policy: AuthPolicy, authorization: string | undefined, params: Params) => Principal;

export const authenticator = (options: { readonly tokens: Tokens; readonly operatorToken: string }): Authenticator => {
  const { tokens, operatorToken } = options;

  const bearer = (kind: TokenKind, authorization: string | undefined): string => {
    const token = bearerTokenOf(authorization);
    const claims = token === undefined ? undefined : tokens.verify(token);
    if (claims?.kind === kind) return claims.sub;
    // A valid token of another kind must not tell whether the object exists.
    if (claims !== undefined || (token !== undefined && sameSecret(token, operatorToken))) throw notFound();
    throw unauthenticated();
  };

  return (policy, authorization, params) => {
    switch (policy.kind) {
      case 'public':
        return anonymous;
      // The body is still to come: see the body parser.
      case 'signed':
        return anonymous;
      case 'operator': {
        const token = bearerTokenOf(authorization);
        if (token === undefined || !sameSecret(token, operatorToken)) throw unauthenticated();
        return operator;
      }
      case 'registrant-of-body':
        return principalOfToken('registrant', bearer('registrant', authorization));
      case 'organiser':
      case 'registrant': {
        const sub = bearer(policy.kind, authorization);
        if (!sameId(params[policy.param], sub)) throw notFound();
        return principalOfToken(policy.kind, sub);
      }
    }
  };
};

/** Throws when a policy cannot work on this route: better at start-up than on the first request. */
export const checkPolicy = (policy: AuthPolicy | undefined, method: string, url: string): AuthPolicy => {
  if (policy === undefined)
    throw new Error(`${method} ${url} declares no auth policy: set config.auth (auth.public when it is meant for all)`);
  if ((policy.kind === 'organiser' || policy.kind === 'registrant') && !url.split('/').includes(`:${policy.param}`)) {
    throw new Error(`${method} ${url} has no parameter ":${policy.param}", which its auth policy compares the token with`);
  }
  if (policy.kind === 'signed' && method !== 'POST' && method !== 'PUT')
    throw new Error(`${method} ${url} has no body that could be signed`);
  return policy;
};

const covered = new WeakSet<FastifyRequest>();

/** For {@link auth.registrantOfBody}: 404 unless the token covers this order, exactly as for one that does not exist. */
export const assertCovers = (request: FastifyRequest, orderId: string): void => {
  covered.add(request);
  if (request.principal.kind !== 'registrant' || !sameId(orderId, request.principal.orderId)) throw notFound();
};

export const coverageWasAsserted = (request: FastifyRequest): boolean => covered.has(request);
