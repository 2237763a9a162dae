import { type Command, type Decider, type DomainEvent, fold, isRejection, type JsonObject, type Refusal } from '@conference/kernel';
import fc from 'fast-check';
import { expect } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { expectEqual, expectJson, viaJson } from './equality.ts';

type Encoded = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };

export interface LawsOptions<S, C extends Command, E extends DomainEvent> {
  /** Few ids and small numbers: commands of one history must meet each other. */
  readonly command: fc.Arbitrary<C>;
  /** The catalogue's; then each event also goes through it and JSON, and comes back the same. */
  readonly codec?: { readonly encode: (event: E) => Encoded; readonly decode: (stored: Encoded) => E | undefined };
  /** The aggregate's own; throws. Asked at every prefix of every history. */
  readonly invariant?: (state: S) => void;
  readonly numRuns?: number;
  readonly commandsMax?: number;
}

/**
 * The laws of every decider, over random histories: **total** (`decide` and `evolve` never throw), **deterministic**,
 * **idempotent** (an accepted command repeated on the state it led to yields nothing or a refusal, never events again),
 * **replayable** (folding the stored history gives the state reached step by step), every event **survives JSON**, and the
 * aggregate's own invariant holds at every prefix. Everything is deeply frozen, so mutation fails too.
 */
export const laws = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
  options: LawsOptions<NoInfer<S>, NoInfer<C>, NoInfer<E>>,
): void => {
  const histories = fc.array(options.command, { maxLength: options.commandsMax ?? 40, size: 'max' });
  fc.assert(
    fc.property(histories, (commands) => obey(decider, commands, options)),
    { numRuns: options.numRuns ?? 100, includeErrorInReport: true },
  );
};

const obey = <S, C extends Command, E extends DomainEvent, R extends Refusal>(
  decider: Decider<S, C, E, R>,
  commands: readonly C[],
  options: LawsOptions<S, C, E>,
): void => {
  const stored: E[] = [];
  let state = deepFreeze(decider.initialState, 'state');
  options.invariant?.(state);
  for (const generated of commands) {
    // As the edge hands it over: fast-check's records may have no prototype.
    const command = deepFreeze(viaJson(generated), 'command');
    const decision = deepFreeze(decider.decide(command, state), 'decision');
    expectEqual(decider.decide(command, state), decision, 'decide is not deterministic');
    if (isRejection(decision)) {
      expect(decision.rejected.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      continue;
    }
    for (const event of decision) {
      stored.push(deepFreeze(roundTrip(event, options.codec)));
      const next = deepFreeze(decider.evolve(state, event), 'state');
      expectEqual(decider.evolve(state, event), next, 'evolve is not deterministic');
      options.invariant?.(next);
      state = next;
    }
    expectIdempotent(decider, command, state);
  }
  expectEqual(fold(decider, stored), state, 'replaying the history gives another state');
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
