import { type AtTime, fold, type Instant, isRejection, type Position, type Recorded } from '@conference/kernel';
import { type Order, type OrderCommand, type OrderEvent, order } from '@conference/registration-domain';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ordersProjection, type StoredOrder } from './orders.ts';

const orderId = 'o1';
const at = (minute: number): Instant => new Date(Date.UTC(2027, 2, 1, 9, minute)).toISOString() as Instant;
const placement = { accessCode: 'CODE', reservationExpiresAt: at(15), releaseAt: at(29) };
const now: fc.Arbitrary<AtTime> = fc.integer({ min: 0, max: 20 }).map((minute) => ({ now: at(minute) }));
const items = fc.uniqueArray(
  fc.record({
    seatTypeId: fc.constantFrom('s1', 's2', 's3'),
    name: fc.constant('Seat'),
    unitPrice: fc.constantFrom(0, 0, 100, 150),
    quantity: fc.integer({ min: 0, max: 3 }),
  }),
  { selector: ({ seatTypeId }) => seatTypeId, maxLength: 3 },
);
const quantities = fc.array(fc.record({ seatTypeId: fc.constantFrom('s1', 's2', 's3'), quantity: fc.integer({ min: 1, max: 3 }) }), {
  maxLength: 3,
});
const payment = fc.record({ paymentId: fc.constantFrom('p1', 'p2'), amount: fc.constantFrom(0, 100, 150, 200, 300, 450) });
const registrant = { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' };

const register = (place: boolean) =>
  fc.record({ items, now }).map(
    ({ items: lines, now: time }): OrderCommand => ({
      type: 'RegisterToConference',
      data: { orderId, conferenceId: 'c1', items: lines, currency: 'EUR', ...time, ...(place ? { placement } : {}) },
    }),
  );
/** What is held is often all that was wanted. */
type Step = OrderCommand | 'reserve all';
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: register(false) },
  { weight: 3, arbitrary: fc.constant('reserve all' as const) },
  {
    weight: 2,
    arbitrary: fc
      .record({ seats: quantities, request: fc.integer({ min: 1, max: 3 }) })
      .map((data): OrderCommand => ({ type: 'MarkSeatsAsReserved', data: { orderId, ...data } })),
  },
  { weight: 2, arbitrary: now.map((time): OrderCommand => ({ type: 'AssignRegistrantDetails', data: { orderId, registrant, ...time } })) },
  {
    weight: 3,
    arbitrary: fc.record({ now, payment: fc.option(payment), late: fc.boolean() }).map(
      ({ now: time, payment: paid, late }): OrderCommand => ({
        type: 'ConfirmOrder',
        data: {
          orderId,
          late,
          ...time,
          ...(paid === null ? {} : { payment: { paymentId: paid.paymentId, amount: { amount: paid.amount, currency: 'EUR' } } }),
        },
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<OrderCommand>({ type: 'RejectOrder', data: { orderId, dueAt: at(29), firedAt: at(30) } }) },
  { weight: 1, arbitrary: now.map((time): OrderCommand => ({ type: 'CancelOrder', data: { orderId, ...time } })) },
);

const commandOf = (asked: Step, state: Order): OrderCommand => {
  if (asked !== 'reserve all') return asked;
  const { request, items: chosen } = state.state === 'not-placed' ? { request: 1, items: [] } : state;
  const seats = chosen.map(({ seatTypeId, requested }) => ({ seatTypeId, quantity: requested }));
  return { type: 'MarkSeatsAsReserved', data: { orderId, request, seats } };
};
const recordedAt = (event: OrderEvent, index: number): Recorded<OrderEvent> => ({
  event,
  eventId: `e${index}`,
  stream: `Order-${orderId}` as Recorded<OrderEvent>['stream'],
  streamVersion: index,
  position: String(index).padStart(4, '0') as Position,
  metadata: { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'spec', occurredAt: at(0) },
  recordedAt: at(0),
});
const shown = (of: Order | StoredOrder | undefined) => {
  if (of === undefined || of.state === 'not-placed') return undefined;
  const { state, conferenceId, request, items: lines, total, isFreeOfCharge, placedAt, reservationExpiresAt, releaseAt, accessCode } = of;
  const confirmedBy = 'confirmedBy' in of ? of.confirmedBy : of.paymentId;
  const times = { placedAt, reservationExpiresAt, releaseAt };
  return { state, conferenceId, request, lines, total, isFreeOfCharge, ...times, accessCode, registrant: of.registrant, confirmedBy };
};

it('A query shows what the command answered, whatever happens to the order', () => {
  const projection = ordersProjection((email) => email);
  const reached = new Set<string>();
  fc.assert(
    fc.property(register(true), fc.array(step, { maxLength: 12 }), (first, steps) => {
      const events: OrderEvent[] = [];
      let document: StoredOrder | undefined;
      for (const asked of [first, ...steps]) {
        const before = fold(order, events);
        const decision = order.decide(commandOf(asked, before), before);
        if (isRejection(decision)) continue;
        for (const event of decision) {
          document = projection.evolve(document, recordedAt(event, events.length), orderId);
          events.push(event);
        }
        const after = fold(order, events);
        reached.add(after.state === 'confirmed' && before.state === 'expired' ? 'confirmed late' : after.state);
        expect(shown(document)).toEqual(shown(after));
      }
    }),
    { numRuns: 2_000, seed: 20_270_502 },
  );
  expect([...reached].filter((state) => state !== 'not-placed').toSorted()).toEqual([
    'cancelled',
    'confirmed',
    'confirmed late',
    'expired',
    'partially-reserved',
    'pending-reservation',
    'reserved',
  ]);
});
