import { describe, expect, it } from 'vitest';
import { manualClock } from './example-server.fixture.ts';
import { clientOf, rateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  it('lets a burst of one second through, then one request each time a share of it has passed', () => {
    const clock = manualClock();
    const limit = rateLimit({ perSecond: 2, clock });
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([undefined, undefined, 0.5]);
    clock.advance(499);
    expect(limit.take('a')).toBeGreaterThan(0);
    clock.advance(1);
    expect(limit.take('a')).toBeUndefined();
    clock.advance(60_000);
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([undefined, undefined, 0.5]);
  });

  it('counts each client for itself', () => {
    const limit = rateLimit({ perSecond: 1, clock: manualClock() });
    expect([limit.take('a'), limit.take('b'), limit.take('a')]).toEqual([undefined, undefined, 1]);
  });

  it('does not give more when the clock goes back', () => {
    const clock = manualClock();
    const limit = rateLimit({ perSecond: 1, clock });
    limit.take('a');
    clock.advance(-60_000);
    expect(limit.take('a')).toBe(1);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('takes %s for the client %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });
});
