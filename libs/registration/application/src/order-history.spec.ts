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
  const lines = [{ seatTypeId: 's1', unitPrice: 100, quantity, lineTotal: amount }];
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

/** What each command led to. */
const historyOf = async (...commands: readonly (readonly OrderEvent[])[]) => {
  const eventStore = memoryEventStore({ clock: { now: () => specTime } });
  let version = -1;
  for (const events of commands) {
    const commandId = uuidv5(`command after ${version}`);
    const metadata: MessageMetadata = { commandId, correlationId: commandId, causationId: commandId, actor: 'spec', occurredAt: specTime };
    const batch = events.map((event, index) => ({ eventId: uuidv5(commandId, index), ...orderCodec.encode(event), metadata }));
    await eventStore.append(streamName('Order', orderId), version === -1 ? 'no-stream' : version, batch);
    version += events.length;
  }
  return orderHistory(eventStore);
};

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
});
