import type {
  Command,
  Decider,
  DomainEvent,
  Instant,
  MessageMetadata,
  Position,
  Refusal,
  Rejection,
  StreamName,
  StreamVersion,
} from '@conference/kernel';
import { isRejection } from '@conference/kernel';
import {
  type AppendResult,
  appendEventsMax,
  type EventStore,
  type EventToAppend,
  type ExpectedVersion,
  type Random,
  StoreUnavailable,
  type Timer,
  UnknownOutcome,
} from '@conference/ports';
import type { EventCodec } from './event-codec.ts';
import { type Log, silent } from './log.ts';
import { backoffMs } from './retry.ts';
import { streamCache } from './stream-cache.ts';
import {
  isSnapshotDue,
  type LoadedStream,
  loadStateAt,
  loadStream,
  nextVersion,
  type SnapshotPolicy,
  type StreamFold,
  saveSnapshot,
} from './stream-state.ts';
import { uuidv5 } from './uuid.ts';

export interface CommandContext {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  readonly reason?: string;
  readonly traceparent?: string;
  /** A caller's `If-Match`. */
  readonly expectedVersion?: ExpectedVersion;
  readonly requestHash?: string;
}

/** `state` is there because the HTTP answer needs it: a query would be eventually consistent. */
export type CommandOutcome<S, Reason extends Refusal> =
  | { readonly status: 'accepted'; readonly streamVersion: StreamVersion; readonly position: Position; readonly state: S }
  | { readonly status: 'unchanged'; readonly streamVersion: ExpectedVersion; readonly position: Position; readonly state: S }
  /** This command id was accepted before: version and position of then, state of today. */
  | { readonly status: 'repeated'; readonly streamVersion: StreamVersion; readonly position: Position; readonly state: S }
  /** Nothing is stored, and the same id may be sent again. */
  | { readonly status: 'rejected'; readonly reason: Reason }
  | { readonly status: 'stale'; readonly current: ExpectedVersion }
  /** The same command id with another request hash. */
  | { readonly status: 'key-reused' }
  /** Not resolved in time, or the store refuses to write; the outcome may be unknown. The same id may be sent again. */
  | { readonly status: 'busy' };

export interface CommandHandler<C extends Command, S, Reason extends Refusal> {
  (command: C, context: CommandContext): Promise<CommandOutcome<S, Reason>>;
  /** Whether this command id was accepted before; for an edge that would refuse today what was accepted then. */
  recall(stream: StreamName, context: CommandContext): Promise<CommandOutcome<S, Reason> | undefined>;
  /** To answer a repeated command word for word: the state at the version of then. */
  stateAt(stream: StreamName, version: StreamVersion): Promise<S>;
}

interface Pending<C, S, R extends Refusal> {
  readonly command: C;
  readonly context: CommandContext;
  readonly giveUpAt: Instant;
  readonly answer: (outcome: CommandOutcome<S, R>) => void;
  readonly fail: (error: unknown) => void;
}

/** One append for many commands: what each would be answered if it succeeds. */
interface Plan<C, S, R extends Refusal> {
  readonly events: readonly EventToAppend[];
  readonly after: LoadedStream<S>;
  readonly answers: readonly { readonly pending: Pending<C, S, R>; readonly to: (position: Position) => CommandOutcome<S, R> }[];
  readonly accepted: readonly { readonly context: CommandContext; readonly streamVersion: StreamVersion }[];
  /** Not decided yet: the append was full. */
  readonly rest: readonly Pending<C, S, R>[];
}

type Decided<S, R> = Rejection<R> | { readonly encoded: readonly EventToAppend[]; readonly bytes: number; readonly state: S };

const batchCommandsMax = 200;
const batchEventsMax = 400;
const batchBytesMax = 400 * 1024;
/** An estimate for one event. */
const metadataBytes = 600;

const later = (time: Instant, ms: number): Instant => new Date(Date.parse(time) + ms).toISOString() as Instant;

export interface CommandHandlerOptions<S, C extends Command, E extends DomainEvent, R extends Refusal> {
  readonly decider: Decider<S, C, E, R>;
  readonly codec: EventCodec<NoInfer<E>>;
  readonly streamOf: (command: NoInfer<C>) => StreamName;
  readonly eventStore: EventStore;
  readonly timer: Timer;
  /** How long a caller waits before it is told 'busy'; bounded by time, jittered. */
  readonly retry?: { readonly withinMs: number; readonly random: Random };
  readonly snapshot?: SnapshotPolicy<NoInfer<S>>;
  /** Memory for states, in bytes. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Command ids a stream remembers; only for an endless stream whose rules recognise a repeat. Default: all. */
  readonly remember?: number;
  readonly log?: Log;
}

/**
 * Receive, locate, invoke, persist. Commands for one stream wait in a mailbox, are decided one after the other on the
 * same state in memory, and are appended together; commands for different streams go side by side. Another process may
 * write the same stream: the expected version decides, and the loser decides again on what is there now.
 */
export const commandHandler = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  options: CommandHandlerOptions<S, C, E, R>,
): CommandHandler<C, S, R> => {
  const { decider, codec, streamOf, eventStore, timer, snapshot, log = silent } = options;
  const { withinMs, random } = options.retry ?? { withinMs: 5_000, random: () => 0.5 };
  const fold: StreamFold<S, E> = {
    initialState: decider.initialState,
    evolve: decider.evolve,
    codec,
    eventStore,
    remember: options.remember ?? Number.POSITIVE_INFINITY,
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  const cache = streamCache<LoadedStream<S>>(options.cacheBytes ?? 16 * 1024 * 1024);
  const mailboxes = new Map<StreamName, Pending<C, S, R>[]>();
  const snapshotting = new Set<StreamName>();

  const metadataOf = (context: CommandContext, occurredAt: Instant): MessageMetadata => ({
    commandId: context.commandId,
    ...(context.requestHash === undefined ? {} : { requestHash: context.requestHash }),
    correlationId: context.correlationId,
    causationId: context.causationId,
    actor: context.actor,
    ...(context.reason === undefined ? {} : { reason: context.reason }),
    occurredAt,
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  });

  const toAppend = (events: readonly E[], context: CommandContext, occurredAt: Instant): readonly EventToAppend[] => {
    const metadata = metadataOf(context, occurredAt);
    return events.map((event, index) => ({ eventId: uuidv5(context.commandId, index), ...codec.encode(event), metadata }));
  };

  /** One command on one state: its events as they would be stored, and the state after them. Throws what the rules throw. */
  const decideOne = (command: C, context: CommandContext, before: S, occurredAt: Instant): Decided<S, R> => {
    const decision = decider.decide(command, before);
    if (isRejection(decision)) return decision;
    const encoded = toAppend(decision, context, occurredAt);
    const bytes = encoded.reduce((sum, { data }) => sum + Buffer.byteLength(JSON.stringify(data)) + metadataBytes, 0);
    if (encoded.length > appendEventsMax)
      throw new RangeError(`${command.type} decides ${encoded.length} events: more than an append may hold`);
    return { encoded, bytes, state: decision.reduce(decider.evolve, before) };
  };

  const decideAll = (loaded: LoadedStream<S>, waiting: readonly Pending<C, S, R>[]): Plan<C, S, R> => {
    let { state, version, bytes } = loaded;
    const now = timer.now();
    const occurredAt = loaded.occurredAt !== undefined && loaded.occurredAt > now ? loaded.occurredAt : now;
    const events: EventToAppend[] = [];
    const answers: Plan<C, S, R>['answers'][number][] = [];
    const accepted: Plan<C, S, R>['accepted'][number][] = [];
    const inBatch = new Map<string, { readonly streamVersion: StreamVersion; readonly requestHash: string | undefined }>();
    let batchBytes = 0;
    let next = 0;
    for (; next < waiting.length; next++) {
      const pending = waiting[next];
      if (pending === undefined || events.length >= batchEventsMax || batchBytes >= batchBytesMax) break;
      const { command, context } = pending;
      const known = loaded.commands.get(context.commandId);
      const twin = inBatch.get(context.commandId);
      const before = { state, version };
      const answer = (to: (position: Position) => CommandOutcome<S, R>): void => void answers.push({ pending, to });
      if (known !== undefined) {
        if (known.requestHash !== context.requestHash) answer(() => ({ status: 'key-reused' }));
        else answer(() => ({ status: 'repeated', streamVersion: known.streamVersion, position: known.position, state: before.state }));
        continue;
      }
      if (twin !== undefined) {
        if (twin.requestHash !== context.requestHash) answer(() => ({ status: 'key-reused' }));
        else answer((position) => ({ status: 'repeated', streamVersion: twin.streamVersion, position, state: before.state }));
        continue;
      }
      if (context.expectedVersion !== undefined && context.expectedVersion !== version) {
        answer(() => ({ status: 'stale', current: before.version }));
        continue;
      }
      let decided: Decided<S, R>;
      try {
        decided = decideOne(command, context, state, occurredAt);
      } catch (error) {
        pending.fail(error); // a bug in one command's rules is no other caller's error
        continue;
      }
      if ('rejected' in decided) {
        const { rejected } = decided;
        answer(() => ({ status: 'rejected', reason: rejected }));
        continue;
      }
      const { encoded } = decided;
      if (encoded.length === 0) {
        answer((position) => ({ status: 'unchanged', streamVersion: before.version, position, state: before.state }));
        continue;
      }
      if (events.length > 0 && (events.length + encoded.length > batchEventsMax || batchBytes + decided.bytes > batchBytesMax)) break;
      events.push(...encoded);
      batchBytes += decided.bytes;
      state = decided.state;
      const streamVersion = nextVersion(version) + encoded.length - 1;
      version = streamVersion;
      inBatch.set(context.commandId, { streamVersion, requestHash: context.requestHash });
      accepted.push({ context, streamVersion });
      const after = state;
      answer((position) => ({ status: 'accepted', streamVersion, position, state: after }));
    }
    bytes += batchBytes;
    return { events, answers, accepted, rest: waiting.slice(next), after: { ...loaded, state, version, bytes, occurredAt } };
  };

  /** Callers whose time is up are told so; what they asked for goes on. */
  const answerLate = (waiting: readonly Pending<C, S, R>[]): void => {
    const now = timer.now();
    for (const pending of waiting) if (pending.giveUpAt <= now) pending.answer({ status: 'busy' });
  };

  /** The same batch again until it is known what became of it. */
  const appendUntilKnown = async (stream: StreamName, expected: ExpectedVersion, plan: Plan<C, S, R>): Promise<AppendResult> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await eventStore.append(stream, expected, plan.events);
      } catch (error) {
        if (!(error instanceof UnknownOutcome)) throw error;
        log.warn({ stream, attempt }, 'outcome of an append unknown, sending it again');
        answerLate([...plan.answers.map(({ pending }) => pending), ...plan.rest, ...(mailboxes.get(stream) ?? [])]);
        await timer.sleep(backoffMs({ firstMs: 10, maxMs: 1_000 }, attempt, random));
      }
    }
  };

  const snapshotWhenDue = (stream: StreamName, loaded: LoadedStream<S>): void => {
    if (snapshot === undefined || loaded.version === 'no-stream' || snapshotting.has(stream)) return;
    if (!isSnapshotDue(snapshot.every, loaded.snapshotVersion, loaded.version)) return;
    snapshotting.add(stream);
    const { version } = loaded;
    saveSnapshot(fold, snapshot, stream, loaded)
      .then(() => {
        const cached = cache.get(stream);
        if (cached !== undefined) cache.set(stream, { ...cached, snapshotVersion: version }, cached.bytes);
      })
      .catch((error: unknown) => log.warn({ stream, err: error }, 'snapshot not saved; the next one will be'))
      .finally(() => snapshotting.delete(stream));
  };

  const settle = (stream: StreamName, plan: Plan<C, S, R>, position: Position): void => {
    for (const { context, streamVersion } of plan.accepted) {
      const { commandId, requestHash } = context;
      plan.after.commands.add(commandId, { streamVersion, position, ...(requestHash === undefined ? {} : { requestHash }) });
    }
    // A snapshot may have been saved meanwhile.
    const snapshotVersion = Math.max(plan.after.snapshotVersion, cache.get(stream)?.snapshotVersion ?? -1);
    const loaded = { ...plan.after, position, snapshotVersion };
    cache.set(stream, loaded, loaded.bytes);
    for (const { pending, to } of plan.answers) pending.answer(to(position));
    if (plan.events.length > 0) snapshotWhenDue(stream, loaded);
  };

  const handleBatch = async (stream: StreamName, batch: readonly Pending<C, S, R>[]): Promise<void> => {
    let waiting = batch;
    let loaded = cache.get(stream) ?? (await loadStream(fold, stream));
    for (let attempt = 0; waiting.length > 0; ) {
      const plan = decideAll(loaded, waiting);
      if (plan.events.length === 0) {
        settle(stream, plan, loaded.position);
        waiting = plan.rest;
        continue;
      }
      const result = await appendUntilKnown(stream, loaded.version, plan);
      if (result.status === 'appended') {
        settle(stream, plan, result.position);
        loaded = { ...plan.after, position: result.position };
        waiting = plan.rest;
        continue;
      }
      // Ours may be in the tail, from a try whose answer was lost: decideAll finds it by its command id.
      cache.delete(stream);
      loaded = await loadStream(fold, stream, loaded);
      answerLate(waiting);
      waiting = waiting.filter(({ giveUpAt }) => giveUpAt > timer.now());
      await timer.sleep(backoffMs({ firstMs: 2, maxMs: 100 }, attempt++, random));
    }
  };

  const failAll = (stream: StreamName, batch: readonly Pending<C, S, R>[], error: unknown): void => {
    cache.delete(stream);
    if (error instanceof StoreUnavailable) {
      log.warn({ stream, err: error }, 'the event store takes no writes');
      for (const pending of batch) pending.answer({ status: 'busy' });
    } else for (const pending of batch) pending.fail(error);
  };

  const drain = async (stream: StreamName, mailbox: Pending<C, S, R>[]): Promise<void> => {
    await Promise.resolve(); // all that is sent in this turn goes into the first append
    while (mailbox.length > 0) {
      const batch = mailbox.splice(0, batchCommandsMax);
      await handleBatch(stream, batch).catch((error: unknown) => failAll(stream, batch, error));
    }
    mailboxes.delete(stream);
  };

  const handle = (command: C, context: CommandContext): Promise<CommandOutcome<S, R>> =>
    new Promise((answer, fail) => {
      const stream = streamOf(command);
      const pending = { command, context, giveUpAt: later(timer.now(), withinMs), answer, fail };
      const mailbox = mailboxes.get(stream);
      if (mailbox !== undefined) {
        mailbox.push(pending);
        return;
      }
      const opened = [pending];
      mailboxes.set(stream, opened);
      void drain(stream, opened);
    });

  const recall = async (stream: StreamName, { commandId, requestHash }: CommandContext): Promise<CommandOutcome<S, R> | undefined> => {
    const { commands, state } = cache.get(stream) ?? (await loadStream(fold, stream));
    const known = commands.get(commandId);
    if (known === undefined) return undefined;
    if (known.requestHash !== requestHash) return { status: 'key-reused' };
    return { status: 'repeated', streamVersion: known.streamVersion, position: known.position, state };
  };

  return Object.assign(handle, {
    recall,
    stateAt: (stream: StreamName, version: StreamVersion) => loadStateAt(fold, stream, version),
  });
};
