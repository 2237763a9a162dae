import { fold } from '@conference/kernel';
import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import {
  choose,
  completed,
  confirmed,
  line,
  mark,
  partially,
  pay,
  place,
  placed,
  registered,
  reserved,
  seat,
  totals,
  two,
  updated,
  usd,
} from './order.examples.ts';
import { order } from './order.ts';

const { given } = specFor(order);

describe('PRC-1: the quoted price', () => {
  it('is taken as it comes with each line: nothing is looked up (W-47)', () =>
    given()
      .when(place(line('gala', 1, 123), line('talk', 2, 0)))
      .then(placed(line('gala', 1, 123), line('talk', 2, 0)), totals(123, false, line('gala', 1, 123), line('talk', 2, 0))));
});

describe('PRC-3: minor units', () => {
  it('are whole, so nothing is rounded, however much it is', () => {
    const many = [line('gala', 20, 5_000_000), line('talk', 3, 999), line('tour', 7, 1)];
    given()
      .when(place(...many))
      .then(placed(...many), totals(100_003_004, false, ...many));
  });
});

describe('PRC-4: the total', () => {
  it('is the sum of the lines, which keep their order', () => {
    const lines = [line('talk', 3, 50), line('gala', 1, 100), line('tour', 2, 7)];
    given()
      .when(place(...lines))
      .then(placed(...lines), totals(264, false, ...lines));
    expect(fold(order, [placed(...lines), totals(264, false, ...lines)])).toMatchObject({
      items: [{ lineTotal: 150 }, { lineTotal: 100 }, { lineTotal: 14 }],
      total: usd(264),
    });
  });
  it('leaves out the lines of which nothing is held', () =>
    given(placed(line('talk', 3, 50), line('gala', 1, 100)), totals(250, false))
      .when(mark(1, seat('talk', 1)))
      .then(partially(1, seat('talk', 1)), totals(50, false, line('talk', 1, 50))));
});

describe('PRC-5: the price that binds', () => {
  it('is that of the last selection, also for what is held of it', () => {
    const dearer = [...two, updated(2, line('gala', 2, 120)), totals(240, false, line('gala', 2, 120))];
    given(...dearer)
      .when(mark(2, seat('gala', 1)))
      .then(partially(2, seat('gala', 1)), totals(120, false, line('gala', 1, 120)));
    given(...dearer, completed(2, seat('gala', 2)), registered)
      .when(pay(240))
      .then(confirmed('p1', 2, 240));
    given(...dearer, completed(2, seat('gala', 2)), registered)
      .when(pay(200))
      .thenRejected({ code: 'amount-mismatch' });
  });
});

describe('PRC-6: the currency', () => {
  it('is one for all lines, and stays', () => {
    expect(fold(order, reserved)).toMatchObject({ total: usd(200) });
    given(...two)
      .when(choose([line('gala', 1)], undefined, 'EUR'))
      .thenRejected({ code: 'currency-mismatch' });
  });
});
