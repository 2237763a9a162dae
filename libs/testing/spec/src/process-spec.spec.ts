import type { Command, DomainEvent, Instant, ProcessManager } from '@conference/kernel';
import { describe, expect, it } from 'vitest';
import { specForProcess } from './process-spec.ts';
import { specTime } from './spec-time.ts';

type Asked = DomainEvent<'Asked', { readonly id: string; readonly secret: string }>;
type Facts = DomainEvent<'Asked', { readonly id: string }>;
type Answer = Command<'Answer', { readonly id: string; readonly now: Instant }>;
type Waiting = { readonly answers: readonly string[]; readonly refused: number };
const due = '2027-05-02T10:00:00.000Z' as Instant;

const asking: ProcessManager<Waiting, Asked, Facts, Answer> = {
  name: 'Asking',
  categories: ['Question'],
  correlate: ({ type, data: { id, secret } }) => (secret === '' ? undefined : { instance: id, facts: { type, data: { id } } }),
  initialState: { answers: [], refused: 0 },
  evolve: (state, { data: { input, commands } }) => ({
    answers: [...state.answers, ...commands.map(({ commandId }) => commandId)],
    refused: state.refused + (input.message.type === 'CommandRejected' ? 1 : 0),
  }),
  react: ({ answers }, { message, receivedAt }) => {
    if (message.type === 'DeadlineReached') return [{ clearDeadline: 'nudge' }];
    if (message.type === 'Asked') {
      if (message.data.id === 'again') return [{ setDeadline: 'answer', at: receivedAt }];
      return [{ send: { type: 'Answer', data: { id: message.data.id, now: receivedAt } } }, { setDeadline: 'answer', at: due }];
    }
    return answers.includes(message.data.commandId) ? [{ clearDeadline: message.data.commandId }] : [];
  },
};
const asked = (id: string, secret = 'x'): Asked => ({ type: 'Asked', data: { id, secret } });
const reached = (dueAt: Instant, firedAt: Instant) => ({ type: 'DeadlineReached', data: { deadline: 'answer', dueAt, firedAt } }) as const;
const refused = (commandId: string) => ({ type: 'CommandRejected', data: { commandId, code: 'no' } }) as const;

describe('specForProcess', () => {
  const { given } = specForProcess(asking);

  it('asserts reactions and nothing, at one time for all', () => {
    given()
      .when(asked('a'))
      .then({ send: { type: 'Answer', data: { id: 'a', now: specTime } } }, { setDeadline: 'answer', at: due });
    given().when(refused('1/0')).thenNothing();
  });
  it('fails for other reactions', () => {
    expect(() => given().when(asked('a')).thenNothing()).toThrow();
    expect(() => given().when(asked('a')).then({ clearDeadline: 'answer' })).toThrow();
    expect(() => given().when(refused('1/0')).then({ clearDeadline: 'answer' })).toThrow();
  });
  it('numbers inputs from 1 and their commands from 0', () => {
    given(asked('a'), asked('b')).when(refused('2/0')).then({ clearDeadline: '2/0' });
    given(asked('a'), asked('b')).when(refused('3/0')).thenNothing();
    given(asked('a'), asked('b')).when(refused('2/1')).thenNothing();
  });
  it('lets a deadline fire once, when it is due and still set for that time', () => {
    given(asked('a')).when(reached(due, due)).then({ clearDeadline: 'nudge' });
    given(asked('a')).when(reached(due, specTime)).thenNothing();
    given(asked('a'), reached(due, specTime)).when(reached(due, due)).then({ clearDeadline: 'nudge' });
    given(asked('a'), reached(due, due)).when(reached(due, due)).thenNothing();
    given(asked('a'), asked('again')).when(reached(due, due)).thenNothing();
    given().when(reached(due, due)).thenNothing();
  });
  it('refuses an event that is for no instance', () => {
    expect(() => given().when(asked('a', '')).thenNothing()).toThrow('does not correlate Asked');
  });
  it('fails when evolve mutates', () => {
    const mutating: typeof asking = { ...asking, evolve: (state) => Object.assign(state, { refused: 1 }) };
    expect(() => specForProcess(mutating).given(asked('a')).when(asked('b')).thenNothing()).toThrow(TypeError);
  });
});
