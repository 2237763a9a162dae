import { describe, expect, it } from 'vitest';
import { manualClock } from './example-server.fixture.ts';
import { attemptsWindowMs, sessionAttempts } from './session-attempts.ts';

const minute = 60_000;

describe('attempts at a session', () => {
  it('are refused after ten failed ones in ten minutes, until the first of them is that old', () => {
    const clock = manualClock();
    const attempts = sessionAttempts({ secret: 's', clock });
    for (let i = 0; i < 10; i++) {
      expect(attempts.begin('ann@example.org').status).toBe('allowed');
      clock.advance(i === 0 ? minute : 0);
    }
    expect(attempts.begin('ann@example.org')).toEqual({ status: 'limited', retryAfterSeconds: 9 * 60 });
    clock.advance(9 * minute - 1);
    expect(attempts.begin('ann@example.org')).toEqual({ status: 'limited', retryAfterSeconds: 1 });
    clock.advance(1);
    expect(attempts.begin('ann@example.org').status).toBe('allowed');
    expect(attempts.begin('ann@example.org').status).toBe('limited');
  });

  it('count per address, in any case of its letters', () => {
    const attempts = sessionAttempts({ secret: 's', clock: manualClock() });
    for (let i = 0; i < 10; i++) attempts.begin('ann@example.org');
    expect(attempts.begin(' Ann@Example.org').status).toBe('limited');
    expect(attempts.begin('bob@example.org').status).toBe('allowed');
  });

  it('that succeeded do not count', () => {
    const attempts = sessionAttempts({ secret: 's', clock: manualClock() });
    for (let i = 0; i < 50; i++) {
      const attempt = attempts.begin('ann@example.org');
      if (attempt.status !== 'allowed') throw new Error('refused');
      attempt.succeeded();
    }
    for (let i = 0; i < 10; i++) expect(attempts.begin('ann@example.org').status).toBe('allowed');
    expect(attempts.begin('ann@example.org').status).toBe('limited');
  });

  it('that are all begun at one moment count before any of them has failed', () => {
    const attempts = sessionAttempts({ secret: 's', clock: manualClock() });
    const begun = Array.from({ length: 100 }, () => attempts.begin('ann@example.org').status);
    expect(begun.filter((status) => status === 'allowed')).toHaveLength(10);
  });

  it('are forgotten after ten minutes', () => {
    const clock = manualClock();
    const attempts = sessionAttempts({ secret: 's', clock });
    for (let i = 0; i < 10; i++) attempts.begin('ann@example.org');
    clock.advance(attemptsWindowMs);
    for (let i = 0; i < 10; i++) expect(attempts.begin('ann@example.org').status).toBe('allowed');
  });
});
