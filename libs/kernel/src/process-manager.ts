import type { ByTimer, Command, DomainEvent, Instant, Message, Recorded } from './messages.ts';

/** A command that a process sent was refused: comes back as an input. */
export type CommandRejected = Message<'CommandRejected', { readonly commandId: string; readonly code: string }>;
export type DeadlineReached = Message<'DeadlineReached', { readonly deadline: string } & ByTimer>;

export type ProcessInput<In extends Message> = {
  readonly message: In | CommandRejected | DeadlineReached;
  /** Of the event, or derived from the refused command or the deadline: a repeat has the same. */
  readonly id: string;
  /** The command behind it: by this an answer to an outdated command is recognised. */
  readonly causationId: string;
  /** When our own store recorded it; the only time that `react` knows. */
  readonly receivedAt: Instant;
};

export type Reaction<C extends Command> =
  | { readonly send: C }
  /** The same name again moves it; one that fires after it was moved or cleared is dropped. */
  | { readonly setDeadline: string; readonly at: Instant }
  | { readonly clearDeadline: string };

export type IssuedCommand<C extends Command> = { readonly commandId: string; readonly command: C };
export type DeadlineChange = { readonly set: string; readonly at: Instant } | { readonly clear: string };

/**
 * One event per input on `<name>-<instance>`, stored before anything is sent: the input and all it led to, so that a
 * crash or a new release changes nothing that was decided. An issued command's id is `uuidv5(input id, '<name>/<index>')`.
 */
export type ProcessEvent<In extends Message, C extends Command> = DomainEvent<
  'InputHandled',
  {
    readonly input: ProcessInput<In>;
    readonly commands: readonly IssuedCommand<C>[];
    readonly deadlines: readonly DeadlineChange[];
  }
>;

/** Routes between aggregates and contexts; holds no business rule. */
export interface ProcessManager<State, E extends DomainEvent, In extends Message, C extends Command> {
  /** Its category. */
  readonly name: string;
  readonly categories: readonly string[];
  /** Which instance an event is for, and the facts of it that are kept: ids, amounts and times, never personal data. */
  readonly correlate: (event: E) => { readonly instance: string; readonly facts: In } | undefined;
  readonly initialState: State;
  /** Over its own stream; the decider's rule holds. */
  readonly evolve: (state: State, event: ProcessEvent<In, C>) => State;
  readonly react: (before: State, input: ProcessInput<In>) => readonly Reaction<C>[];
}

/** Stateless: an event into commands. Their ids are `uuidv5(event id, '<name>/<index>')`. */
export interface Policy<E extends DomainEvent, C extends Command> {
  readonly name: string;
  readonly categories: readonly string[];
  readonly react: (recorded: Recorded<E>) => readonly C[];
}
