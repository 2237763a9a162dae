import type { Instant, MessageMetadata } from '@conference/kernel';
import { streamName } from '@conference/kernel';
import type { OrderEvent } from '@conference/registration-domain';
import { uuidv5 } from '@conference/runtime';
import { memoryEventStore } from '@conference/testing-memory';
import { specTime } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { orderCodec } from './catalog.ts';
import { orderHistory } from './order-history.ts';

const orderId = 'o1';
const expiresAt = '2027-05-02T09:15:00.000Z' as Instant;
const totals = (amount: number, quantity: number): OrderEvent => {
  const lines = [{ seatTypeId: 's1', unitPrice: amount / quantity, quantity, lineTotal: amount }];
  return { type: 'OrderTotalsCalculated', data: { orderId, lines, total: { amount, currency: 'EUR' }, isFreeOfCharge: false } };
};
const placed: readonly OrderEvent[] = [
  {
    type: 'OrderPlaced',
    data: {
      orderId,
      conferenceId: 'c1',
      request: 1,
      items: [{ seatTypeId: 's1', name: 'Full', unitPrice: 100, quantity: 3 }],
      currency: 'EUR',
      placedAt: specTime,
      reservationExpiresAt: expiresAt,
      releaseAt: expiresAt,
      accessCode: 'CODE',
    },
  },
  totals(300, 3),
];
const partially: readonly OrderEvent[] = [
  { type: 'OrderPartiallyReserved', data: { orderId, request: 1, seats: [{ seatTypeId: 's1', quantity: 1 }] } },
  totals(100, 1),
];
const completed: readonly OrderEvent[] = [
  { type: 'OrderReservationCompleted', data: { orderId, request: 1, seats: [{ seatTypeId: 's1', quantity: 3 }] } },
];
const expired: readonly OrderEvent[] = [{ type: 'OrderExpired', data: { orderId } }];
const registered: readonly OrderEvent[] = [
  { type: 'OrderRegistrantAssigned', data: { orderId, registrant: { firstName: 'Ada', lastName: 'L', email: 'ada@example.org' } } },
];
const cancelled: readonly OrderEvent[] = [{ type: 'OrderCancelled', data: { orderId } }];

/** What each command led to, and how many minutes after the first moment. */
const historyAt = async (...commands: readonly (readonly [minutes: number, events: readonly OrderEvent[]])[]) => {
  const eventStore = memoryEventStore({ clock: { now: () => specTime } });
  let version = -1;
  for (const [minutes, events] of commands) {
    const commandId = uuidv5(`command after ${version}`);
    const occurredAt = new Date(Date.parse(specTime) + minutes * 60_000).toISOString() as Instant;
    const metadata: MessageMetadata = { commandId, correlationId: commandId, causationId: commandId, actor: 'spec', occurredAt };
    const batch = events.map((event, index) => ({ eventId: uuidv5(commandId, index), ...orderCodec.encode(event), metadata }));
    await eventStore.append(streamName('Order', orderId), version === -1 ? 'no-stream' : version, batch);
    version += events.length;
  }
  return orderHistory(eventStore);
};
/** All in the same moment. */
const historyOf = (...commands: readonly (readonly OrderEvent[])[]) => historyAt(...commands.map((events) => [0, events] as const));

describe('What an order’s own events tell', () => {
  it('is nothing of an order that there is not', async () => {
    const history = await historyOf();
    expect([await history.placed(orderId), await history.current(orderId), await history.decided(orderId)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is how it was placed, and how it is now', async () => {
    const history = await historyOf(placed, completed, registered);
    expect(await history.placed(orderId)).toMatchObject({ conferenceId: 'c1', state: 'pending-reservation', registrant: null });
    expect(await history.current(orderId)).toMatchObject({ version: 3, order: { state: 'reserved', registrant: { firstName: 'Ada' } } });
  });

  it('is no decision while it is pending', async () => {
    expect(await (await historyOf(placed, registered)).decided(orderId)).toBeUndefined();
  });

  it.each([
    ['all was reserved', [placed, completed], 2, { state: 'reserved', total: { amount: 300 } }],
    ['a part was, with the totals of that', [placed, partially], 3, { state: 'partially-reserved', total: { amount: 100 } }],
    ['a registrant came first', [placed, registered, completed], 3, { state: 'reserved', registrant: { firstName: 'Ada' } }],
    ['it ended first', [placed, expired], 2, { state: 'expired' }],
  ] as const)('is the decision when %s; whatever comes afterwards', async (_, commands, version, order) => {
    const first = await (await historyOf(...commands)).decided(orderId);
    expect(first).toMatchObject({ version, order });
    const later = await historyOf(...commands, registered, cancelled);
    expect(await later.decided(orderId)).toEqual(first);
    expect((await later.current(orderId))?.version).toBe(version + 2);
  });

  describe('of a moment', () => {
    const minutesLater = (minutes: number): Instant => new Date(Date.parse(specTime) + minutes * 60_000).toISOString() as Instant;

    it('is what it was then: names, prices and totals as they were quoted', async () => {
      const again: readonly OrderEvent[] = [
        {
          type: 'OrderUpdated',
          data: { orderId, request: 2, items: [{ seatTypeId: 's1', name: 'Whole', unitPrice: 150, quantity: 2 }], currency: 'EUR' },
        },
        totals(300, 2),
      ];
      const history = await historyAt([0, placed], [5, completed], [10, again], [15, registered]);
      expect(await history.asOf(orderId, minutesLater(-1))).toBeUndefined();
      expect(await history.asOf(orderId, minutesLater(0))).toMatchObject({
        version: 1,
        order: { state: 'pending-reservation', items: [{ name: 'Full', unitPrice: 100, requested: 3 }], total: { amount: 300 } },
      });
      expect(await history.asOf(orderId, minutesLater(7))).toMatchObject({ version: 2, order: { state: 'reserved', request: 1 } });
      expect(await history.asOf(orderId, minutesLater(10))).toMatchObject({
        version: 4,
        order: { state: 'pending-reservation', items: [{ name: 'Whole', unitPrice: 150, requested: 2, reserved: 0 }], registrant: null },
      });
      expect(await history.asOf(orderId, minutesLater(99))).toEqual(await history.current(orderId));
    });

    it('never shows half of what was decided in the same breath', async () => {
      const history = await historyAt([0, placed], [5, partially]);
      for (const minutes of [0, 1, 4, 5, 6]) {
        const { order } = (await history.asOf(orderId, minutesLater(minutes))) ?? {};
        expect(order?.total.amount).toBe(order?.state === 'partially-reserved' ? 100 : 300);
      }
    });

    it('is nothing of an order that there is not', async () => {
      expect(await (await historyAt()).asOf(orderId, minutesLater(1))).toBeUndefined();
    });
  });

  it('is what happened to it, from a version on', async () => {
    const history = await historyOf(placed, completed, registered);
    const types = async (from: number, maxCount: number) =>
      (await history.events(orderId, { from, maxCount })).map(({ streamVersion, event }) => [streamVersion, event.type]);
    expect(await types(0, 2)).toEqual([
      [0, 'OrderPlaced'],
      [1, 'OrderTotalsCalculated'],
    ]);
    expect(await types(2, 9)).toEqual([
      [2, 'OrderReservationCompleted'],
      [3, 'OrderRegistrantAssigned'],
    ]);
    expect(await types(4, 9)).toEqual([]);
  });
});
