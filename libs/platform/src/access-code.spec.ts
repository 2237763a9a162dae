import { expect, it } from 'vitest';
import { newAccessCode, normalizedAccessCode } from './access-code.ts';

it('An access code has 16 characters of Crockford’s base 32, and is another one every time', () => {
  const codes = Array.from({ length: 500 }, newAccessCode);
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(new Set(codes).size).toBe(codes.length);
  expect(new Set(codes.join('')).size).toBe(32);
});

it.each([
  ['abcd-efgh-jkmn-pqrs', 'ABCDEFGHJKMNPQRS'],
  [' ABCD EFGH\tJKMN PQRS ', 'ABCDEFGHJKMNPQRS'],
  ['o1il-OIL0', '01110110'],
])('It is the same one when it is typed as %s', (typed, code) => expect(normalizedAccessCode(typed)).toBe(code));

it('It is the same one when it was typed as it was given', () => {
  const code = newAccessCode();
  expect(normalizedAccessCode(code)).toBe(code);
});
