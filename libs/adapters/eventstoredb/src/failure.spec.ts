import { StoreUnavailable, UnknownOutcome } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import { appendFailure, readFailure, TimeUp } from './failure.ts';

const ofType = (type: string, message = type): Error => Object.assign(new Error(message), { type });

describe('an append that failed', () => {
  it.each(['timeout', 'deadline-exceeded', 'unavailable', 'cancelled', 'unknown', 'not-leader'])('with %s has an unknown outcome', (type) =>
    expect(appendFailure('Order-1', ofType(type))).toBeInstanceOf(UnknownOutcome),
  );
  it('in our own time limit has an unknown outcome', () =>
    expect(appendFailure('Order-1', new TimeUp('no answer'))).toBeInstanceOf(UnknownOutcome));
  it('without a connection was certainly not written', () =>
    expect(
      appendFailure('Order-1', ofType('unavailable', '14 UNAVAILABLE: No connection established. Last error: ECONNREFUSED')),
    ).toBeInstanceOf(StoreUnavailable));
  it('without a connection has an unknown outcome still, when an earlier try had', () =>
    expect(appendFailure('Order-1', ofType('unavailable', 'No connection established'), true)).toBeInstanceOf(UnknownOutcome));
  it.each(['access-denied', 'invalid-argument', 'maximum-append-size-exceeded', 'stream-deleted'])('with %s stays what it is', (type) => {
    const error = ofType(type);
    expect(appendFailure('Order-1', error)).toBe(error);
  });
});

describe('a read that failed', () => {
  it('can be tried again', () => expect(readFailure('reading', ofType('unavailable'))).toBeInstanceOf(StoreUnavailable));
  it('cannot, when the server refuses it or what it read is not ours', () => {
    for (const error of [ofType('access-denied'), new TypeError('no event')]) expect(readFailure('reading', error)).toBe(error);
  });
});
