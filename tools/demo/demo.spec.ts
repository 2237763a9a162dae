import { seededRandom } from '@conference/testing-simulation';
import { describe, expect, it } from 'vitest';
import type { OrderFact, PaymentFact } from '../checker/index.ts';
import type { OpenConference, RegistrantReport } from '../journey/index.ts';
import { behavioursOf, drawCrowd } from './crowd.ts';
import { barOf, progress } from './progress.ts';
import { outcomeLines, seatTypeRows, tableLines } from './summary.ts';

const conference: OpenConference = {
  id: 'c',
  token: 't',
  slug: 'demo',
  seatTypes: [
    { id: 'talks', name: 'Talks', price: 100, quota: 20 },
    { id: 'free', name: 'Community ticket', price: 0, quota: 5 },
  ],
};
const order = (id: string, state: OrderFact['state'], reserved: OrderFact['reserved']): OrderFact => ({
  id,
  conferenceId: 'c',
  state,
  total: { amount: 0, currency: 'USD' },
  isFreeOfCharge: false,
  requested: reserved,
  reserved,
  linesTotal: 0,
  version: 3,
});
const talks = (quantity: number) => [{ seatTypeId: 'talks', quantity }];
const orders = [
  order('o1', 'confirmed', talks(2)),
  order('o2', 'reserved', talks(1)),
  order('o3', 'cancelled', talks(4)),
  order('o4', 'expired', talks(3)),
];
const payments: readonly PaymentFact[] = [
  { id: 'p1', orderId: 'o1', amount: { amount: 200, currency: 'USD' }, state: 'completed' },
  { id: 'p2', orderId: 'o1', amount: { amount: 200, currency: 'USD' }, state: 'refunded' },
];
const answered = {
  orders: new Map(orders.map((one) => [one.id, one])),
  payments: new Map(payments.map((one) => [one.id, one])),
  offered: [{ conferenceId: 'c', seatTypeId: 'talks', quota: 20, available: 17 }],
};

describe('the crowd', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(drawCrowd(seededRandom(7), conference, 30)).toEqual(drawCrowd(seededRandom(7), conference, 30));
    expect(drawCrowd(seededRandom(8), conference, 30)).not.toEqual(drawCrowd(seededRandom(7), conference, 30));
  });

  it('has somebody of every kind, and never more people than asked for', () => {
    expect(new Set(behavioursOf(60))).toEqual(
      new Set(['pays', 'is-rejected-first', 'pays-twice', 'cancels-while-paying', 'vanishes', 'cancels', 'chooses-again']),
    );
    expect([1, 3, 60, 500].map((count) => behavioursOf(count).length)).toEqual([1, 3, 60, 500]);
  });

  it('lets those who are to have trouble with money buy something that costs some', () => {
    const troubled = drawCrowd(seededRandom(1), conference, 60).filter(({ behaviour }) => behaviour === 'pays-twice');
    expect(troubled).not.toEqual([]);
    for (const { items } of troubled) expect(items).toEqual([{ seatTypeId: 'talks', quantity: 1 }]);
  });
});

describe('the table', () => {
  const report = (items: OrderFact['requested']): RegistrantReport => ({
    plan: {
      person: { firstName: 'A', lastName: 'B', email: 'a@example.com' },
      behaviour: 'pays',
      items,
      secondChoice: [],
      whenShort: 'gives-up',
      arrivesAfterMs: 0,
      hesitatesMs: 0,
    },
    order: undefined,
    payments: [],
    refusedWith: undefined,
  });
  const rows = seatTypeRows(conference, [report(talks(5)), report(talks(6))], answered);

  it('says for each seat type what became of its seats', () => {
    expect(rows[0]).toEqual({
      name: 'Talks',
      quota: 20,
      asked: 11,
      held: 1,
      confirmed: 2,
      cancelled: 4,
      expired: 3,
      refunded: 2,
      available: 17,
    });
    expect(rows[1]).toMatchObject({ name: 'Community ticket', asked: 0, held: 0, confirmed: 0 });
  });

  it('is aligned', () => {
    const [head = '', , first = ''] = tableLines(rows);
    expect(first).toHaveLength(head.length);
    expect(first.indexOf('11') + 2).toBe(head.indexOf('asked') + 5);
  });

  it('counts orders and payments by state, most first', () => {
    expect(outcomeLines(answered)).toEqual([
      '4 orders: 1 confirmed, 1 reserved, 1 cancelled, 1 expired',
      '2 payments: 1 completed, 1 refunded',
    ]);
  });
});

describe('the progress', () => {
  const written = (total: number, isTerminal: boolean): readonly string[] => {
    const texts: string[] = [];
    const bar = progress({ total, what: 'people', isTerminal, write: (text) => void texts.push(text) });
    for (let done = 0; done < total; done++) bar.tick();
    bar.end();
    bar.tick();
    return texts;
  };

  it('is drawn in place on a terminal, and nothing after its end', () => {
    const texts = written(2, true);
    expect(texts).toEqual([`\r  ${barOf(0, 2)} 0/2 people`, `\r  ${barOf(1, 2)} 1/2 people`, `\r  ${barOf(2, 2)} 2/2 people`, '\n']);
  });

  it('is about ten lines elsewhere', () => {
    const texts = written(60, false);
    expect(texts).toHaveLength(10);
    expect(texts.at(-1)).toBe('  60/60 people\n');
    expect(texts.join('')).not.toContain('\r');
  });
});
