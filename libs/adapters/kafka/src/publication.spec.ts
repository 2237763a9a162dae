import { expect, test } from 'vitest';
import { chunksOf, verdictOf } from './publication.ts';

const failure = (type: string, cause?: unknown): Error => Object.assign(new Error(type, { cause }), { type });

test('a publication is cut at 500 messages and at 512 KiB, in order', () => {
  const small = Array.from({ length: 1_001 }, (_, n) => ({ value: String(n) }));
  expect(chunksOf(small).map((chunk) => chunk.length)).toEqual([500, 500, 1]);
  expect(chunksOf(small).flat()).toEqual(small);
  const large = [1, 2, 3, 4].map(() => ({ value: 'x'.repeat(200 * 1024) }));
  expect(chunksOf(large).map((chunk) => chunk.length)).toEqual([2, 2]);
  expect(chunksOf([{ value: 'x'.repeat(600 * 1024) }, { value: '' }]).map((chunk) => chunk.length)).toEqual([1, 1]);
  expect(chunksOf([])).toEqual([]);
});

test('what the broker refuses is not sent again, however it is wrapped', () => {
  expect(verdictOf(failure('MESSAGE_TOO_LARGE'))).toBe('refused');
  expect(verdictOf(new Error('retries exceeded', { cause: failure('TOPIC_AUTHORIZATION_FAILED') }))).toBe('refused');
});

test('a producer whose sequence is lost is replaced, and everything else is sent again', () => {
  expect(verdictOf(failure('OUT_OF_ORDER_SEQUENCE_NUMBER'))).toBe('producer is lost');
  expect(verdictOf(failure('NOT_ENOUGH_REPLICAS'))).toBe('again');
  expect(verdictOf(new Error('connect ECONNREFUSED'))).toBe('again');
  expect(verdictOf('anything')).toBe('again');
});
