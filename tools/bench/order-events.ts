import { hash, randomUUID } from 'node:crypto';
import { type Instant, type StreamName, streamName } from '@conference/kernel';
import type { PaymentMessage } from '@conference/payments-contracts';
import type { EventToAppend, ExpectedVersion } from '@conference/ports';
import { registrationCodec } from '@conference/registration-application';
import type { OrderEvent, OrderLine, QuotedLine } from '@conference/registration-domain';

/** One append: what one command decided, or one message that came in. */
export type Step = { readonly stream: StreamName; readonly expected: ExpectedVersion; readonly events: readonly EventToAppend[] };

type Stored = OrderEvent | Exclude<PaymentMessage, { readonly type: 'NotPublished' }>;

const conferenceId = 'b24c0439-baa1-545f-8ffd-a09795c5bfca';
const currency = 'USD';
const seatTypes = [
  { seatTypeId: '07f66ac6-d09f-5c70-a091-26f6a7208790', name: 'General', unitPrice: 10_000 },
  { seatTypeId: '395b8fbd-6552-53c9-8887-3da833e93649', name: 'Workshop', unitPrice: 20_000 },
  { seatTypeId: 'e610a5d4-5b93-5d35-86ec-2e5eff6cc775', name: 'Dinner', unitPrice: 30_000 },
] as const;

const instant = (ms: number): Instant => new Date(ms).toISOString() as Instant;

/** One to three types, as in the load of the other parts. */
const selection = (n: number): readonly QuotedLine[] =>
  Array.from({ length: 1 + (n % 3) }, (_, i) => ({ ...(seatTypes[(n + i) % seatTypes.length] ?? seatTypes[0]), quantity: 1 }));

const step = (stream: StreamName, before: ExpectedVersion, nowMs: number, events: readonly Stored[]): Step => {
  const commandId = randomUUID();
  const metadata = {
    commandId,
    requestHash: hash('sha256', commandId, 'hex'),
    correlationId: randomUUID(),
    causationId: randomUUID(),
    actor: 'anonymous',
    occurredAt: instant(nowMs),
  };
  return {
    stream,
    expected: before,
    events: events.map((event) => ({ eventId: randomUUID(), ...registrationCodec.encode(event), metadata })),
  };
};

const totals = (orderId: string, items: readonly QuotedLine[]): OrderEvent => {
  const lines: OrderLine[] = items.map(({ seatTypeId, unitPrice, quantity }) => ({
    seatTypeId,
    unitPrice,
    quantity,
    lineTotal: unitPrice * quantity,
  }));
  const amount = lines.reduce((sum, { lineTotal }) => sum + lineTotal, 0);
  return { type: 'OrderTotalsCalculated', data: { orderId, lines, total: { amount, currency }, isFreeOfCharge: false } };
};

const placed = (orderId: string, items: readonly QuotedLine[], nowMs: number): readonly OrderEvent[] => [
  {
    type: 'OrderPlaced',
    data: {
      orderId,
      conferenceId,
      request: 1,
      items,
      currency,
      placedAt: instant(nowMs),
      reservationExpiresAt: instant(nowMs + 900_000),
      releaseAt: instant(nowMs + 1_740_000),
      accessCode: '5NR2B3RAFEYVS7Y8',
    },
  },
  totals(orderId, items),
];

/** Placed, held, with a registrant, paid, confirmed: seven events, two of them messages of payments. */
export const confirmedOrder = (n: number, nowMs: number): readonly Step[] => {
  const orderId = randomUUID();
  const paymentId = randomUUID();
  const order = streamName('Order', orderId);
  const inbox = streamName('RegistrationInboxPayment', paymentId);
  const items = selection(n);
  const seats = items.map(({ seatTypeId, quantity }) => ({ seatTypeId, quantity }));
  const amount = { amount: items.reduce((sum, { unitPrice }) => sum + unitPrice, 0), currency };
  const payment = { paymentId, orderId, amount };
  const registrant = { firstName: 'Ada', lastName: 'Lovelace', email: `ada.${n}@example.org` };
  const names = items.map(({ seatTypeId, name, quantity }) => ({ seatTypeId, name, quantity }));
  const description = `Order ${orderId}`;
  const at = nowMs + n;
  return [
    step(order, 'no-stream', at, placed(orderId, items, at)),
    step(order, 1, at, [{ type: 'OrderReservationCompleted', data: { orderId, request: 1, seats } }]),
    step(order, 2, at, [{ type: 'OrderRegistrantAssigned', data: { orderId, registrant } }]),
    step(inbox, 'no-stream', at, [{ type: 'PaymentInitiated', data: { ...payment, conferenceId, description } }]),
    step(inbox, 0, at, [{ type: 'PaymentCompleted', data: payment }]),
    step(order, 3, at, [{ type: 'OrderConfirmed', data: { orderId, conferenceId, seats: names, total: amount, paymentId, late: false } }]),
  ];
};

/** Placed, and chosen again and again, two events each time; never held, so that a confirmation is refused. */
export const longOrder = (orderId: string, events: number, nowMs: number): readonly Step[] => {
  const stream = streamName('Order', orderId);
  return Array.from({ length: Math.ceil(events / 2) }, (_, n) => {
    if (n === 0) return step(stream, 'no-stream', nowMs, placed(orderId, selection(0), nowMs));
    const items = selection(n);
    const updated: OrderEvent = { type: 'OrderUpdated', data: { orderId, request: n + 1, items, currency } };
    return step(stream, 2 * n - 1, nowMs + n, [updated, totals(orderId, items)]);
  });
};
