import {
  type Command,
  type CommandRejected,
  type DeadlineReached,
  type DomainEvent,
  fold,
  type Instant,
  type Message,
  type ProcessInput,
  type ProcessManager,
  type Reaction,
} from '@conference/kernel';
import { expect } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson } from './equality.ts';
import { deciderOf, firesInVain, inputHandled, isOfRunner, type RunningProcess } from './process-decider.ts';
import { specTime } from './spec-time.ts';

type Input<E> = E | CommandRejected | DeadlineReached;

export interface ReactionSpec<C extends Command> {
  then(...reactions: readonly [Reaction<C>, ...Reaction<C>[]]): void;
  thenNothing(): void;
}
export interface ProcessSpec<E, C extends Command> {
  given(...history: readonly Input<E>[]): { when(input: Input<E>): ReactionSpec<C> };
}

/** All that a process did from its first input on: every command in the order of sending, its state, and what is still set. */
export interface ProcessRun<S, C extends Command> {
  readonly sent: readonly C[];
  readonly state: S;
  readonly deadlines: { readonly [name: string]: Instant };
}

type Handled<S, C extends Command> = { readonly after: RunningProcess<S>; readonly reactions: readonly Reaction<C>[] };

/**
 * Specs of a process manager: `given(...inputs).when(input).then(...reactions) | .thenNothing()`.
 *
 * Inputs are numbered '1', '2', … and the commands issued for them '1/0', '1/1', …, so that a `CommandRejected` can name
 * one. All are received at {@link specTime}. Each input is handled as the runner does it: a deadline that fires early, or
 * is not set (any more) for that time, is dropped, and `evolve` sees nothing but the `InputHandled` events, as they come
 * back from JSON. Everything is deeply frozen.
 */
export const specForProcess = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
): ProcessSpec<NoInfer<E>, NoInfer<C>> => {
  const reactions = (history: readonly Input<E>[], input: Input<E>): readonly Reaction<C>[] => {
    const before = allHandled(process, history).at(-1)?.after ?? initially(process);
    return handle(process, before, inputOf(process, input, String(history.length + 1))).reactions;
  };
  return {
    given: (...history) => ({
      when: (input) => ({
        // biome-ignore lint/suspicious/noThenProperty: given, when, then
        then: (...expected) => expect(reactions(history, input)).toStrictEqual(expected),
        thenNothing: () => expect(reactions(history, input)).toStrictEqual([]),
      }),
    }),
  };
};

/**
 * The same inputs, looked at from their end: for what must hold in whatever order they came. An input may bring its own id,
 * for one that comes twice; the others are numbered by their place.
 */
export const runOf = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
  inputs: readonly (Input<NoInfer<E>> | { readonly id: string; readonly input: Input<NoInfer<E>> })[],
): ProcessRun<S, C> => {
  const steps = allHandled(process, inputs);
  const { own, deadlines } = steps.at(-1)?.after ?? initially(process);
  const sent = steps.flatMap(({ reactions }) => reactions.flatMap((reaction) => ('send' in reaction ? [reaction.send] : [])));
  return { sent, state: own, deadlines };
};

const initially = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
): RunningProcess<S> => deepFreeze(deciderOf(process).initialState, 'state');

const allHandled = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
  inputs: readonly (Input<E> | { readonly id: string; readonly input: Input<E> })[],
): readonly Handled<S, C>[] => {
  let running = initially(process);
  return inputs.map((one, index) => {
    const { id, input } = 'input' in one ? one : { id: String(index + 1), input: one };
    const handled = handle(process, running, inputOf(process, input, id));
    running = handled.after;
    return handled;
  });
};

const handle = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
  running: RunningProcess<S>,
  input: ProcessInput<In>,
): Handled<S, C> => {
  if (running.handled.includes(input.id) || firesInVain(input, running.deadlines)) return { after: running, reactions: [] };
  const reactions = deepFreeze(process.react(running.own, input), 'reactions');
  expectEqual(process.react(running.own, input), reactions, 'react is not deterministic');
  const event = deepFreeze(expectJson(inputHandled(input, reactions), 'InputHandled'), 'event');
  return { after: deepFreeze(fold(deciderOf(process), [event], running), 'state'), reactions };
};

/** An input as the runner makes it, received at {@link specTime}; throws for an event that is for no instance. */
export const inputOf = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
  input: Input<NoInfer<E>>,
  id: string,
  receivedAt: Instant = specTime,
): ProcessInput<In> => {
  deepFreeze(input, 'input');
  if (isOfRunner(input)) return deepFreeze({ message: input, id, causationId: id, receivedAt });
  const correlated = process.correlate(input);
  if (correlated === undefined) throw new Error(`the process does not correlate ${input.type}`);
  return deepFreeze({ message: correlated.facts, id, causationId: `cause of ${id}`, receivedAt });
};
