import { type Command, type DomainEvent, fold, type Instant, isRejection, type ProcessManager } from '@conference/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laws } from './laws.ts';
import { deciderOf, type HandleInput } from './process-decider.ts';
import { inputOf, runOf } from './process-spec.ts';
import { specTime } from './spec-time.ts';

type Asked = DomainEvent<'Asked', { readonly id: string }>;
type Answer = Command<'Answer', { readonly id: string }>;
type Waiting = { readonly asked: readonly string[] };
const due = '2027-05-02T10:00:00.000Z' as Instant;

const asking: ProcessManager<Waiting, Asked, Asked, Answer> = {
  name: 'Asking',
  categories: ['Question'],
  correlate: (facts) => ({ instance: 'only', facts }),
  initialState: { asked: [] },
  evolve: ({ asked }, { data: { input } }) => ({ asked: input.message.type === 'Asked' ? [...asked, input.message.data.id] : asked }),
  react: (_, { message }) =>
    message.type === 'Asked' ? [{ send: { type: 'Answer', data: { id: message.data.id } } }, { setDeadline: 'nudge', at: due }] : [],
};
const asked = (id: string): Asked => ({ type: 'Asked', data: { id } });
const reached = (dueAt: Instant, firedAt: Instant) => ({ type: 'DeadlineReached', data: { deadline: 'nudge', dueAt, firedAt } }) as const;

const input = fc.constantFrom(asked('a'), asked('b'), reached(due, due), reached(due, specTime));
const command: fc.Arbitrary<HandleInput<Asked>> = fc
  .tuple(input, fc.nat(5))
  .map(([one, id]) => ({ type: 'HandleInput', data: { input: inputOf(asking, one, String(id)) } }));

describe('A process manager as a decider', () => {
  const decider = deciderOf(asking);
  const stateAfter = (...inputs: readonly (readonly [id: string, one: Parameters<typeof inputOf>[1]])[]) =>
    inputs.reduce((state, [id, one]) => {
      const decision = decider.decide({ type: 'HandleInput', data: { input: inputOf(asking, one as Asked, id) } }, state);
      return isRejection(decision) ? state : fold(decider, decision, state);
    }, decider.initialState);

  it('obeys the laws', () => laws(decider, { command }));
  it('handles an input once', () => {
    expect(stateAfter(['1', asked('a')], ['1', asked('a')], ['2', asked('a')]).own).toEqual({ asked: ['a', 'a'] });
  });
  it('keeps a deadline until it is due, and lets it fire once', () => {
    expect(stateAfter(['1', asked('a')], ['2', reached(due, specTime)])).toMatchObject({ deadlines: { nudge: due }, handled: ['1'] });
    expect(stateAfter(['1', asked('a')], ['2', reached(due, due)], ['3', reached(due, due)])).toMatchObject({
      deadlines: {},
      handled: ['1', '2'],
    });
  });
  it('fails the laws when its state is not what its events say', () => {
    let calls = 0;
    const wrong = { ...asking, evolve: () => ({ asked: [String(calls++)] }) };
    expect(() => laws(deciderOf(wrong), { command })).toThrow('not deterministic');
  });
});

describe('A run of a process manager', () => {
  it('shows all that was sent, the state and what is still set', () => {
    expect(runOf(asking, [asked('a'), asked('b'), reached(due, due)])).toEqual({
      sent: [
        { type: 'Answer', data: { id: 'a' } },
        { type: 'Answer', data: { id: 'b' } },
      ],
      state: { asked: ['a', 'b'] },
      deadlines: {},
    });
  });
  it('handles an input that brings its id once', () => {
    const twice = { id: 'x', input: asked('a') };
    expect(runOf(asking, [twice, twice])).toEqual({ ...runOf(asking, [asked('a')]) });
  });
  it('is empty without inputs', () => expect(runOf(asking, [])).toEqual({ sent: [], state: { asked: [] }, deadlines: {} }));
});
