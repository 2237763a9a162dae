// What one order is told comes from three streams, between which there is no order: here in every one that there is.
import { runOf } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { cancelled, confirmed, expired, type Input, now, paid, placed, refused, reserved, updated } from './registration.examples.ts';
import type { RegistrationCommand } from './registration.messages.ts';
import { registration } from './registration.ts';

const orderings = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2 ? [items] : items.flatMap((first, i) => orderings(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));

/** Each input once, and each twice in a row; both under its own id, as the store has it. */
const deliveries = (inputs: readonly Input[]) => {
  const named = inputs.map((input, index) => ({ id: String(index + 1), input }));
  return orderings(named).flatMap((one) => [one, one.flatMap((input) => [input, input]), [...one, ...one]]);
};

const count = (sent: readonly RegistrationCommand[], type: RegistrationCommand['type']) =>
  sent.filter((command) => command.type === type).length;
const refunds = (sent: readonly RegistrationCommand[]) =>
  sent.flatMap((command) => (command.type === 'RequestRefund' ? [[command.data.paymentId, command.data.reason]] : []));

describe('Whatever comes first', () => {
  it('placed, reserved and paid: the seats are marked and the order is confirmed, once', () => {
    for (const inputs of deliveries([placed, reserved(1, 2), paid()])) {
      const { sent, state, deadlines } = runOf(registration, inputs);
      expect([count(sent, 'MarkSeatsAsReserved'), count(sent, 'ConfirmOrder'), refunds(sent)]).toStrictEqual([1, 1, []]);
      expect(state).toMatchObject({ state: 'confirming', current: { payment: { paymentId: 'p1' } }, held: [] });
      expect(Object.keys(deadlines)).toStrictEqual(['release']);
    }
  });

  it('and chosen again: the newest selection is reserved, and no older answer counts for it', () => {
    for (const inputs of deliveries([placed, updated(2), reserved(1, 2), reserved(2, 3)])) {
      const { sent, state } = runOf(registration, inputs);
      expect(state).toMatchObject({ state: 'reservation-received', request: 2 });
      expect(sent.findLast(({ type }) => type === 'MarkSeatsAsReserved')).toMatchObject({ data: { request: 2, seats: [{ quantity: 3 }] } });
    }
  });

  it('and confirmed: the seats are committed and the assignments created, once, and no money goes back', () => {
    for (const inputs of deliveries([placed, reserved(1, 2), paid(), confirmed()])) {
      const { sent, state, deadlines } = runOf(registration, inputs);
      expect([count(sent, 'CommitSeatReservation'), count(sent, 'CreateSeatAssignments')]).toStrictEqual([1, 1]);
      expect([count(sent, 'CancelSeatReservation'), refunds(sent)]).toStrictEqual([0, []]);
      expect(state).toMatchObject({ state: 'confirmed', current: null, held: [] });
      expect(deadlines).toStrictEqual({});
    }
  });

  it('and confirmed by another payment: this one goes back, once', () => {
    for (const inputs of deliveries([placed, reserved(1, 2), paid('p2'), confirmed('p1')]))
      expect(refunds(runOf(registration, inputs).sent)).toStrictEqual([['p2', 'order-confirmed']]);
  });

  it('and cancelled: the seats and the money go back, the money once', () => {
    for (const inputs of deliveries([placed, reserved(1, 2), paid(), cancelled])) {
      const { sent, state, deadlines } = runOf(registration, inputs);
      expect(refunds(sent)).toStrictEqual([['p1', 'order-cancelled']]);
      expect(count(sent, 'CancelSeatReservation')).toBeGreaterThan(0);
      expect([state.state, deadlines]).toStrictEqual(['cancelled', {}]);
    }
  });

  it('and expired: the seats go back, and are taken again for the payment, once', () => {
    for (const inputs of deliveries([placed, reserved(1, 2), paid(), expired])) {
      const ended = runOf(registration, inputs);
      // A confirmation that the end overtook is refused; then it is the same.
      const open = ended.state.current?.commandId;
      const { sent, state } = open ? runOf(registration, [...inputs, refused(open, 'order-expired')]) : ended;
      const again = sent.filter((command) => command.type === 'MakeSeatReservation' && command.data.request === 2);
      expect([again.length, refunds(sent)]).toStrictEqual([1, []]);
      expect(state).toMatchObject({ state: 'reserving-again', current: { late: true } });
    }
  });
});

describe('W-6: the placement told again after the end', () => {
  it.each([
    ['confirmed', confirmed()],
    ['expired', expired],
    ['cancelled', cancelled],
  ])('of an order that is %s starts no second registration', (_, end) => {
    const { sent } = runOf(registration, [placed, reserved(1, 2), end]);
    expect(runOf(registration, [placed, reserved(1, 2), end, placed]).sent).toStrictEqual(sent);
  });
});

describe('the placement told again before the end', () => {
  it('changes nothing, whatever it says', () => {
    const other: Input = placed.type === 'OrderPlaced' ? { ...placed, data: { ...placed.data, releaseAt: now } } : placed;
    expect(runOf(registration, [placed, other])).toStrictEqual(runOf(registration, [placed]));
  });
});

describe('W-7: what comes before the placement', () => {
  it('finds nothing known', () =>
    expect(runOf(registration, []).state).toStrictEqual({
      ...{ state: 'not-started', orderId: '', conferenceId: '', releaseAt: null, due: null, issued: {} },
      ...{ selection: { request: 0, items: [] }, answered: 0, answer: [], request: 0, current: null, held: [], settled: [] },
    }));
  it.each([
    ['a selection', updated(2), { selection: { request: 2 } }],
    ['an answer of the seats', reserved(1, 2), { answered: 1 }],
    ['a payment', paid(), { held: [{ paymentId: 'p1' }] }],
  ])('%s is kept', (_, input, kept) => expect(runOf(registration, [input]).state).toMatchObject({ state: 'not-started', ...kept }));
});
