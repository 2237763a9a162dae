// The table of the process, every input in every state. What an input finds there that should not be there any more, or not
// yet, is in the table too: late is an input of a state that has moved on, early is one of NS.
import { deepFreeze, inputOf, runOf, specForProcess } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import {
  again,
  assignments,
  at,
  awaiting,
  awaitOrder,
  cancelled,
  cancelledOrder,
  commit,
  confirm,
  confirmed,
  confirmedOrder,
  confirming,
  confirmingLate,
  due,
  expired,
  expiredOrder,
  giveBack,
  type Input,
  make,
  mark,
  noRelease,
  paid,
  placed,
  placedTooLate,
  type Reactions,
  received,
  refund,
  refused,
  rejectOrder,
  release,
  releaseAt,
  reserved,
  updated,
} from './registration.examples.ts';
import { registration } from './registration.ts';

const { given } = specForProcess(registration);

/** A history that leads to each state, and the state as it is called in the code. */
const states = {
  NS: [[], 'not-started'],
  AR: [awaiting, 'awaiting-reservation'],
  RC: [received, 'reservation-received'],
  CF: [confirming, 'confirming'],
  'D(confirmed)': [confirmedOrder, 'confirmed'],
  'D(expired)': [expiredOrder, 'expired'],
  'D(cancelled)': [cancelledOrder, 'cancelled'],
  LR: [again, 'reserving-again'],
  'CF, late': [confirmingLate, 'confirming'],
} as const satisfies { readonly [state: string]: readonly [history: readonly Input[], state: string] };
type State = keyof typeof states;

/** What is sent and set, and the state that it leads to: without one it stays. */
type Cell = readonly [reactions: readonly Reactions[], state?: State];
type Row = { readonly [S in State]: Cell };
const nothing: Cell = [[]];
const everywhere: Row = {
  ...{ NS: nothing, AR: nothing, RC: nothing, CF: nothing, LR: nothing, 'CF, late': nothing },
  ...{ 'D(confirmed)': nothing, 'D(expired)': nothing, 'D(cancelled)': nothing },
};

const isConfirmed: Cell = [[commit, assignments, noRelease], 'D(confirmed)'];
const isRefunded = (reason: Parameters<typeof refund>[0], paymentId?: string): Cell => [[refund(reason, paymentId)]];
const table: readonly (readonly [what: string, input: Input, row: Row])[] = [
  ['OrderPlaced', placed, { ...everywhere, NS: [[make(1, 2), release], 'AR'] }],
  ['OrderPlaced after the reservation’s end', placedTooLate, { ...everywhere, NS: [[rejectOrder(at('09:00'))]] }],
  [
    'OrderUpdated',
    updated(2),
    { ...everywhere, AR: [[make(2, 3)], 'AR'], RC: [[make(2, 3)], 'AR'], LR: [[make(3, 3)], 'LR'] }, // CF: once it is answered
  ],
  ['OrderUpdated of an older selection', updated(1), everywhere],
  [
    'SeatsReserved of the first request', // the current one in AR, an older one ever after
    reserved(1, 2),
    { ...everywhere, AR: [[mark(1, 2)], 'RC'], 'D(expired)': [[giveBack(1)]], 'D(cancelled)': [[giveBack(1)]] },
  ],
  [
    'SeatsReserved of the second request, everything', // the current one in LR, a newer one before
    reserved(2, 2),
    { ...everywhere, LR: [[confirm('p1', true)], 'CF, late'], 'D(expired)': [[giveBack(2)]], 'D(cancelled)': [[giveBack(2)]] },
  ],
  [
    'SeatsReserved of the second request, less',
    reserved(2, 1, 2),
    {
      ...everywhere,
      LR: [[giveBack(2), refund('seats-gone')], 'D(expired)'],
      'D(expired)': [[giveBack(2)]],
      'D(cancelled)': [[giveBack(2)]],
    },
  ],
  [
    'PaymentCompleted', // the same one again in CF, D(confirmed) and LR
    paid(),
    {
      ...everywhere,
      NS: [[awaitOrder]],
      RC: [[confirm()], 'CF'], // AR: held
      'D(expired)': [[make(2, 2)], 'LR'],
      'D(cancelled)': isRefunded('order-cancelled'),
    },
  ],
  [
    'PaymentCompleted, another',
    paid('p2'),
    {
      ...everywhere,
      NS: [[awaitOrder]],
      RC: [[confirm('p2')], 'CF'],
      CF: isRefunded('order-confirmed', 'p2'),
      'D(confirmed)': isRefunded('order-confirmed', 'p2'),
      'D(expired)': [[make(2, 2)], 'LR'],
      'D(cancelled)': isRefunded('order-cancelled', 'p2'),
      LR: isRefunded('order-confirmed', 'p2'),
      'CF, late': isRefunded('order-confirmed', 'p2'),
    },
  ],
  [
    'OrderConfirmed',
    confirmed(),
    {
      ...{ NS: isConfirmed, AR: isConfirmed, RC: isConfirmed, CF: isConfirmed, LR: isConfirmed, 'CF, late': isConfirmed },
      ...{ 'D(confirmed)': nothing, 'D(expired)': isConfirmed, 'D(cancelled)': isConfirmed },
    },
  ],
  [
    'OrderExpired',
    expired,
    {
      ...everywhere, // LR and CF, late: it expired before
      NS: [[], 'D(expired)'], // nothing to give back yet
      AR: [[giveBack(1)], 'D(expired)'],
      RC: [[giveBack(1)], 'D(expired)'],
      CF: [[giveBack(1)], 'D(expired)'], // the payment becomes a late one when its refusal comes
    },
  ],
  [
    'OrderCancelled',
    cancelled,
    {
      NS: [[noRelease], 'D(cancelled)'],
      AR: [[giveBack(1), noRelease], 'D(cancelled)'],
      RC: [[giveBack(1), noRelease], 'D(cancelled)'],
      CF: [[giveBack(1), noRelease, refund('order-cancelled')], 'D(cancelled)'],
      'D(confirmed)': nothing,
      'D(expired)': [[giveBack(1), noRelease], 'D(cancelled)'],
      'D(cancelled)': nothing,
      LR: [[giveBack(2), noRelease, refund('order-cancelled')], 'D(cancelled)'],
      'CF, late': [[giveBack(2), noRelease, refund('order-cancelled')], 'D(cancelled)'],
    },
  ],
  ['the release', due(), { ...everywhere, AR: [[rejectOrder()]], RC: [[rejectOrder()]] }], // CF: W-5
  [
    'the release, hours late',
    due(releaseAt, at('12:00')),
    { ...everywhere, AR: [[rejectOrder(releaseAt, at('12:00'))]], RC: [[rejectOrder(releaseAt, at('12:00'))]] },
  ],
  ['the release, fired before it is due', due(releaseAt, at('09:28')), everywhere],
  ['the refusal of a command that was never sent', refused('9/9', 'order-expired'), everywhere],
];

const cells = table.flatMap(([what, input, row]) =>
  Object.entries(row).map(([state, cell]) => ({ what, input, state: state as State, cell })),
);

describe('The table of the registration', () => {
  it.each(Object.entries(states))('has a history that leads to %s', (_, [history, state]) =>
    expect(runOf(registration, history).state.state).toBe(state),
  );

  it.each(cells)('$what in $state', ({ input, state, cell: [reactions, next = state] }) => {
    const [history] = states[state];
    const [first, ...rest] = reactions.flat();
    const spec = given(...history).when(input);
    if (first === undefined) spec.thenNothing();
    else spec.then(first, ...rest);
    expect(runOf(registration, [...history, input]).state.state).toBe(states[next][1]);
  });

  it.each(cells)('$what in $state, delivered twice: once', ({ input, state }) => {
    const [history] = states[state];
    const once = [...history, { id: 'x', input }];
    expect(runOf(registration, [...once, { id: 'x', input }])).toStrictEqual(runOf(registration, once));
  });

  // The seats that came after the end go back each time (W-45); a refusal has the id of its command.
  const repeatable = cells.filter(({ input }) => input.type !== 'CommandRejected' && input.type !== 'SeatsReserved');
  it.each(repeatable)('$what in $state, told again as another input: once', ({ input, state }) => {
    const [history] = states[state];
    expect(runOf(registration, [...history, input, input])).toStrictEqual(runOf(registration, [...history, input]));
  });
});

describe('The release', () => {
  // The timer that fires although nobody set it, or nobody does any more, is kept away by the runner; the process bears it all the same.
  const closedStates = (Object.keys(states) as readonly State[]).filter((state) => !['NS', 'AR', 'RC', 'CF'].includes(state));
  it.each(closedStates)('in %s is nothing, even if it got through', (state) => {
    const own = runOf(registration, states[state][0]).state;
    expect(registration.react(deepFreeze(own), inputOf(registration, due(), 'x'))).toStrictEqual([]);
  });
  it('fires again when it is due, after it fired early', () =>
    given(...received, due(releaseAt, at('09:28')))
      .when(due())
      .then(...(rejectOrder() as [Reactions[number]])));
  it('fires once', () =>
    given(...received, due())
      .when(due())
      .thenNothing());
  it('of another time is nothing', () =>
    given(...received)
      .when(due(at('09:20')))
      .thenNothing());
});
