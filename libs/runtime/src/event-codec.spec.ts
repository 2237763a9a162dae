import { expect, test } from 'vitest';
import { eventCodec, only, UndecodableEvent } from './event-codec.ts';
import { type TabEvent, tabCodec } from './tab-process.fixture.ts';

const stored = (type: string, data: { readonly [name: string]: string | number } = { tab: 't', price: 5 }, schemaVersion = 1) => ({
  type,
  schemaVersion,
  data,
});

test('a reader of some of the events is given these, and nothing for the others', () => {
  const rounds = only<TabEvent, 'RoundOrdered' | 'Settled'>(tabCodec, 'RoundOrdered', 'Settled');
  expect(rounds.decode(stored('RoundOrdered'))).toEqual({ type: 'RoundOrdered', data: { tab: 't', price: 5 } });
  expect(rounds.decode(stored('Settled', { tab: 't' }))).toEqual({ type: 'Settled', data: { tab: 't' } });
  expect(tabCodec.decode(stored('TabOpened', { tab: 't', closesAt: '' }))).toBeDefined();
  expect(rounds.decode(stored('TabOpened', { tab: 't', closesAt: '' }))).toBeUndefined();
  expect(rounds.decode(stored('OfALaterRelease'))).toBeUndefined();
});

test('an old event is lifted version by version, under each name that it had, and a newer one than is known is refused', () => {
  const codec = eventCodec<TabEvent>({
    TabOpened: { version: 1, parse: ({ tab, closesAt }) => ({ tab: String(tab), closesAt: String(closesAt) }) },
    EveningExtended: { version: 1, parse: ({ tab, closesAt }) => ({ tab: String(tab), closesAt: String(closesAt) }) },
    Settled: { version: 1, parse: ({ tab }) => ({ tab: String(tab) }) },
    RoundOrdered: {
      version: 2,
      formerNames: ['DrinksOrdered'],
      upcasters: {
        0: ({ tab, dollars }) => ({ tab: String(tab), cents: Number(dollars) * 100 }),
        1: ({ tab, cents }) => ({ tab: String(tab), price: Number(cents) }),
      },
      parse: ({ tab, price }) => ({ tab: String(tab), price: Number(price) }),
    },
  });
  const today = { type: 'RoundOrdered', data: { tab: 't', price: 500 } };
  expect(codec.decode(stored('DrinksOrdered', { tab: 't', dollars: 5 }, 0))).toEqual(today);
  expect(codec.decode(stored('RoundOrdered', { tab: 't', cents: 500 }, 1))).toEqual(today);
  expect(codec.decode(stored('RoundOrdered', { tab: 't', price: 500 }, 2))).toEqual(today);
  expect(() => codec.decode(stored('RoundOrdered', { tab: 't', price: 500 }, 3))).toThrow(UndecodableEvent);
});

test('what a reader does not read cannot stop it, under whatever name it was written', () => {
  const codec = eventCodec<TabEvent>({
    TabOpened: { version: 1, parse: ({ tab, closesAt }) => ({ tab: String(tab), closesAt: String(closesAt) }) },
    EveningExtended: { version: 1, parse: ({ tab, closesAt }) => ({ tab: String(tab), closesAt: String(closesAt) }) },
    Settled: { version: 1, parse: ({ tab }) => ({ tab: String(tab) }) },
    RoundOrdered: {
      version: 1,
      formerNames: ['DrinksOrdered'],
      parse: () => {
        throw new Error('no price');
      },
    },
  });
  expect(only(codec, 'Settled').decode(stored('DrinksOrdered'))).toBeUndefined();
  expect(() => only(codec, 'RoundOrdered').decode(stored('DrinksOrdered'))).toThrow(UndecodableEvent);
});
