import type {
  Command,
  Decider,
  DomainEvent,
  Instant,
  MessageMetadata,
  Position,
  Refusal,
  Rejection,
  StreamVersion,
} from '@conference/kernel';
import { isRejection } from '@conference/kernel';
import { appendEventsMax, type EventToAppend } from '@conference/ports';
import type { CommandContext, CommandOutcome } from './command-outcome.ts';
import type { EventCodec } from './event-codec.ts';
import { bytesPerEvent, type LoadedStream, nextVersion } from './stream-state.ts';
import { uuidv5 } from './uuid.ts';

/** A command that waits for its answer. */
export interface Pending<C, S, R extends Refusal> {
  readonly command: C;
  readonly context: CommandContext;
  readonly giveUpAt: Instant;
  readonly answer: (outcome: CommandOutcome<S, R>) => void;
  readonly fail: (error: unknown) => void;
}

/** One append for many commands: what each would be answered if it succeeds. */
export interface Plan<C, S, R extends Refusal> {
  readonly events: readonly EventToAppend[];
  readonly after: LoadedStream<S>;
  readonly answers: readonly { readonly pending: Pending<C, S, R>; readonly to: (position: Position) => CommandOutcome<S, R> }[];
  readonly accepted: readonly { readonly context: CommandContext; readonly streamVersion: StreamVersion }[];
  /** Not decided yet: the append was full. */
  readonly rest: readonly Pending<C, S, R>[];
}

type Decided<S, R> = Rejection<R> | { readonly encoded: readonly EventToAppend[]; readonly bytes: number; readonly state: S };

const batchEventsMax = 400;
const batchBytesMax = 400 * 1024;
/** An estimate for one event. */
const metadataBytes = 600;

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

/**
 * Decides waiting commands one after the other, each on the state that those before it lead to, until the append is full.
 * Pure, but for a command whose rules throw: that one alone is told so, because a bug in its rules is no other caller's error.
 */
export const batchDecider = <S, C extends Command, E extends DomainEvent, R extends Refusal>(options: {
  readonly decider: Decider<S, C, E, R>;
  readonly codec: EventCodec<NoInfer<E>>;
}): ((loaded: LoadedStream<S>, waiting: readonly Pending<C, S, R>[], now: Instant) => Plan<C, S, R>) => {
  const { decider, codec } = options;

  const toAppend = (events: readonly E[], context: CommandContext, occurredAt: Instant): readonly EventToAppend[] => {
    const metadata = metadataOf(context, occurredAt);
    return events.map((event, index) => ({ eventId: uuidv5(context.commandId, index), ...codec.encode(event), metadata }));
  };

  /** One command on one state: its events as they would be stored, and the state after them. Throws what the rules throw. */
  const decideOne = (command: C, context: CommandContext, before: S, occurredAt: Instant, isAlone: boolean): Decided<S, R> => {
    const decision = decider.decide(command, before);
    if (isRejection(decision)) return decision;
    const encoded = toAppend(decision, context, occurredAt);
    // The size bounds what goes into one append; one command has to go as it is.
    const bytes = isAlone ? 0 : encoded.reduce((sum, { data }) => sum + Buffer.byteLength(JSON.stringify(data)) + metadataBytes, 0);
    if (encoded.length > appendEventsMax)
      throw new RangeError(`${command.type} decides ${encoded.length} events: more than an append may hold`);
    return { encoded, bytes, state: decision.reduce(decider.evolve, before) };
  };

  return (loaded, waiting, now) => {
    let { state, version } = loaded;
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
        decided = decideOne(command, context, state, occurredAt, waiting.length === 1);
      } catch (error) {
        pending.fail(error);
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
    const after = { ...loaded, state, version, bytes: loaded.bytes + events.length * bytesPerEvent, occurredAt };
    return { events, answers, accepted, rest: waiting.slice(next), after };
  };
};
