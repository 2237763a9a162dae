import { describe, expect, it } from 'vitest';
import { isRefused, quote } from './quote.ts';
import type { ConferenceDocument } from './read-models/conferences.ts';

const conference: ConferenceDocument = {
  conferenceId: 'c1',
  slug: 'days',
  name: 'Domain days',
  description: '',
  location: 'Basel',
  tagline: null,
  twitterSearch: null,
  startDate: '2027-05-02',
  endDate: '2027-05-03',
  currency: 'EUR',
  status: 'published',
  seatTypes: [
    { id: 'full', name: 'Full pass', description: '', price: 19900 },
    { id: 'free', name: 'Community', description: '', price: 0 },
    { id: 'new', name: 'Not on sale yet', description: '', price: 100 },
  ],
  seats: { full: { quota: 5, remaining: 0 }, free: { quota: 5, remaining: -1 } },
};
const forNewOrder = { forNewOrder: true };
const forAnOrder = { forNewOrder: false };
const unpublished = { ...conference, status: 'unpublished' } as const;

describe('A quote', () => {
  it('has names and prices of today, also of what is sold out', () =>
    expect(
      quote(
        conference,
        [
          { seatTypeId: 'free', quantity: 1 },
          { seatTypeId: 'full', quantity: 2 },
        ],
        forNewOrder,
      ),
    ).toEqual({
      items: [
        { seatTypeId: 'free', name: 'Community', unitPrice: 0, quantity: 1 },
        { seatTypeId: 'full', name: 'Full pass', unitPrice: 19900, quantity: 2 },
      ],
      currency: 'EUR',
    }));

  it('drops lines of nothing (W-41), whatever they are of', () =>
    expect(
      quote(
        conference,
        [
          { seatTypeId: 'full', quantity: 0 },
          { seatTypeId: 'unheard', quantity: 0 },
        ],
        forNewOrder,
      ),
    ).toEqual({
      items: [],
      currency: 'EUR',
    }));

  it('keeps what the order has to judge: a type listed twice', () => {
    const quoted = quote(
      conference,
      [
        { seatTypeId: 'full', quantity: 1 },
        { seatTypeId: 'full', quantity: 2 },
      ],
      forNewOrder,
    );
    expect(isRefused(quoted) ? quoted : quoted.items.map(({ quantity }) => quantity)).toEqual([1, 2]);
  });

  it('is refused for a conference that is not published or not known; an order that there is may choose again', () => {
    const selection = [{ seatTypeId: 'full', quantity: 1 }];
    expect(quote(unpublished, selection, forNewOrder)).toEqual({ rejected: { code: 'conference-not-open' } });
    expect(quote(undefined, selection, forNewOrder)).toEqual({ rejected: { code: 'conference-not-open' } });
    expect(quote(undefined, selection, forAnOrder)).toEqual({ rejected: { code: 'conference-not-open' } });
    expect(quote(unpublished, selection, forAnOrder)).toMatchObject({ items: [{ unitPrice: 19900 }] });
  });

  it.each(['unheard', 'new'])('PRC-2: is refused for a seat type that is not on sale: %s', (seatTypeId) => {
    const quoted = quote(
      conference,
      [
        { seatTypeId: 'full', quantity: 1 },
        { seatTypeId, quantity: 1 },
      ],
      forAnOrder,
    );
    expect(quoted).toEqual({ rejected: { code: 'unknown-seat-type', seatTypeId } });
    expect(isRefused(quoted)).toBe(true);
  });
});
