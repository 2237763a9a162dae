import { describe, expect, it } from 'vitest';
import { moment } from './time-travel.ts';

describe('a time to look back at', () => {
  it.each([
    ['2027-05-02T09:00:00.000Z', '2027-05-02T09:00:00.000Z'],
    ['2027-05-02T09:00:00Z', '2027-05-02T09:00:00.000Z'],
    ['2027-05-02T11:00:00+02:00', '2027-05-02T09:00:00.000Z'],
    ['2027-05-02T09:00:00.123999Z', '2027-05-02T09:00:00.123Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('may be written as %s', (text, instant) => expect(moment.parse(text)).toBe(instant));

  it.each([
    'yesterday',
    '',
    '2027-05-02',
    '2027-05-02T09:00:00',
    '2027-02-29T00:00:00Z',
    '2027-05-02T25:00:00Z',
    '1799999999',
    '9999-12-31T23:59:59-01:00',
    `2027-05-02T09:00:00.${'0'.repeat(50)}Z`,
  ])('is not %j', (text) => expect(moment.safeParse(text).success).toBe(false));
});
