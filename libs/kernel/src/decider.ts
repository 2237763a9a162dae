import type { Command, DomainEvent } from './messages.ts';

/** Why a command was refused. `code` is stable and kebab-case: it is the problem's `code` over HTTP. */
export type Refusal = { readonly code: string };
export interface Rejection<Reason> {
  readonly rejected: Reason;
}
export const reject = <const R extends Refusal>(reason: R): Rejection<R> => ({ rejected: reason });

/** Events, `[]` ("already so"), or a refusal as a value. */
export type Decision<E, Reason> = readonly E[] | Rejection<Reason>;
export const isRejection = <E, R>(decision: Decision<E, R>): decision is Rejection<R> => !Array.isArray(decision);

/**
 * An aggregate (Chassaing's functional event sourcing decider).
 *
 * `decide` and `evolve` are pure and total. `evolve` never touches the state it is given and shares what it does not
 * change; state is plain data and {@link PersistentMap}s. So the last committed state is there when an append conflicts,
 * each command of a batch has its own answer, and states "as of" cost nothing to keep.
 */
export interface Decider<State, C extends Command, E extends DomainEvent, Reason extends Refusal = never> {
  readonly initialState: State;
  readonly decide: (command: C, state: State) => Decision<E, Reason>;
  readonly evolve: (state: State, event: E) => State;
}

export const fold = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
  events: readonly NoInfer<E>[],
  from: NoInfer<S> = decider.initialState,
): S => events.reduce(decider.evolve, from);
