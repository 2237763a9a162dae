import type {
  Command,
  CommandRejected,
  DeadlineChange,
  DeadlineReached,
  DomainEvent,
  Instant,
  Message,
  ProcessEvent,
  ProcessInput,
  ProcessManager,
  Reaction,
} from '@conference/kernel';
import { expect } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson } from './equality.ts';
import { specTime } from './spec-time.ts';

type Input<E> = E | CommandRejected | DeadlineReached;

export interface ReactionSpec<C extends Command> {
  then(...reactions: readonly [Reaction<C>, ...Reaction<C>[]]): void;
  thenNothing(): void;
}
export interface ProcessSpec<E, C extends Command> {
  given(...history: readonly Input<E>[]): { when(input: Input<E>): ReactionSpec<C> };
}

/** One instance as the runner keeps it: the process's own state, and the deadlines that are set. */
type Running<S> = { readonly own: S; readonly deadlines: { readonly [name: string]: Instant } };
type Handled<S, C extends Command> = { readonly after: Running<S>; readonly reactions: readonly Reaction<C>[] };

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
    let running: Running<S> = { own: deepFreeze(process.initialState, 'state'), deadlines: {} };
    history.forEach((one, index) => {
      running = handle(process, running, inputOf(process, one, String(index + 1))).after;
    });
    return handle(process, running, inputOf(process, input, String(history.length + 1))).reactions;
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

const handle = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
  running: Running<S>,
  input: ProcessInput<In>,
): Handled<S, C> => {
  const fired = firedDeadline(input);
  if (fired !== undefined && (running.deadlines[fired.deadline] !== fired.dueAt || fired.firedAt < fired.dueAt))
    return { after: running, reactions: [] };
  const reactions = deepFreeze(process.react(running.own, input), 'reactions');
  expectEqual(process.react(running.own, input), reactions, 'react is not deterministic');
  const event = deepFreeze(expectJson(inputHandled(input, reactions), 'InputHandled'), 'event');
  const own = deepFreeze(process.evolve(running.own, event), 'state');
  return { after: { own, deadlines: changed(running.deadlines, event.data.deadlines) }, reactions };
};

const isOfRunner = <M extends Message>(message: M | CommandRejected | DeadlineReached): message is CommandRejected | DeadlineReached =>
  message.type === 'CommandRejected' || message.type === 'DeadlineReached';

const firedDeadline = <In extends Message>({ message }: ProcessInput<In>): DeadlineReached['data'] | undefined =>
  isOfRunner(message) && message.type === 'DeadlineReached' ? message.data : undefined;

const inputOf = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
  input: Input<E>,
  id: string,
): ProcessInput<In> => {
  deepFreeze(input, 'input');
  if (isOfRunner(input)) return deepFreeze({ message: input, id, causationId: id, receivedAt: specTime });
  const correlated = process.correlate(input);
  if (correlated === undefined) throw new Error(`the process does not correlate ${input.type}`);
  return deepFreeze({ message: correlated.facts, id, causationId: `cause of ${id}`, receivedAt: specTime });
};

const inputHandled = <In extends Message, C extends Command>(
  input: ProcessInput<In>,
  reactions: readonly Reaction<C>[],
): ProcessEvent<In, C> => {
  const fired = firedDeadline(input);
  const sent = reactions.flatMap((reaction) => ('send' in reaction ? [reaction.send] : []));
  const changes = reactions.flatMap((reaction): readonly DeadlineChange[] => {
    if ('setDeadline' in reaction) return [{ set: reaction.setDeadline, at: reaction.at }];
    return 'clearDeadline' in reaction ? [{ clear: reaction.clearDeadline }] : [];
  });
  return {
    type: 'InputHandled',
    data: {
      input,
      commands: sent.map((command, index) => ({ commandId: `${input.id}/${index}`, command })),
      deadlines: fired === undefined ? changes : [{ clear: fired.deadline }, ...changes],
    },
  };
};

const changed = (deadlines: Running<unknown>['deadlines'], changes: readonly DeadlineChange[]): Running<unknown>['deadlines'] => {
  const after = new Map(Object.entries(deadlines));
  for (const change of changes) {
    if ('set' in change) after.set(change.set, change.at);
    else after.delete(change.clear);
  }
  return Object.fromEntries(after);
};
