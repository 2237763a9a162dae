import { afterEach, expect, it, vi } from 'vitest';
import { newAccessCode, normalizedAccessCode } from './access-code.ts';

it('An access code has 16 characters of Crockford’s base 32, and is another one every time', () => {
  const codes = Array.from({ length: 500 }, newAccessCode);
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(new Set(codes).size).toBe(codes.length);
  expect(new Set(codes.join('')).size).toBe(32);
});

afterEach(() => {
  vi.doUnmock('node:crypto');
  vi.resetModules();
});
it('W-24: It is made of the bytes of the cryptographic source, and of nothing else', async () => {
  let filled = 0;
  const randomFillSync = (bytes: Uint8Array): Uint8Array => bytes.fill(31 - filled++);
  vi.doMock('node:crypto', async (original) => ({ ...(await original<typeof import('node:crypto')>()), randomFillSync }));
  vi.resetModules();
  const { newAccessCode: foretold } = await import('./access-code.ts');
  expect(Array.from({ length: 257 }, foretold)).toEqual([...Array<string>(256).fill('Z'.repeat(16)), 'Y'.repeat(16)]);
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
