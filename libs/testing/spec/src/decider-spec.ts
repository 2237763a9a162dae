import { type Command, type Decider, type Decision, type DomainEvent, isRejection, type Refusal } from '@conference/kernel';
import { expect } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson } from './equality.ts';

/** How a decision is asserted. `then` wants exactly these events, in this order. */
export interface DecisionSpec<E, R> {
  then(...events: readonly [E, ...E[]]): void;
  thenRejected(reason: R): void;
  /** Accepted, and already so: no event. */
  thenNothing(): void;
}
export interface DeciderSpec<C, E, R> {
  given(...history: readonly E[]): { when(command: C): DecisionSpec<E, R> };
}

/**
 * Specs of an aggregate: `given(...history).when(command).then(...events) | .thenRejected(reason) | .thenNothing()`.
 *
 * Everything handed to the decider is deeply frozen, so an `evolve` or `decide` that mutates fails its first spec; a state
 * that holds a Map, Set or Date is refused. The command is decided twice, which must give the same; decided events must
 * survive JSON and be evolvable.
 */
export const specFor = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
): DeciderSpec<NoInfer<C>, NoInfer<E>, NoInfer<R>> => {
  const evolve = (state: S, event: E): S => deepFreeze(decider.evolve(state, deepFreeze(event, 'event')), 'state');
  const decide = (history: readonly E[], command: C): Decision<E, R> => {
    const state = history.reduce(evolve, deepFreeze(decider.initialState, 'state'));
    const decision = deepFreeze(decider.decide(deepFreeze(command, 'command'), state), 'decision');
    expectEqual(decider.decide(command, state), decision, 'decide is not deterministic');
    if (!isRejection(decision)) expectJson(decision, 'the decision').reduce(evolve, state);
    return decision;
  };
  return {
    given: (...history) => ({
      when: (command) => ({
        // biome-ignore lint/suspicious/noThenProperty: given, when, then
        then: (...events) => expect(decide(history, command)).toStrictEqual(events),
        thenRejected: (reason) => expect(decide(history, command)).toStrictEqual({ rejected: reason }),
        thenNothing: () => expect(decide(history, command)).toStrictEqual([]),
      }),
    }),
  };
};
