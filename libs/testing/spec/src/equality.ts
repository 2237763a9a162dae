import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Deep equality; the quick answer first, the readable difference only when there is one. */
export const expectEqual = (actual: unknown, expected: unknown, message: string): void => {
  if (!isDeepStrictEqual(actual, expected)) expect.fail(describeDifference(actual, expected, message));
};

const describeDifference = (actual: unknown, expected: unknown, message: string): string =>
  `${message}\nexpected ${JSON.stringify(expected, undefined, 2)}\nactual ${JSON.stringify(actual, undefined, 2)}`;

export const viaJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What is stored must come back as it was: no undefined, NaN, -0, bigint or class instance. */
export const expectJson = <T>(value: T, what: string): T => {
  const back = viaJson(value);
  expectEqual(back, value, `${what} does not survive JSON`);
  return back;
};
