import { describe, expect, it } from 'vitest';
import { damaged, extended, incomplete } from './altered-json.ts';

const value = { id: 'a', lines: [{ quantity: 2 }], note: null };

describe('JSON with one thing altered', () => {
  it('has one field missing, at any depth', () =>
    expect(incomplete(value)).toEqual([
      { lines: [{ quantity: 2 }], note: null },
      { id: 'a', note: null },
      { id: 'a', lines: [{ quantity: 2 }] },
      { id: 'a', lines: [{}], note: null },
    ]));

  it('or one leaf or list of another type', () => {
    const others = damaged(value).filter((one) => !incomplete(value).some((missing) => JSON.stringify(missing) === JSON.stringify(one)));
    expect(others).toEqual([
      { ...value, id: 7 },
      { ...value, lines: 'wrong' },
      { ...value, lines: [{ quantity: 0.5 }] },
      { ...value, note: true },
    ]);
  });

  it('or one field more', () =>
    expect(extended(value)).toEqual([
      { ...value, addedLater: 'unknown' },
      { ...value, lines: [{ quantity: 2, addedLater: 'unknown' }] },
    ]));
});
