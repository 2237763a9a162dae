import { createHmac, randomFillSync } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 16;

/** Random bytes for many codes: asking for a few at a time costs as much. Used bytes are never used again. */
const pool = Buffer.alloc(4_096);
let used = pool.length;
const randomBytes = (count: number): Uint8Array => {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + count);
  used += count;
  return bytes;
};

/** 16 characters, 80 bits, crypto-random (ORD-3, W-24). */
export const newAccessCode = (): string => {
  let code = '';
  for (const byte of randomBytes(length)) code += alphabet[byte & 31];
  return code;
};

/** As people type it: any case, with blanks or dashes, O for 0, I and L for 1. */
export const normalizedAccessCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');

/**
 * The keyed hash by which a session finds its object; the key is the secret that signs the tokens. So after a new secret the
 * projection that holds the locators is rebuilt, as an operator can, before a session finds older objects.
 */
export const locatorWith =
  (secret: string) =>
  (email: string, accessCode: string): string =>
    createHmac('sha256', secret).update(`${email.trim().toLowerCase()} ${accessCode}`).digest('base64url');
