import type {
  Collection,
  Command,
  DeadlineChange,
  Decider,
  DomainEvent,
  Instant,
  Message,
  MessageMetadata,
  ProcessEvent,
  ProcessInput,
  ProcessManager,
  Projection,
  Reaction,
} from '@conference/kernel';
import { categoryOf, collection, idOf, streamName } from '@conference/kernel';
import type { EventStore, Random, ReadModelStore, StoredEvent, Timer } from '@conference/ports';
import { type CommandHandler, commandHandler } from './command-handler.ts';
import type { EventCodec, EventDecoder } from './event-codec.ts';
import { Transient } from './keyed-consumer.ts';
import type { Log } from './log.ts';
import { uuidv5 } from './uuid.ts';

type HandleInput<In extends Message> = {
  readonly type: 'HandleInput';
  readonly data: { readonly instance: string; readonly input: ProcessInput<In> };
};

/** The process's own state, and the deadlines that are set: by name, with the time. */
interface ProcessState<State> {
  readonly own: State;
  readonly deadlines: { readonly [name: string]: Instant };
}

/** What an input was said in, and what all that follows from it is said in: the correlation and the trace. */
export type Conversation = Pick<MessageMetadata, 'correlationId' | 'traceparent'>;

export const conversationOf = ({ correlationId, traceparent }: Conversation): Conversation => ({
  correlationId,
  ...(traceparent === undefined ? {} : { traceparent }),
});

export interface ProcessManagerRunner<In extends Message> {
  readonly name: string;
  readonly categories: readonly string[];
  /** The instance that an event is for: what has to stay in order. Many instances of one stream (the hot one) go side by side. */
  keyOf(stored: StoredEvent): string;
  /** Turns an event of the feed into an input of its instance, if it is one. */
  handleEvent(stored: StoredEvent): Promise<void>;
  handleInput(instance: string, input: ProcessInput<In>, conversation: Conversation): Promise<void>;
  /**
   * The ids of the inputs that were handled after this one of the instance's events. Asked of the store: another instance of the
   * service may have written them, and what is in memory would not know.
   */
  inputsAfter(stored: StoredEvent): Promise<ReadonlySet<string>>;
}

const withChanges = (
  deadlines: ProcessState<unknown>['deadlines'],
  changes: ProcessEvent<Message, Command>['data']['deadlines'],
): ProcessState<unknown>['deadlines'] => {
  const after: Record<string, Instant> = { ...deadlines };
  for (const change of changes)
    if ('set' in change) after[change.set] = change.at;
    else delete after[change.clear];
  return after;
};

/** A deadline counts when it is still set for that time, and when that time has come. */
const isOutdated = (deadlines: ProcessState<unknown>['deadlines'], input: ProcessInput<Message>): boolean => {
  if (input.message.type !== 'DeadlineReached') return false;
  const { deadline, dueAt, firedAt } = input.message.data as { deadline: string; dueAt: Instant; firedAt: Instant };
  return deadlines[deadline] !== dueAt || firedAt < dueAt;
};

const processEvent = <In extends Message, C extends Command>(
  name: string,
  input: ProcessInput<In>,
  reactions: readonly Reaction<C>[],
): ProcessEvent<In, C> => {
  const sent = reactions.flatMap((reaction) => ('send' in reaction ? [reaction.send] : []));
  const fired = input.message.type === 'DeadlineReached' ? [{ clear: (input.message.data as { deadline: string }).deadline }] : [];
  const changes = reactions.flatMap((reaction): readonly DeadlineChange[] => {
    if ('setDeadline' in reaction) return [{ set: reaction.setDeadline, at: reaction.at }];
    return 'clearDeadline' in reaction ? [{ clear: reaction.clearDeadline }] : [];
  });
  return {
    type: 'InputHandled',
    data: {
      input,
      commands: sent.map((command, index) => ({ commandId: uuidv5(input.id, `${name}/${index}`), command })),
      deadlines: [...fired, ...changes],
    },
  };
};

/** A process manager is a decider whose commands are its inputs and whose one event says what it led to. */
const asDecider = <State, E extends DomainEvent, In extends Message, C extends Command>(
  process: ProcessManager<State, E, In, C>,
): Decider<ProcessState<State>, HandleInput<In>, ProcessEvent<In, C>> => ({
  initialState: { own: process.initialState, deadlines: {} },
  decide: ({ data: { input } }, state) => {
    if (isOutdated(state.deadlines, input)) return [];
    return [processEvent(process.name, input, process.react(state.own, input))];
  },
  evolve: (state, event) => ({ own: process.evolve(state.own, event), deadlines: withChanges(state.deadlines, event.data.deadlines) }),
});

/** Stored inputs and commands are ours, written by {@link processEvent}; a shape that is not is refused by its owner. */
export const processEventCodec = <In extends Message, C extends Command>(): EventCodec<ProcessEvent<In, C>> => ({
  encode: ({ type, data }) => ({ type, schemaVersion: 1, data }),
  decode: ({ type, schemaVersion, data }) => {
    if (type !== 'InputHandled') return undefined;
    if (schemaVersion !== 1 || !('input' in data && Array.isArray(data['commands']) && Array.isArray(data['deadlines'])))
      throw new Error(`InputHandled version ${schemaVersion} is malformed`);
    return { type, data } as ProcessEvent<In, C>;
  },
});

/** Locate, invoke, persist: one append an input, found again by its id when it comes twice. */
export const processManagerRunner = <State, E extends DomainEvent, In extends Message, C extends Command>(options: {
  readonly process: ProcessManager<State, E, In, C>;
  readonly codec: EventDecoder<E>;
  readonly eventStore: EventStore;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly cacheBytes?: number;
}): ProcessManagerRunner<In> => {
  const { process, codec, eventStore, timer, random, log } = options;
  const handle: CommandHandler<HandleInput<In>, ProcessState<State>, never> = commandHandler({
    decider: asDecider(process),
    codec: processEventCodec<In, C>(),
    streamOf: ({ data }) => streamName(process.name, data.instance),
    eventStore,
    timer,
    retry: { withinMs: 10_000, random },
    log,
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
  });

  const handleInput = async (instance: string, input: ProcessInput<In>, conversation: Conversation): Promise<void> => {
    const outcome = await handle(
      { type: 'HandleInput', data: { instance, input } },
      {
        commandId: uuidv5(input.id, process.name),
        ...conversationOf(conversation),
        causationId: input.id,
        actor: `process:${process.name}`,
      },
    );
    if (outcome.status === 'busy') throw new Transient(`${process.name}-${instance} is busy`);
  };

  return {
    name: process.name,
    categories: process.categories,
    keyOf: (stored) => {
      try {
        const event = codec.decode(stored);
        return (event && process.correlate(event)?.instance) ?? stored.streamName;
      } catch {
        return stored.streamName; // handling it will say what is wrong with it
      }
    },
    handleInput,
    inputsAfter: async ({ streamName: stream, streamVersion }) => {
      const ids = new Set<string>();
      for await (const page of eventStore.readStream(stream, { from: streamVersion + 1 }))
        for (const later of page) ids.add(later.metadata.causationId); // of a process's event: the input's id
      return ids;
    },
    handleEvent: async (stored) => {
      const event = codec.decode(stored);
      const correlated = event && process.correlate(event);
      if (correlated === undefined) return;
      const input: ProcessInput<In> = {
        message: correlated.facts,
        id: stored.eventId,
        causationId: stored.metadata.commandId,
        receivedAt: stored.recordedAt,
      };
      await handleInput(correlated.instance, input, stored.metadata);
    },
  };
};

export type DeadlineDocument = {
  readonly process: string;
  readonly instance: string;
  readonly deadline: string;
  readonly dueAt: Instant;
  /** The event that set it: the id of the input derives from it, however often it fires. */
  readonly setBy: string;
  readonly correlationId: string;
  /** Of the event that set it. */
  readonly traceparent?: string;
};

/** The deadlines that are set, by when they are due: a function of the process's own stream. */
export const deadlinesOf = (
  process: string,
): Projection<DeadlineDocument, ProcessEvent<Message, Command>> & { readonly collection: Collection<DeadlineDocument, 'byDueAt'> } => ({
  collection: collection<DeadlineDocument>()({ name: `deadlines-${process.toLowerCase()}`, version: 2, indexes: { byDueAt: ['dueAt'] } }),
  categories: [process],
  idsOf: ({ event, stream }) => event.data.deadlines.map((change) => `${idOf(stream)}/${'set' in change ? change.set : change.clear}`),
  evolve: (_, { event, stream, eventId, metadata }, id) => {
    const instance = idOf(stream);
    let document: DeadlineDocument | undefined;
    for (const change of event.data.deadlines) {
      if (`${instance}/${'set' in change ? change.set : change.clear}` !== id) continue;
      document =
        'set' in change
          ? {
              process: categoryOf(stream),
              instance,
              deadline: change.set,
              dueAt: change.at,
              setBy: eventId,
              ...conversationOf(metadata),
            }
          : undefined;
    }
    return document;
  },
});

/** Fires what is due. May fire one twice, or late (the services were down): the process drops what it has handled. */
export const deadlineTimer = <In extends Message>(options: {
  readonly runner: ProcessManagerRunner<In>;
  readonly collection: Collection<DeadlineDocument, 'byDueAt'>;
  readonly store: ReadModelStore;
  readonly timer: Timer;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly everyMs: number;
}): Promise<void> => {
  const { runner, store, timer, log, signal, everyMs } = options;
  const fire = async (due: DeadlineDocument, firedAt: Instant): Promise<void> => {
    const { instance, deadline, dueAt, setBy } = due;
    const message = { type: 'DeadlineReached', data: { deadline, dueAt, firedAt } } as const;
    await runner.handleInput(
      instance,
      { message, id: uuidv5(setBy, `deadline/${deadline}`), causationId: setBy, receivedAt: firedAt },
      due,
    );
  };
  const pass = async (): Promise<void> => {
    const now = timer.now();
    let after: string | undefined;
    do {
      const due = await store.find(options.collection, {
        index: 'byDueAt',
        atMost: now,
        limit: 100,
        ...(after === undefined ? {} : { after }),
      });
      await Promise.all(due.items.map(({ document }) => fire(document, now)));
      after = due.next ?? undefined;
    } while (after !== undefined && !signal.aborted);
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await pass().catch((error: unknown) => log.warn({ process: runner.name, err: error }, 'deadlines could not be fired, trying again'));
      await timer.sleep(everyMs, { signal });
    }
  };
  return run();
};
