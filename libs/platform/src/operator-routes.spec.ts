import { describe, expect, it } from 'vitest';
import { parkingProblem } from './operator-routes.ts';

describe('a decision about a parked message that is not taken', () => {
  const answer = (outcome: Parameters<typeof parkingProblem>[0]) => {
    const { kind } = parkingProblem(outcome);
    return [kind.status, kind.code];
  };

  it('says that an earlier message has to come first', () => {
    expect(answer({ status: 'rejected', reason: { code: 'predecessor-missing' } })).toEqual([409, 'predecessor-missing']);
  });

  it('is about nothing when the message is not parked any more', () => {
    expect(answer({ status: 'rejected', reason: { code: 'not-parked' } })).toEqual([404, 'not-found']);
  });

  it('may be taken later when the store does not answer', () => {
    expect(answer({ status: 'busy' })).toEqual([503, 'temporarily-unavailable']);
  });
});
