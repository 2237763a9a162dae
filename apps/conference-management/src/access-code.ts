import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 16;

/** 16 characters, 80 bits, crypto-random (W-24). */
export const newAccessCode = (): string => Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('');

/** As people type it: any case, with blanks or dashes, O for 0, I and L for 1. */
export const normalizedAccessCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
