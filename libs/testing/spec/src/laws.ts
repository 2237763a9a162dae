import {
  type Command,
  type Decider,
  type Decision,
  type DomainEvent,
  fold,
  isRejection,
  type JsonObject,
  type Refusal,
} from '@conference/kernel';
import fc from 'fast-check';
import { expect } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson, viaJson } from './equality.ts';

type Encoded = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };

/** One command of a history, and what became of it; refused commands change nothing. */
export interface Transition<S, C extends Command, E extends DomainEvent, R extends Refusal> {
  readonly before: S;
  readonly command: C;
  readonly decision: Decision<E, R>;
  readonly after: S;
}

export interface LawsOptions<S, C extends Command, E extends DomainEvent, R extends Refusal = Refusal> {
  /** Few ids and small numbers: commands of one history must meet each other. */
  readonly command: fc.Arbitrary<C>;
  /** The catalogue's; then each event also goes through it and JSON, and comes back the same. */
  readonly codec?: { readonly encode: (event: E) => Encoded; readonly decode: (stored: Encoded) => E | undefined };
  /** The aggregate's own; throws. Asked at every prefix of every history. */
  readonly invariant?: (state: S, history: readonly E[]) => void;
  /** The same for what a single command may do; throws. Asked at every command, refused or not. */
  readonly transition?: (transition: Transition<S, C, E, R>) => void;
  readonly numRuns?: number;
  readonly commandsMax?: number;
}

/**
 * The laws of every decider, over random histories: **total** (`decide` and `evolve` never throw), **deterministic**,
 * **idempotent** (an accepted command repeated on the state it led to yields nothing or a refusal, never events again),
 * **replayable** (folding the stored history gives the state reached step by step, at every prefix), every event **survives
 * JSON and its codec**, and the aggregate's own invariants hold at every prefix. Everything is deeply frozen, so mutation fails too.
 */
export const laws = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
  options: LawsOptions<NoInfer<S>, NoInfer<C>, NoInfer<E>, NoInfer<R>>,
): void => {
  const histories = fc.array(options.command, { maxLength: options.commandsMax ?? 40, size: 'max' });
  fc.assert(
    fc.property(histories, (commands) => obey(decider, commands, options)),
    { numRuns: options.numRuns ?? 100, includeErrorInReport: true },
  );
};

type Reached<S, E> = { readonly state: S; readonly stored: readonly E[] };

const obey = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
  commands: readonly C[],
  options: LawsOptions<S, C, E, R>,
): void => {
  let reached: Reached<S, E> = { state: deepFreeze(decider.initialState, 'state'), stored: [] };
  options.invariant?.(reached.state, reached.stored);
  for (const generated of commands) {
    // As the edge hands it over: fast-check's records may have no prototype.
    const command = deepFreeze(viaJson(generated), 'command');
    const before = reached.state;
    const decision = deepFreeze(decider.decide(command, before), 'decision');
    expectEqual(decider.decide(command, before), decision, 'decide is not deterministic');
    if (isRejection(decision)) expect(decision.rejected.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    else {
      for (const event of decision) reached = happen(decider, reached, event, options);
      expectIdempotent(decider, command, reached.state);
    }
    options.transition?.({ before, command, decision, after: reached.state });
  }
  expectEqual(fold(decider, reached.stored), reached.state, 'replaying the history gives another state');
};

/** As decided and as read back from the store, an event leads to the same state. */
const happen = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  { evolve }: Decider<S, C, E, R>,
  { state, stored }: Reached<S, E>,
  event: E,
  { codec, invariant }: LawsOptions<S, C, E, R>,
): Reached<S, E> => {
  const back = deepFreeze(roundTrip(event, codec));
  const after = { state: deepFreeze(evolve(state, event), 'state'), stored: [...stored, back] };
  expectEqual(evolve(state, event), after.state, 'evolve is not deterministic');
  expectEqual(evolve(state, back), after.state, 'replaying the history gives another state');
  invariant?.(after.state, after.stored);
  return after;
};

const roundTrip = <E extends DomainEvent>(event: E, codec: LawsOptions<unknown, Command, E>['codec']): E => {
  const back = expectJson(event, event.type);
  if (codec === undefined) return back;
  const decoded = codec.decode(expectJson(codec.encode(event), `encoded ${event.type}`));
  if (decoded === undefined) return expect.fail(`${event.type} is not in the codec's catalogue`);
  expectEqual(decoded, event, `${event.type} does not survive its codec`);
  return decoded;
};

const expectIdempotent = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
  command: C,
  state: S,
): void => {
  const again = decider.decide(command, state);
  if (!isRejection(again)) expectEqual(again, [], `${command.type} repeated on the state it led to decides events again`);
};
