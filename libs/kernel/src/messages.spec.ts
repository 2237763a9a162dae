import { describe, expect, it } from 'vitest';
import { categoryOf, idOf, origin, type Position, streamName } from './messages.ts';

describe('a stream name', () => {
  it('is split at its first dash, since ids have dashes and categories have none', () => {
    const stream = streamName('Order', '8f14e45f-ceea-467f-a0e6-0d1c2f3b4a59');
    expect(categoryOf(stream)).toBe('Order');
    expect(idOf(stream)).toBe('8f14e45f-ceea-467f-a0e6-0d1c2f3b4a59');
  });
});

describe('the origin', () => {
  it('sorts before every position', () => {
    expect(origin < ('0000000000000000' as Position)).toBe(true);
  });
});
