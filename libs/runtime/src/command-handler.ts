import type { Command, Decider, DomainEvent, Instant, Position, Refusal, StreamName, StreamVersion } from '@conference/kernel';
import {
  type AppendResult,
  type EventStore,
  type ExpectedVersion,
  type Random,
  StoreUnavailable,
  type Timer,
  UnknownOutcome,
} from '@conference/ports';
import type { CommandContext, CommandOutcome } from './command-outcome.ts';
import { batchDecider, type Pending, type Plan } from './decide-batch.ts';
import type { EventCodec } from './event-codec.ts';
import { type Log, silent } from './log.ts';
import { backoffMs } from './retry.ts';
import { streamCache } from './stream-cache.ts';
import {
  isSnapshotDue,
  type LoadedStream,
  loadStateAt,
  loadStream,
  type SnapshotPolicy,
  type StreamFold,
  saveSnapshot,
} from './stream-state.ts';

/** A stream's state after one of its events, and where that stands in the store. */
export type StreamAt<S> = { readonly state: S; readonly version: StreamVersion; readonly position: Position };

export interface CommandHandler<C extends Command, S, Reason extends Refusal> {
  (command: C, context: CommandContext): Promise<CommandOutcome<S, Reason>>;
  /** Whether this command id was accepted before; for an edge that would refuse today what was accepted then. */
  recall(stream: StreamName, context: CommandContext): Promise<CommandOutcome<S, Reason> | undefined>;
  /** What a command left behind, when it is the last one of its stream and still in memory: nothing is read for it. */
  leftBy(stream: StreamName, commandId: string): Promise<StreamAt<S> | undefined>;
  /** To answer a repeated command word for word: the state at the version of then. */
  stateAt(stream: StreamName, version: StreamVersion): Promise<S>;
}

const batchCommandsMax = 200;

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
  /** Memory for states, in bytes; an estimate, short of the truth by a factor of four or so. Default 2 MiB. */
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
  const decideBatch = batchDecider({ decider, codec });
  const cache = streamCache<LoadedStream<S>>(options.cacheBytes ?? 2 * 1024 * 1024);
  const mailboxes = new Map<StreamName, { readonly waiting: Pending<C, S, R>[]; readonly emptied: Promise<void> }>();
  const snapshotting = new Set<StreamName>();

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
        answerLate([...plan.answers.map(({ pending }) => pending), ...plan.rest, ...(mailboxes.get(stream)?.waiting ?? [])]);
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
      const plan = decideBatch(loaded, waiting, timer.now());
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
      // Ours may be in the tail, from a try whose answer was lost: decideBatch finds it by its command id.
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
        mailbox.waiting.push(pending);
        return;
      }
      const opened = [pending];
      mailboxes.set(stream, { waiting: opened, emptied: drain(stream, opened) });
    });

  const recall = async (stream: StreamName, { commandId, requestHash }: CommandContext): Promise<CommandOutcome<S, R> | undefined> => {
    const { commands, state } = cache.get(stream) ?? (await loadStream(fold, stream));
    const known = commands.get(commandId);
    if (known === undefined) return undefined;
    if (known.requestHash !== requestHash) return { status: 'key-reused' };
    return { status: 'repeated', streamVersion: known.streamVersion, position: known.position, state };
  };

  const leftBy: CommandHandler<C, S, R>['leftBy'] = async (stream, commandId) => {
    // Its event may be seen before its own caller is answered.
    if (cache.get(stream)?.commands.get(commandId) === undefined) await mailboxes.get(stream)?.emptied;
    const cached = cache.get(stream);
    const left = cached?.commands.get(commandId);
    if (cached === undefined || left === undefined || left.streamVersion !== cached.version) return undefined;
    return { state: cached.state, version: left.streamVersion, position: left.position };
  };

  return Object.assign(handle, {
    recall,
    leftBy,
    stateAt: (stream: StreamName, version: StreamVersion) => loadStateAt(fold, stream, version),
  });
};
