import { createHmac } from 'node:crypto';
import type { Instant } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { manualClock, someId } from './example-server.fixture.ts';
import { sameSecret, type TokenClaims, tokens } from './tokens.ts';

const secret = 'a secret that is long enough for this';
const claims: TokenClaims = { kind: 'registrant', sub: someId(1), expiresAt: '2027-05-02T13:00:00.000Z' as Instant };
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (header: object, payload: object, key = secret, algorithm = 'sha256'): string => {
  const content = `${base64url(header)}.${base64url(payload)}`;
  return `${content}.${createHmac(algorithm, key).update(content).digest('base64url')}`;
};
const ourHeader = { alg: 'HS256', typ: 'conference+jwt' };
const ourPayload = { iss: 'conference', kind: 'registrant', sub: someId(1), exp: 1809262800 };

describe('tokens', () => {
  const clock = manualClock();
  const { sign, verify } = tokens({ secret, clock });

  it('verify what they signed', () => {
    expect(verify(sign(claims))).toEqual(claims);
  });

  it('are JWTs by HS256 that another implementation would make alike', () => {
    expect(sign(claims)).toBe(signed(ourHeader, ourPayload));
    expect(verify(signed(ourHeader, ourPayload))).toEqual(claims);
  });

  it('are the very same for the same claims, whenever they are made', () => {
    const first = sign(claims);
    clock.advance(1_000);
    expect(sign(claims)).toBe(first);
  });

  it('carry the time of issue when it is given', () => {
    const payload = sign({ ...claims, issuedAt: '2027-05-02T12:00:00.000Z' as Instant }).split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iat: 1809259200 });
  });

  it.each([
    ['empty', ''],
    ['not of three parts', 'a.b'],
    ['of four parts', `${sign(claims)}.x`],
    ['without an algorithm', `${signed({ alg: 'none' }, ourPayload).split('.').slice(0, 2).join('.')}.`],
    ['of another algorithm', signed({ alg: 'HS512', typ: 'conference+jwt' }, ourPayload, secret, 'sha512')],
    ['of another type', signed({ alg: 'HS256', typ: 'JWT' }, ourPayload)],
    ['of another issuer', signed(ourHeader, { ...ourPayload, iss: 'elsewhere' })],
    ['of an unknown kind', signed(ourHeader, { ...ourPayload, kind: 'operator' })],
    ['without a subject', signed(ourHeader, { ...ourPayload, sub: undefined })],
    ['without an expiry', signed(ourHeader, { ...ourPayload, exp: undefined })],
    ['whose content is no object', `${signed(ourHeader, ['x'])}`],
    ['signed with another secret', signed(ourHeader, ourPayload, 'another secret')],
    ['longer than any of ours', signed(ourHeader, { ...ourPayload, more: 'x'.repeat(2000) })],
  ])('do not accept one that is %s', (_, token) => {
    expect(verify(token)).toBeUndefined();
  });

  it('do not accept one with a changed character anywhere', () => {
    const token = sign(claims);
    for (let i = 0; i < token.length; i++) {
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      expect(verify(changed), `at ${i}`).toBeUndefined();
    }
  });

  it('do not accept another spelling of a right signature', () => {
    const token = sign(claims);
    const last = token.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBits = alphabet[alphabet.indexOf(last) ^ 1] ?? '';
    expect(Buffer.from(sameBits, 'base64url')).toEqual(Buffer.from(last, 'base64url'));
    expect(verify(`${token.slice(0, -1)}${sameBits}`)).toBeUndefined();
  });

  it('end 30 seconds after their expiry, also when they were verified before', () => {
    const later = manualClock('2027-05-02T13:00:29.999Z' as Instant);
    const fresh = tokens({ secret, clock: later });
    const token = fresh.sign(claims);
    expect(fresh.verify(token)).toEqual(claims);
    later.advance(1);
    expect(fresh.verify(token)).toBeUndefined();
    expect(fresh.verify(token)).toBeUndefined();
  });
});

describe('secrets', () => {
  it('are equal only when every character is', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abd', 'abc')).toBe(false);
    expect(sameSecret('ab', 'abc')).toBe(false);
    expect(sameSecret('', 'abc')).toBe(false);
  });
});
