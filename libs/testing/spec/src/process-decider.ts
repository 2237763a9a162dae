import type {
  Command,
  CommandRejected,
  DeadlineChange,
  DeadlineReached,
  Decider,
  DomainEvent,
  Instant,
  Message,
  ProcessEvent,
  ProcessInput,
  ProcessManager,
  Reaction,
} from '@conference/kernel';

/** One instance as its runner keeps it: the process's own state, the deadlines that are set, and the inputs that were handled. */
export type RunningProcess<S> = {
  readonly own: S;
  readonly deadlines: { readonly [name: string]: Instant };
  readonly handled: readonly string[];
};
export type HandleInput<In extends Message> = {
  readonly type: 'HandleInput';
  readonly data: { readonly input: ProcessInput<In> };
};

/**
 * A process manager as the decider that its runner makes of it: a command is an input, the one event says what it led to. An
 * input that was handled is nothing, and so is a deadline that fires early, or is not set (any more) for that time. So the
 * laws of deciders are the laws of process managers.
 */
export const deciderOf = <S, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<S, E, In, C>,
): Decider<RunningProcess<S>, HandleInput<In>, ProcessEvent<In, C>> => ({
  initialState: { own: process.initialState, deadlines: {}, handled: [] },
  decide: ({ data: { input } }, { own, deadlines, handled }) =>
    handled.includes(input.id) || firesInVain(input, deadlines) ? [] : [inputHandled(input, process.react(own, input))],
  evolve: ({ own, deadlines, handled }, event) => ({
    own: process.evolve(own, event),
    deadlines: changed(deadlines, event.data.deadlines),
    handled: [...handled, event.data.input.id],
  }),
});

export const isOfRunner = <M extends Message>(
  message: M | CommandRejected | DeadlineReached,
): message is CommandRejected | DeadlineReached => message.type === 'CommandRejected' || message.type === 'DeadlineReached';

const firedDeadline = <In extends Message>({ message }: ProcessInput<In>): DeadlineReached['data'] | undefined =>
  isOfRunner(message) && message.type === 'DeadlineReached' ? message.data : undefined;

export const firesInVain = <In extends Message>(input: ProcessInput<In>, deadlines: RunningProcess<unknown>['deadlines']): boolean => {
  const fired = firedDeadline(input);
  return fired !== undefined && (deadlines[fired.deadline] !== fired.dueAt || fired.firedAt < fired.dueAt);
};

/** Of the input with id '3' the commands are '3/0', '3/1', …, so that a `CommandRejected` can name one. */
export const inputHandled = <In extends Message, C extends Command>(
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

const changed = (
  deadlines: RunningProcess<unknown>['deadlines'],
  changes: readonly DeadlineChange[],
): RunningProcess<unknown>['deadlines'] => {
  const after = new Map(Object.entries(deadlines));
  for (const change of changes) {
    if ('set' in change) after.set(change.set, change.at);
    else after.delete(change.clear);
  }
  return Object.fromEntries(after);
};
