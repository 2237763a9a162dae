import { collection, type DomainEvent, type Projection } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { projectionLaws } from './projection-laws.ts';

type Counted = DomainEvent<'Counted', { readonly by: number }>;
type Named = DomainEvent<'Named', { readonly name: string }>;
type Tally = { readonly sum: number; readonly name: string | null };
const counted = (by: number): Counted => ({ type: 'Counted', data: { by } });
const named = (name: string): Named => ({ type: 'Named', data: { name } });
const tally: Projection<Tally, Counted | Named> = {
  collection: collection<Tally>()({ name: 'tally', version: 1, indexes: {} }),
  categories: ['Count', 'Name'],
  versionFrom: 'Count',
  idsOf: () => ['t'],
  evolve: (document = { sum: 0, name: null }, { event }) =>
    event.type === 'Counted' ? { ...document, sum: document.sum + event.data.by } : { ...document, name: event.data.name },
};
const histories = { 'Count-1': [counted(1), counted(2), counted(3)], 'Name-1': [named('a'), named('b')] };

describe('The laws of projections', () => {
  it('hold for one that takes from each stream what is its own', () => projectionLaws(tally, histories));

  it('find one that drops what comes before its creation', () => {
    const impatient: Projection<Tally, Counted | Named> = {
      ...tally,
      evolve: (document, recorded, id) =>
        document === undefined && recorded.event.type === 'Counted' ? undefined : tally.evolve(document, recorded, id),
    };
    expect(() => projectionLaws(impatient, histories)).toThrow('depend on the order of the streams');
  });

  it('find one whose last word is that of whoever comes last', () => {
    const twoNames = { 'Name-1': [named('a')], 'Name-2': [named('b')] };
    expect(() => projectionLaws(tally, twoNames)).toThrow('depend on the order of the streams');
  });

  it('find one that remembers what it has seen', () => {
    let last = '';
    const forgetful: Projection<Tally, Counted | Named> = {
      ...tally,
      evolve: (document, recorded, id) => {
        const again = last === recorded.eventId;
        last = recorded.eventId;
        return again ? document : tally.evolve(document, recorded, id);
      },
    };
    expect(() => projectionLaws(forgetful, histories)).toThrow('changes documents');
  });

  it('compare what is shown, and the version of the stream that it follows', () => {
    const lastWins: Projection<Tally, Counted | Named> = {
      ...tally,
      evolve: (_, { eventId }) => ({ sum: 1, name: eventId }),
    };
    expect(() => projectionLaws(lastWins, histories)).toThrow('depend on the order of the streams');
    projectionLaws(lastWins, histories, { shown: ({ sum }) => sum });
  });

  it('are asked of histories that the projection follows', () =>
    expect(() => projectionLaws(tally, { 'Order-1': [counted(1)] })).toThrow('does not follow'));
});
