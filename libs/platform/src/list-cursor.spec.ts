import { InvalidCursor } from '@conference/ports';
import { describe, expect, it } from 'vitest';
import { cursorOf, entryAfter, numberedPage } from './list-cursor.ts';

const list = 'history/o1';
const entries = (...numbers: readonly number[]) => numbers.map((number) => ({ number }));
const numberOf = ({ number }: { readonly number: number }): number => number;

describe('the cursor of a numbered list', () => {
  it('is where the page before ended', () => {
    expect(entryAfter(list, cursorOf(list, 41))).toBe(41);
    expect(entryAfter(list, undefined)).toBe(-1);
  });

  it.each([
    ['of another list', cursorOf('history/o2', 1)],
    ['no cursor', 'x'],
    ['empty', ''],
    ['spelt in another way', `${cursorOf(list, 1)}=`],
    ['with more in it', Buffer.from(JSON.stringify([1, 'x', 1, 1])).toString('base64url')],
    ['negative', cursorOf(list, -1)],
    ['of no whole number', cursorOf(list, 1.5)],
    ['a consistency token', Buffer.from(JSON.stringify([1, 'registration', '5'])).toString('base64url')],
  ])('is refused when it is %s', (_, cursor) => expect(() => entryAfter(list, cursor)).toThrow(InvalidCursor));

  it('is there as long as more come', () => {
    expect(numberedPage(list, 2, entries(3, 4, 5), numberOf)).toEqual({ items: entries(3, 4), next: cursorOf(list, 4) });
    expect(numberedPage(list, 2, entries(3, 4), numberOf)).toEqual({ items: entries(3, 4), next: null });
    expect(numberedPage(list, 2, [], numberOf)).toEqual({ items: [], next: null });
  });
});
