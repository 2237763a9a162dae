import { type Command, type Decider, type DomainEvent, reject } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { specFor } from './decider-spec.ts';

type Count = Command<'Count', { readonly by: number }>;
type Counted = DomainEvent<'Counted', { readonly by: number }>;
type Tally = { readonly total: number };
const counter: Decider<Tally, Count, Counted, { readonly code: 'too-many' }> = {
  initialState: { total: 0 },
  decide: ({ data }, { total }) => {
    if (data.by === 0) return [];
    return total + data.by > 3 ? reject({ code: 'too-many' }) : [{ type: 'Counted', data }];
  },
  evolve: ({ total }, { data }) => ({ total: total + data.by }),
};
const counted = (by: number): Counted => ({ type: 'Counted', data: { by } });
const count = (by: number): Count => ({ type: 'Count', data: { by } });

describe('specFor', () => {
  const { given } = specFor(counter);

  it('asserts events, a refusal and nothing', () => {
    given(counted(1)).when(count(2)).then(counted(2));
    given(counted(1)).when(count(3)).thenRejected({ code: 'too-many' });
    given().when(count(0)).thenNothing();
  });
  it('fails for any other outcome', () => {
    expect(() => given().when(count(2)).then(counted(1))).toThrow();
    expect(() => given().when(count(2)).then(counted(2), counted(2))).toThrow();
    expect(() => given().when(count(2)).thenNothing()).toThrow();
    expect(() => given().when(count(2)).thenRejected({ code: 'too-many' })).toThrow();
    expect(() => given().when(count(4)).then(counted(4))).toThrow();
    expect(() => given().when(count(4)).thenNothing()).toThrow();
  });
  it('fails when evolve mutates what it is given', () => {
    const mutating: typeof counter = { ...counter, evolve: (state, { data }) => Object.assign(state, { total: data.by }) };
    expect(() => specFor(mutating).given(counted(1)).when(count(0)).thenNothing()).toThrow(TypeError);
  });
  it('refuses a state that freezing cannot guard', () => {
    const unguarded: Decider<{ readonly seen: ReadonlySet<string> }, Count, Counted> = {
      initialState: { seen: new Set() },
      decide: () => [],
      evolve: (state) => state,
    };
    expect(() => specFor(unguarded).given().when(count(1)).thenNothing()).toThrow('state.seen is a Set');
  });
  it('fails when a decision differs from call to call', () => {
    let calls = 0;
    const moody: typeof counter = { ...counter, decide: () => [counted(calls++)] };
    expect(() => specFor(moody).given().when(count(1)).then(counted(0))).toThrow('not deterministic');
  });
  it('fails when an event would not come back from JSON as it was', () => {
    expect(() => specFor(counter).given().when(count(Number.NaN)).then(counted(Number.NaN))).toThrow('does not survive JSON');
  });
});
