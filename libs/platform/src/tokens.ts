import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import type { Clock } from '@conference/ports';
import { boundedMap } from './bounded-map.ts';
import { instantOf, millisecondsOf } from './instant.ts';

export type TokenKind = 'organiser' | 'registrant';
export type TokenClaims = {
  readonly kind: TokenKind;
  /** The one object that the token covers: a conference (organiser) or an order (registrant). */
  readonly sub: string;
  readonly expiresAt: Instant;
};

export interface Tokens {
  /**
   * A JWT (RFC 7519), HS256. It depends on the claims and the secret alone, so a repeated command is answered with the
   * very same token. Times are cut to seconds.
   */
  sign(claims: TokenClaims & { readonly issuedAt?: Instant }): string;
  /** Undefined when malformed, tampered, signed with another secret, not of ours, or expired for more than 30 s. */
  verify(token: string): TokenClaims | undefined;
}

const issuer = 'conference';
const clockToleranceMs = 30_000;
const tokenLengthMax = 1024;
const cachedTokensMax = 10_000;
// A token begins with exactly this header, or it is none of ours: another `alg` is never looked at.
const header = Buffer.from('{"alg":"HS256","typ":"conference+jwt"}').toString('base64url');

const equalTexts = (a: string, b: string): boolean => {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
};

const secondsOf = (instant: Instant): number => Math.floor(millisecondsOf(instant) / 1000);

const claimsOf = (payload: string): TokenClaims | undefined => {
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { iss, kind, sub, exp } = claims as { readonly [claim: string]: unknown };
  if (iss !== issuer || typeof sub !== 'string' || typeof exp !== 'number') return undefined;
  if (kind !== 'organiser' && kind !== 'registrant') return undefined;
  return { kind, sub, expiresAt: instantOf(exp * 1000) };
};

/**
 * Tokens signed and verified with `node:crypto`, synchronously: this is on the path of every command. Verified tokens are
 * remembered until they expire; nothing else is, so a flood of forged ones takes no memory.
 */
export const tokens = (options: { readonly secret: string; readonly clock: Clock }): Tokens => {
  const { secret, clock } = options;
  const verified = boundedMap<{ readonly claims: TokenClaims; readonly goodUntil: Instant }>({ entriesMax: cachedTokensMax });
  const signatureOf = (signed: string): string => createHmac('sha256', secret).update(signed).digest('base64url');

  const check = (token: string): TokenClaims | undefined => {
    const [first, payload, signature, ...rest] = token.split('.');
    if (first !== header || payload === undefined || signature === undefined || rest.length > 0) return undefined;
    // Compared as text: base64url has several spellings of the same bytes, and only ours is accepted.
    if (!equalTexts(signature, signatureOf(`${first}.${payload}`))) return undefined;
    return claimsOf(payload);
  };

  return {
    sign: ({ kind, sub, expiresAt, issuedAt }) => {
      const iat = issuedAt === undefined ? {} : { iat: secondsOf(issuedAt) };
      const payload = Buffer.from(JSON.stringify({ iss: issuer, kind, sub, ...iat, exp: secondsOf(expiresAt) })).toString('base64url');
      return `${header}.${payload}.${signatureOf(`${header}.${payload}`)}`;
    },
    verify: (token) => {
      const known = verified.get(token);
      // Instants are ordered as text.
      if (known !== undefined && clock.now() < known.goodUntil) return known.claims;
      if (known !== undefined) verified.delete(token);
      if (token.length > tokenLengthMax) return undefined;
      const claims = check(token);
      if (claims === undefined) return undefined;
      const goodUntil = instantOf(millisecondsOf(claims.expiresAt) + clockToleranceMs);
      if (clock.now() >= goodUntil) return undefined;
      verified.set(token, { claims, goodUntil });
      return claims;
    },
  };
};

/** Whether two secrets are equal; takes the same time wherever they differ, and whatever their lengths are. */
export const sameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'));
