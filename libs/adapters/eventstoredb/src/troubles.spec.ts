import { describe, expect, it } from 'vitest';
import { createTroubles } from './troubles.ts';

describe('a trouble', () => {
  it('is said once when it begins, once when it changes its kind, and once when it is over', () => {
    const said: string[] = [];
    const troubles = createTroubles((message) => said.push(message));
    const [calls, subscription] = [troubles.part('calls'), troubles.part('the subscription')];
    calls.isOver();
    calls.begins('away', 'no answer in 5 ms');
    calls.begins('away', 'no answer in 7 ms');
    subscription.begins('away', 'it ended');
    expect(troubles.count()).toBe(2);
    calls.begins('refused', 'who are you');
    calls.isOver();
    calls.isOver();
    subscription.isOver();
    expect(said).toEqual([
      'calls: no answer in 5 ms',
      'the subscription: it ended',
      'calls: who are you',
      'calls: well again',
      'the subscription: well again',
    ]);
    expect(troubles.count()).toBe(0);
  });
});
