import { type Command, type Decider, type DomainEvent, isRejection, reject } from '@conference/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laws } from './laws.ts';

type SetLevel = Command<'SetLevel', { readonly level: number }>;
type LevelSet = DomainEvent<'LevelSet', { readonly level: number }>;
type Level = { readonly level: number };
const level: Decider<Level, SetLevel, LevelSet, { readonly code: 'too-high' }> = {
  initialState: { level: 0 },
  decide: ({ data }, state) => {
    if (data.level > 8) return reject({ code: 'too-high' });
    return data.level === state.level ? [] : [{ type: 'LevelSet', data }];
  },
  evolve: (_, { data }) => ({ level: data.level }),
};
const command = fc.record({ level: fc.nat(10) }).map((data): SetLevel => ({ type: 'SetLevel', data }));
const breaking = (changes: Partial<typeof level>) => (): void => laws({ ...level, ...changes }, { command });

describe('laws', () => {
  it('hold for a lawful decider', () => {
    laws(level, { command, invariant: (state) => expect(state.level).toBeLessThanOrEqual(8) });
  });
  it('notice a decider that throws', () => {
    expect(
      breaking({
        decide: () => {
          throw new Error('partial');
        },
      }),
    ).toThrow();
  });
  it('notice an accepted command that decides events again', () => {
    expect(breaking({ decide: ({ data }) => [{ type: 'LevelSet', data }] })).toThrow('decides events again');
  });
  it('notice a decision that differs from call to call', () => {
    let calls = 0;
    expect(breaking({ decide: () => [{ type: 'LevelSet', data: { level: calls++ } }] })).toThrow('not deterministic');
  });
  it('notice an evolve that depends on more than state and event', () => {
    let calls = 0;
    expect(breaking({ evolve: () => ({ level: calls++ }) })).toThrow('not deterministic');
  });
  it('notice an evolve that mutates', () => {
    expect(breaking({ evolve: (state, { data }) => Object.assign(state, data) })).toThrow();
  });
  it('notice an event that does not survive JSON', () => {
    const decide: typeof level.decide = ({ data }, state) =>
      data.level === state.level ? [] : [{ type: 'LevelSet', data: { level: -0 } }];
    expect(breaking({ decide })).toThrow('does not survive JSON');
  });
  it('notice a codec that changes an event', () => {
    const codec = {
      encode: ({ type, data }: LevelSet) => ({ type, schemaVersion: 1, data }),
      decode: (): LevelSet => ({ type: 'LevelSet', data: { level: 0 } }),
    };
    expect(() => laws(level, { command, codec })).toThrow('does not survive its codec');
  });
  it('notice an invariant that is broken on the way', () => {
    expect(() => laws(level, { command, invariant: (state) => expect(state.level).toBeLessThan(8) })).toThrow();
  });
  it('ask an invariant at every prefix, from none on', () => {
    const lengths = new Set<number>();
    laws(level, { command, invariant: (_, history) => void lengths.add(history.length) });
    expect([...lengths]).toEqual(expect.arrayContaining([0, 1, 2, 3]));
    expect(() => laws(level, { command, invariant: (_, history) => expect(history.length).toBeLessThan(3) })).toThrow();
  });
  it('notice a transition that should not be, and show refused commands too', () => {
    expect(() =>
      laws(level, { command, transition: ({ before, after }) => expect(after.level).toBeGreaterThanOrEqual(before.level) }),
    ).toThrow();
    const refused = new Set<boolean>();
    laws(level, {
      command,
      transition: ({ before, decision, after }) => {
        refused.add(isRejection(decision));
        if (isRejection(decision)) expect(after).toBe(before);
      },
    });
    expect(refused).toEqual(new Set([true, false]));
  });
  it('notice a codec from which an event comes back as another state', () => {
    const codec = { encode: ({ type, data }: LevelSet) => ({ type, schemaVersion: 1, data }), decode: () => undefined };
    expect(() => laws(level, { command, codec })).toThrow('not in the codec');
  });
});
