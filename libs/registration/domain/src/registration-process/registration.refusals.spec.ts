import type { Instant } from '@conference/kernel';
import { inputOf, runOf, specForProcess } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { RefundReason } from '../refund/refund.events.ts';
import {
  again,
  assignments,
  at,
  awaiting,
  cancelled,
  commit,
  conferenceId,
  confirm,
  confirmed,
  confirmedOrder,
  confirming,
  confirmingLate,
  due,
  expired,
  giveBack,
  type Input,
  make,
  mark,
  noRelease,
  orderId,
  paid,
  placed,
  type Reactions,
  received,
  refund,
  refused,
  rejectOrder,
  releaseAt,
  reserved,
  seats,
  updated,
  usd,
} from './registration.examples.ts';
import type { RegistrationEvent } from './registration.messages.ts';
import { registration } from './registration.ts';

const { given } = specForProcess(registration);

const expectReactions = (history: readonly Input[], input: Input, ...reactions: readonly Reactions[]): void => {
  const [first, ...rest] = reactions.flat();
  const spec = given(...history).when(input);
  if (first === undefined) spec.thenNothing();
  else spec.then(first, ...rest);
};
describe('CommandRejected of ConfirmOrder', () => {
  it.each<[string, RefundReason]>([
    ['amount-mismatch', 'amount-mismatch'],
    ['not-fully-reserved', 'not-fully-reserved'],
    ['registrant-required', 'registrant-required'],
    ['order-confirmed', 'order-confirmed'],
    ['order-cancelled', 'order-cancelled'],
    ['order-not-found', 'unknown-order'],
  ])('%s: refunds, once, and says why', (code, reason) => {
    expectReactions(confirming, refused('3/0', code), refund(reason));
    expectReactions([...confirming, refused('3/0', code)], refused('3/0', code));
  });
  it('goes back to RC: the right payment confirms', () =>
    expectReactions([...confirming, refused('3/0', 'amount-mismatch')], paid('p2'), confirm('p2')));
  it('goes back to RC: the release is still due', () =>
    expectReactions([...confirming, refused('3/0', 'amount-mismatch')], due(), rejectOrder()));
  it('reserves the selection that was made meanwhile', () => {
    const chosen = [...confirming, updated(2)];
    expectReactions(chosen, refused('3/0', 'not-fully-reserved'), refund('not-fully-reserved'), make(2, 3));
    expectReactions([...chosen, due()], refused('3/0', 'not-fully-reserved'), refund('not-fully-reserved'), make(2, 3), rejectOrder());
    expectReactions([...chosen, refused('3/0', 'not-fully-reserved')], reserved(2, 3), mark(2, 3));
  });
  it('tries the next payment that was held', () => {
    const held = [placed, paid(), paid('p2'), reserved(1, 2)]; // ConfirmOrder is 4/1
    expectReactions(held, refused('4/1', 'amount-mismatch'), refund('amount-mismatch'), confirm('p2'));
    expectReactions([...held, refused('4/1', 'amount-mismatch')], refused('5/1', 'amount-mismatch'), refund('amount-mismatch', 'p2'));
    expectReactions(
      [...held, due(), refused('4/1', 'amount-mismatch')],
      refused('6/1', 'amount-mismatch'),
      refund('amount-mismatch', 'p2'),
      rejectOrder(),
    );
  });
  it('order-expired, heard of before: the payment is a late one', () =>
    expectReactions([...received, due(), paid(), expired], refused('4/0', 'order-expired'), make(2, 2)));
  it('order-expired, not heard of yet: the payment waits for the order’s end', () => {
    const overtaken = [...received, due(), paid(), refused('4/0', 'order-expired')];
    expectReactions([...received, due(), paid()], refused('4/0', 'order-expired'));
    expectReactions(overtaken, expired, giveBack(1), make(2, 2));
    expectReactions(overtaken, paid('p2'));
    expectReactions([...overtaken, paid('p2')], expired, giveBack(1), make(2, 2));
  });
  it('after the order’s end, for another reason: refunds it and takes the next', () => {
    const ended = [placed, paid(), paid('p2'), reserved(1, 2), expired];
    expectReactions(ended, refused('4/1', 'amount-mismatch'), refund('amount-mismatch'), make(2, 2));
    expectReactions([...confirming, expired], refused('3/0', 'amount-mismatch'), refund('amount-mismatch'));
    expectReactions([...confirming, expired], paid('p2'));
  });
  it('late: gives back the seats and the money', () => {
    expectReactions(confirmingLate, refused('6/0', 'amount-mismatch'), refund('amount-mismatch'), giveBack(2));
    expectReactions([...confirmingLate, refused('6/0', 'amount-mismatch')], paid('p2'), make(3, 2));
  });
  it('late, and expired it stays: gives back the seats and the money', () =>
    expectReactions(confirmingLate, refused('6/0', 'order-expired'), refund('order-expired'), giveBack(2)));
  it('late: tries the next payment that was held, with the same seats', () => {
    const held = [placed, paid(), paid('p2'), due(), expired, reserved(2, 2)]; // ConfirmOrder(late) is 6/0
    expectReactions(held, refused('6/0', 'amount-mismatch'), refund('amount-mismatch'), confirm('p2', true));
    expectReactions([...held, refused('6/0', 'amount-mismatch')], confirmed('p2', true), commit, assignments, noRelease);
  });
  it('late, order-confirmed: gives back the money, and keeps the seats of the order', () => {
    const kept = [...confirmingLate, refused('6/0', 'order-confirmed')];
    expectReactions(confirmingLate, refused('6/0', 'order-confirmed'), refund('order-confirmed'));
    expectReactions(kept, confirmed('p2', true), commit, assignments, noRelease);
  });
  it('of another command: nothing', () => expectReactions(confirming, refused('9/9', 'amount-mismatch')));
});

describe('a payment for an unknown order', () => {
  const overdue = due(at('10:00'), at('10:00'), 'unknown-order');
  it('is refunded after an hour, once', () => {
    expectReactions([paid()], overdue, refund('unknown-order'));
    expectReactions([paid(), overdue], overdue);
    expectReactions([paid(), overdue], paid());
  });
  it('is refunded with all that have waited as long', () =>
    expectReactions([paid(), paid('p2')], overdue, refund('unknown-order'), refund('unknown-order', 'p2')));
  it('is refunded when the deadline fires late', () =>
    expectReactions([paid()], due(at('10:00'), at('12:00'), 'unknown-order'), refund('unknown-order')));
  it('is not refunded before', () => expectReactions([paid()], due(at('10:00'), at('09:59'), 'unknown-order')));
  it('is for its order as soon as that is known, even if the deadline got through', () => {
    expectReactions([paid(), placed], overdue);
    const { state } = runOf(registration, [paid(), placed]);
    expect(registration.react(state, inputOf(registration, overdue, 'x'))).toStrictEqual([]);
  });
  it('each waits its own hour', () => {
    const receive = (state: typeof registration.initialState, paymentId: string, receivedAt: Instant) =>
      registration.evolve(state, {
        type: 'InputHandled',
        data: {
          input: {
            message: { type: 'PaymentCompleted', data: { paymentId, orderId, amount: usd(200) } },
            id: paymentId,
            causationId: 'c',
            receivedAt,
          },
          commands: [],
          deadlines: [],
        },
      });
    const state = receive(receive(registration.initialState, 'p1', at('09:00')), 'p2', at('09:30'));
    const message = { type: 'DeadlineReached', data: { deadline: 'unknown-order', dueAt: at('10:00'), firedAt: at('10:00') } } as const;
    expect(registration.react(state, { message, id: 'd', causationId: 'd', receivedAt: at('10:00') })).toStrictEqual([
      ...refund('unknown-order'),
      { setDeadline: 'unknown-order', at: at('10:30') },
    ]);
  });
});

describe('other refusals', () => {
  it('of MakeSeatReservation: marks that nothing is held, so that the registrant chooses again', () => {
    expectReactions(awaiting, refused('1/0', 'unknown-seat-type'), giveBack(1), mark(1, 0));
    expectReactions([...received, updated(2)], refused('3/0', 'unknown-seat-type'), giveBack(2), mark(2, 0));
    expectReactions([placed, paid()], refused('1/0', 'unknown-seat-type'), giveBack(1), mark(1, 0), confirm()); // refused, then refunded
    expectReactions([...awaiting, refused('1/0', 'unknown-seat-type')], updated(2), make(2, 3));
    expectReactions([...awaiting, refused('1/0', 'unknown-seat-type')], due(), rejectOrder());
  });
  it('of an outdated MakeSeatReservation: nothing', () => expectReactions([placed, updated(2)], refused('1/0', 'unknown-seat-type')));
  it('of a MakeSeatReservation after the end: nothing', () =>
    expectReactions([placed, due(), expired], refused('1/0', 'unknown-seat-type')));
  it('of the MakeSeatReservation for a late payment: gives the money back', () =>
    expectReactions(again, refused('5/0', 'unknown-seat-type'), giveBack(2), refund('seats-gone')));
  it('of CommitSeatReservation: takes the seats again, and commits them', () => {
    expectReactions(confirmedOrder, refused('4/0', 'reservation-not-held'), make(2, 2)); // the seats of the confirmation
    expectReactions([...confirmedOrder, refused('4/0', 'reservation-not-held')], reserved(2, 2), commit);
    expectReactions([...confirmedOrder, refused('4/0', 'reservation-not-held'), reserved(2, 2)], reserved(2, 2));
  });
  it('of the MakeSeatReservation that a refused commit led to: nothing more', () => {
    const again = [...confirmedOrder, refused('4/0', 'reservation-not-held')]; // MakeSeatReservation(2) is 5/0
    for (const code of ['reservation-committed', 'unknown-seat-type']) expectReactions(again, refused('5/0', code));
  });
  it('of a command that asks for nothing more: nothing', () => expectReactions(received, refused('2/0', 'order-not-found')));
});

describe('correlation', () => {
  it('follows orders, seats and, through the inbox, payments', () => {
    expect(registration.name).toBe('Registration');
    expect(registration.categories).toStrictEqual(['Order', 'SeatsAvailability', 'RegistrationInboxPayment']);
  });
  it('is by order, and keeps neither names, prices nor the access code', () => {
    expect(registration.correlate(placed as RegistrationEvent)).toStrictEqual({
      instance: orderId,
      facts: {
        type: 'OrderPlaced',
        data: { orderId, conferenceId, request: 1, items: seats(2), reservationExpiresAt: at('09:15'), releaseAt },
      },
    });
    for (const event of [updated(2), reserved(1, 2), paid(), confirmed(), expired, cancelled])
      expect(registration.correlate(event as RegistrationEvent)?.instance).toBe(orderId);
  });
  it('says the same when it was stored without the reservation’s end', () => {
    const facts = registration.correlate(placed as RegistrationEvent)?.facts;
    const input = { message: facts, id: '1', causationId: '1', receivedAt: at('09:00') };
    const stored = JSON.stringify({ type: 'InputHandled', data: { input, commands: [], deadlines: [] } });
    const before = stored.replace(`"reservationExpiresAt":"${at('09:15')}",`, '');
    expect(before).not.toBe(stored);
    const [state, same] = [before, stored].map((text) => registration.evolve(registration.initialState, JSON.parse(text)));
    expect(state).toStrictEqual(same);
  });
  it('leaves out what it does not care about, as the registrant', () => {
    const registrant = { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.org' };
    expect(registration.correlate({ type: 'OrderRegistrantAssigned', data: { orderId, registrant } })).toBeUndefined();
    expect(registration.correlate({ type: 'SeatsReservationCommitted', data: { conferenceId, reservationId: orderId } })).toBeUndefined();
  });
});
