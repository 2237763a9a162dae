import type { Position } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { canonicalJson, requestHashOf } from './canonical-json.ts';
import { etagOf, parseIfMatch, requireIfMatch } from './conditional.ts';
import { consistencyToken, positionOf } from './consistency-token.ts';
import { preferredWaitMs } from './prefer.ts';
import { Problem } from './problem.ts';
import { parseTraceparent, traceOf } from './trace.ts';
import { isUuid } from './uuid-text.ts';

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof Problem) return error.kind.code;
    throw error;
  }
  return 'accepted';
};

describe('If-Match', () => {
  it('names the version that ETag gave', () => {
    expect(parseIfMatch(etagOf(0))).toBe(0);
    expect(parseIfMatch(' "12" ')).toBe(12);
  });

  it('asks for nothing when it is absent or says any', () => {
    expect([parseIfMatch(undefined), parseIfMatch('*')]).toEqual([undefined, undefined]);
  });

  it.each(['12', '"12", "13"', 'W/"12"', '"abc"', '""', '"-1"', '"1.5"', `"${'9'.repeat(16)}"`])('is refused as %s', (header) => {
    expect(codeOf(() => parseIfMatch(header))).toBe('invalid-if-match');
  });

  it('must name a version where it is required', () => {
    expect(requireIfMatch('"3"')).toBe(3);
    expect(codeOf(() => requireIfMatch(undefined))).toBe('if-match-required');
    expect(codeOf(() => requireIfMatch('*'))).toBe('if-match-required');
    expect(codeOf(() => requireIfMatch('x'))).toBe('invalid-if-match');
  });
});

describe('Prefer', () => {
  it.each([
    ['wait=3', 3000],
    ['wait=0', 0],
    ['wait=60', 5000],
    ['Wait = "1"', 1000],
    ['respond-async, wait=1', 1000],
    ['wait=1; foo=bar', 1000],
    ['wait=-1', undefined],
    ['wait=soon', undefined],
    ['waiting=3', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s waits %s ms', (header, milliseconds) => {
    expect(preferredWaitMs(header)).toBe(milliseconds);
  });
});

describe('a consistency token', () => {
  const position = '0000000000000042' as Position;
  const token = consistencyToken('registration', position);

  it('gives its position back to the service that issued it', () => {
    expect(positionOf('registration', token)).toBe(position);
  });

  it.each([
    ['of another service', consistencyToken('payments', position)],
    ['empty', ''],
    ['some text', 'garbage'],
    ['JSON of another shape', Buffer.from('{"a":1}').toString('base64url')],
    ['of another format', Buffer.from(JSON.stringify([2, 'registration', position])).toString('base64url')],
    ['with a member more', Buffer.from(JSON.stringify([1, 'registration', position, 1])).toString('base64url')],
    ['with padding', `${token}=`],
    ['very long', consistencyToken('registration', 'x'.repeat(1000) as Position)],
  ])('is refused when it is %s', (_, text) => {
    expect(codeOf(() => positionOf('registration', text))).toBe('invalid-consistency-token');
  });
});

describe('the hash of a request', () => {
  it('does not depend on the order of members or on undefined ones', () => {
    expect(requestHashOf({ a: 1, b: { c: [1, { d: 2, e: 3 }], f: undefined } })).toBe(
      requestHashOf({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }),
    );
  });

  it('depends on the order of items, on types and on every value', () => {
    const different = [undefined, null, {}, [], { a: 1 }, { a: '1' }, { a: null }, { b: 1 }, [1, 2], [2, 1], [[1], 2], 'a', '', 0, false];
    expect(new Set(different.map(requestHashOf)).size).toBe(different.length);
  });

  it('is of JSON that reads back as the same value', () => {
    const value = { 'a"b': ['é', null, { z: 1e21, a: -0.5 }], '': true, __proto__: 1 };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });
});

describe('the trace of a request', () => {
  const requestId = '0198c0de-0000-7000-8000-00000000abcd';
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('begins with the request when it came without one', () => {
    expect(traceOf({}, requestId)).toEqual({
      traceId: '0198c0de00007000800000000000abcd',
      correlationId: requestId,
      traceparent: '00-0198c0de00007000800000000000abcd-800000000000abcd-01',
    });
  });

  it('goes on where the caller says, with a span of its own and a correlation id that every service makes alike', () => {
    const trace = traceOf({ traceparent }, requestId);
    expect(trace.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(trace.traceparent).toBe('00-4bf92f3577b34da6a3ce929d0e0e4736-800000000000abcd-01');
    expect(trace.correlationId).toBe('4bf92f35-77b3-8da6-a3ce-929d0e0e4736');
    expect(isUuid(trace.correlationId)).toBe(true);
    expect(traceOf({ traceparent }, '0198c0de-0000-7000-8000-00000000ffff').correlationId).toBe(trace.correlationId);
  });

  it('takes X-Correlation-Id when that is a UUID', () => {
    expect(traceOf({ traceparent, 'x-correlation-id': requestId.toUpperCase() }, requestId).correlationId).toBe(requestId);
    expect(traceOf({ 'x-correlation-id': 'an order of mine' }, requestId).correlationId).toBe(requestId);
  });

  it.each([
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ])('ignores the invalid traceparent %s', (invalid) => {
    expect(parseTraceparent(invalid)).toBeUndefined();
  });

  it('reads a traceparent of a later version as far as it knows it', () => {
    expect(parseTraceparent('01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more')).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      flags: '00',
    });
  });
});
