import { collection, type DomainEvent, type Projection } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { specForProjection } from './projection-spec.ts';

type Noted = DomainEvent<'Noted', { readonly text: string }>;
type Removed = DomainEvent<'Removed', { readonly by: string }>;
type Note = { readonly texts: readonly string[] };
const noted = (text: string): Noted => ({ type: 'Noted', data: { text } });
const removed: Removed = { type: 'Removed', data: { by: 'a' } };
const notes: Projection<Note, Noted | Removed> = {
  collection: collection<Note>()({ name: 'notes', version: 1, indexes: {} }),
  categories: ['Note', 'Remark'],
  idsOf: () => ['n1'],
  evolve: (document, { event }) => (event.type === 'Removed' ? undefined : { texts: [...(document?.texts ?? []), event.data.text] }),
};

describe('specForProjection', () => {
  it('asserts documents, and that there is none', () => {
    specForProjection(notes)
      .given('Note-1', noted('a'))
      .given('Note-1', noted('b'))
      .then('n1', { texts: ['a', 'b'] })
      .then('n2', undefined)
      .given('Note-1', removed)
      .then('n1', undefined);
  });
  it('fails for another document', () => {
    const spec = specForProjection(notes).given('Note-1', noted('a'));
    expect(() => spec.then('n1', { texts: ['b'] })).toThrow();
    expect(() => spec.then('n1', undefined)).toThrow();
    expect(() => spec.then('n2', { texts: ['a'] })).toThrow();
  });
  it('numbers versions per stream, and keeps them when a stream goes on', () => {
    const versions: Projection<Note, Noted> = {
      ...notes,
      evolve: (document, { eventId }) => ({ texts: [...(document?.texts ?? []), eventId].sort() }),
    };
    specForProjection(versions)
      .given('Note-1', noted('a'))
      .given('Remark-1', noted('b'))
      .given('Note-1', noted('c'))
      .then('n1', { texts: ['Note-1/0', 'Note-1/1', 'Remark-1/0'] });
  });
  it('lets one event happen a second after the other', () => {
    const times: Projection<Note, Noted> = {
      ...notes,
      evolve: (document, { metadata }) => ({ texts: [...(document?.texts ?? []), metadata.occurredAt].sort() }),
    };
    specForProjection(times)
      .given('Note-1', noted('a'))
      .given('Remark-1', noted('b'))
      .then('n1', { texts: ['2027-05-02T09:00:00.000Z', '2027-05-02T09:00:01.000Z'] });
  });
  it('finds a document that depends on the order of the streams', () => {
    const spec = specForProjection(notes).given('Note-1', noted('a')).given('Remark-1', noted('b'));
    expect(() => spec.then('n1', { texts: ['a', 'b'] })).toThrow('depend on the order of the streams');
  });
  it('accepts one that does not, in what is shown of it', () => {
    const spec = specForProjection(notes, { shown: ({ texts }) => texts.toSorted() });
    spec
      .given('Note-1', noted('c'), noted('a'))
      .given('Remark-1', noted('b'))
      .then('n1', { texts: ['c', 'a', 'b'] });
  });
  it('fails when a projection remembers what it has seen', () => {
    let seen = 0;
    const counting: Projection<Note, Noted> = { ...notes, evolve: () => ({ texts: [String(seen++)] }) };
    expect(() =>
      specForProjection(counting)
        .given('Note-1', noted('a'))
        .then('n1', { texts: ['0'] }),
    ).toThrow('delivered twice');
  });
  it('fails when evolve mutates the document', () => {
    const mutating: Projection<Note, Noted> = {
      ...notes,
      evolve: (document, { event }) => Object.assign(document ?? {}, { texts: [event.data.text] }),
    };
    expect(() =>
      specForProjection(mutating)
        .given('Note-1', noted('a'), noted('b'))
        .then('n1', { texts: ['b'] }),
    ).toThrow('TypeError: Cannot assign');
  });
  it('refuses a stream that the projection does not follow', () => {
    expect(() => specForProjection(notes).given('Order-1', noted('a'))).toThrow('does not follow');
  });
});
