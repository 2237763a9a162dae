import type { ProcessEvent } from '@conference/kernel';
import { deciderOf, type HandleInput, inputOf, laws, type RunningProcess, type Transition } from '@conference/testing-spec';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  at,
  cancelled,
  confirmed,
  due,
  expired,
  type Input,
  paid,
  placed,
  placedTooLate,
  refused,
  releaseAt,
  reserved,
  updated,
} from './registration.examples.ts';
import type { RegistrationCommand, RegistrationFacts } from './registration.messages.ts';
import type { Registration } from './registration.state.ts';
import { registration } from './registration.ts';

type Running = RunningProcess<Registration>;
type Handled = ProcessEvent<RegistrationFacts, RegistrationCommand>;

// Also what no registration can be told: it has to bear whatever there is.
const inputsMax = 20;
const refusal = fc
  .tuple(
    fc.nat(inputsMax),
    fc.nat(1),
    fc.constantFrom('amount-mismatch', 'order-expired', 'order-confirmed', 'order-cancelled', 'unknown-seat-type', 'not-due', 'any'),
  )
  .map(([id, index, code]) => refused(`${id}/${index}`, code));
const event = fc.constantFrom<Input>(
  ...[placed, placed, placedTooLate, updated(2), updated(3, 1), expired, cancelled, paid('p1'), paid('p2'), paid('p3')],
  ...[reserved(1, 2), reserved(1, 1, 2), reserved(2, 3), reserved(2, 2), reserved(2, 0, 3), reserved(3, 1), reserved(4, 2)],
  ...[confirmed('p1'), confirmed('p2', true), confirmed(null)],
  ...[due(), due(releaseAt, at('09:28')), due(at('10:00'), at('10:00'), 'unknown-order'), due(at('10:30'), at('10:31'), 'unknown-order')],
);
const command: fc.Arbitrary<HandleInput<RegistrationFacts>> = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: event }, { weight: 1, arbitrary: refusal }), fc.nat(inputsMax), fc.constantFrom('09:00', '09:30'))
  .map(([input, id, time]) => ({ type: 'HandleInput', data: { input: inputOf(registration, input, String(id), at(time)) } }));

const completed = (history: readonly Handled[]): ReadonlySet<string> =>
  new Set(history.flatMap(({ data: { input } }) => (input.message.type === 'PaymentCompleted' ? [input.message.data.paymentId] : [])));
const refunded = (history: readonly Handled[]): readonly string[] =>
  history
    .flatMap(({ data: { commands } }) => commands)
    .flatMap(({ command: sent }) => (sent.type === 'RequestRefund' ? [sent.data.paymentId] : []));

/** Each is held, or under way, or settled; and goes back at most once. */
const noPaymentIsForgotten = ({ held, current, settled }: Registration, history: readonly Handled[]): void => {
  for (const paymentId of completed(history)) {
    const places = [
      ...held.filter((payment) => payment.paymentId === paymentId),
      ...(current?.payment.paymentId === paymentId ? [current] : []),
      ...(settled.includes(paymentId) ? ['settled'] : []),
    ];
    expect([paymentId, places.length]).toStrictEqual([paymentId, 1]);
  }
  const back = refunded(history);
  expect(back).toStrictEqual([...new Set(back)]);
};

/** What it waits for, it is woken for; and for nothing else. */
const deadlinesAreThoseOfTheState = ({ own, deadlines }: Running): void => {
  const { held, releaseAt: known } = own;
  expect('unknown-order' in deadlines).toBe(known === null && held.length > 0);
  if ('release' in deadlines) expect(deadlines['release']).toBe(known);
  if (own.state === 'confirmed' || own.state === 'cancelled') expect(deadlines).not.toHaveProperty('release');
};

const theStateSaysWhatIsUnderWay = ({ state, current }: Registration): void => {
  if (state === 'confirming') expect(current?.commandId).toEqual(expect.any(String));
  if (state === 'reserving-again') expect(current).toMatchObject({ commandId: null, late: true });
};

const nothingGoesBack = ({ before, after }: Transition<Running, HandleInput<RegistrationFacts>, Handled, never>): void => {
  const numbers = ({ own: { selection, answered, request } }: Running) => [selection.request, answered, request];
  const later = numbers(after);
  for (const [index, number] of numbers(before).entries()) expect(later[index]).toBeGreaterThanOrEqual(number);
  if (before.own.state === 'confirmed') expect(after.own.state).toBe('confirmed');
};

it('obeys the laws of a decider, forgets no payment, and wakes up for what it waits for', () =>
  laws(deciderOf(registration), {
    command,
    invariant: (running, history) => {
      noPaymentIsForgotten(running.own, history);
      deadlinesAreThoseOfTheState(running);
      theStateSaysWhatIsUnderWay(running.own);
      expect(JSON.stringify(history)).not.toContain('CODE');
    },
    transition: nothingGoesBack,
    numRuns: 400,
  }));
