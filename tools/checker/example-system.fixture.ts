/** A small system in which everything adds up, as events and as answers: what the specs of the rules break, one thing at a time. */
import { categoryOf, type Instant, type JsonObject, type Position, type StreamName } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import type { Journal } from '../journey/index.ts';
import { type AnsweredFacts, isPresent, type RecordedFacts } from './facts.ts';

const uuid = (kind: number, number: number): string =>
  `00000000-0000-4000-8${String(kind).padStart(3, '0')}-${String(number).padStart(12, '0')}`;
export const conferenceId = uuid(1, 1);
export const talks = uuid(2, 1);
export const community = uuid(2, 2);
export const orders = { paid: uuid(3, 1), open: uuid(3, 2), expired: uuid(3, 3), free: uuid(3, 4), cancelled: uuid(3, 5) } as const;
export const payments = { confirming: uuid(4, 1), rejected: uuid(4, 3), refunded: uuid(4, 5) } as const;
export const now = '2027-01-01T12:00:00.000Z' as Instant;
const releaseAt = '2027-01-01T12:30:00.000Z';

export type ExampleEvents = {
  readonly conferenceManagement: readonly StoredEvent[];
  readonly registration: readonly StoredEvent[];
  readonly payments: readonly StoredEvent[];
};

const logOf = (kind: number) => {
  const events: StoredEvent[] = [];
  const versions = new Map<string, number>();
  /** One command: its events lie one behind the other. */
  const append = (stream: string, ...appended: readonly (readonly [type: string, data: JsonObject, eventId?: string])[]): void => {
    const commandId = uuid(kind, events.length);
    for (const [type, data, eventId] of appended) {
      const streamVersion = (versions.get(stream) ?? -1) + 1;
      versions.set(stream, streamVersion);
      events.push({
        eventId: eventId ?? uuid(kind + 100, events.length),
        type,
        schemaVersion: 1,
        data,
        metadata: { commandId: eventId ?? commandId, correlationId: commandId, causationId: commandId, actor: 'anybody', occurredAt: now },
        streamName: stream as StreamName,
        streamVersion,
        position: String(events.length + 1).padStart(16, '0') as Position,
        recordedAt: now,
      });
    }
  };
  return { events, append };
};
type Log = ReturnType<typeof logOf>;

const usd = (amount: number): JsonObject => ({ amount, currency: 'USD' });
const price = (seatTypeId: string): number => (seatTypeId === talks ? 100 : 0);

/** Chosen, and held in full. */
const reserve = ({ append }: Log, orderId: string, seatTypeId: string, quantity: number): void => {
  const total = price(seatTypeId) * quantity;
  const line = { seatTypeId, unitPrice: price(seatTypeId), quantity };
  const seats = [{ seatTypeId, quantity }];
  const times = { placedAt: now, reservationExpiresAt: releaseAt, releaseAt };
  append(
    `Order-${orderId}`,
    ['OrderPlaced', { orderId, conferenceId, request: 1, items: [{ ...line, name: 'Seat' }], currency: 'USD', ...times, accessCode: 'X' }],
    ['OrderTotalsCalculated', { orderId, lines: [{ ...line, lineTotal: total }], total: usd(total), isFreeOfCharge: total === 0 }],
  );
  const availableSeatsChanged = [{ seatTypeId, delta: -quantity }];
  append(`SeatsAvailability-${conferenceId}`, [
    'SeatsReserved',
    { conferenceId, reservationId: orderId, request: 1, wanted: seats, seats, availableSeatsChanged },
  ]);
  append(`Order-${orderId}`, ['OrderReservationCompleted', { orderId, request: 1, seats }]);
};

const confirm = ({ append }: Log, orderId: string, seatTypeId: string, quantity: number, paymentId: string | null): void => {
  const seats = [{ seatTypeId, name: 'Seat', quantity }];
  const total = usd(price(seatTypeId) * quantity);
  append(`Order-${orderId}`, ['OrderConfirmed', { orderId, conferenceId, seats, total, paymentId, late: false }]);
  append(`SeatsAvailability-${conferenceId}`, ['SeatsReservationCommitted', { conferenceId, reservationId: orderId }]);
  const positions = Array.from({ length: quantity }, (_, position) => ({ position, seatTypeId, seatTypeName: 'Seat' }));
  append(`SeatAssignments-${orderId}`, ['SeatAssignmentsCreated', { orderId, conferenceId, seats: positions }]);
};

const giveBack = ({ append }: Log, orderId: string, seatTypeId: string, quantity: number): void =>
  append(`SeatsAvailability-${conferenceId}`, [
    'SeatsReservationCancelled',
    { conferenceId, reservationId: orderId, availableSeatsChanged: [{ seatTypeId, delta: quantity }] },
  ]);

/** What is published at one service becomes the inbox of the other. */
const importInto = ({ append }: Log, context: string, source: readonly StoredEvent[], categories: readonly string[]): void => {
  for (const { streamName, type, data, eventId } of source) {
    if (categories.includes(categoryOf(streamName))) append(`${context}Inbox${streamName}`, [type, data, eventId]);
  }
};

const registrationEvents = (log: Log): void => {
  for (const [seatTypeId, quota] of [
    [talks, 10],
    [community, 5],
  ] as const)
    log.append(`SeatsAvailability-${conferenceId}`, ['AvailableSeatsChanged', { conferenceId, seatTypeId, delta: quota, quota, asOf: 1 }]);
  reserve(log, orders.paid, talks, 2);
  reserve(log, orders.open, talks, 1);
  reserve(log, orders.expired, talks, 1);
  reserve(log, orders.free, community, 1);
  reserve(log, orders.cancelled, talks, 3);
  confirm(log, orders.paid, talks, 2, payments.confirming);
  confirm(log, orders.free, community, 1, null);
  const attendee = { firstName: 'Ada', lastName: 'Berg', email: 'ada@example.com' };
  log.append(`SeatAssignments-${orders.paid}`, [
    'SeatAssigned',
    { orderId: orders.paid, position: 0, seatTypeId: talks, seatTypeName: 'Seat', attendee },
  ]);
  log.append(`Order-${orders.expired}`, ['OrderExpired', { orderId: orders.expired }]);
  giveBack(log, orders.expired, talks, 1);
  log.append(`Order-${orders.cancelled}`, ['OrderCancelled', { orderId: orders.cancelled }]);
  giveBack(log, orders.cancelled, talks, 3);
  const refund = { paymentId: payments.refunded, orderId: orders.cancelled, amount: usd(300), reason: 'order-cancelled' };
  log.append(`Refund-${payments.refunded}`, ['RefundRequested', refund]);
};

const paymentEvents = ({ append }: Log): void => {
  const initiated = (paymentId: string, orderId: string, amount: number) => {
    const payment = { paymentId, orderId, amount: usd(amount) };
    append(`Payment-${paymentId}`, ['PaymentInitiated', { ...payment, conferenceId, description: 'Seats' }]);
    return payment;
  };
  const confirming = initiated(payments.confirming, orders.paid, 200);
  append(`Payment-${payments.confirming}`, ['PaymentCompleted', confirming]);
  append(`Payment-${payments.rejected}`, ['PaymentRejected', initiated(payments.rejected, orders.expired, 100)]);
  const refunded = initiated(payments.refunded, orders.cancelled, 300);
  append(`Payment-${payments.refunded}`, ['PaymentCompleted', refunded]);
  append(`Payment-${payments.refunded}`, ['PaymentRefundRequested', { ...refunded, reason: 'order-cancelled' }]);
  append(`Payment-${payments.refunded}`, ['PaymentRefunded', refunded]);
};

/** All stores; what is published is in the inboxes. */
export const exampleEvents = (): ExampleEvents => {
  const [management, registration, payment] = [logOf(11), logOf(12), logOf(13)];
  management.append(`Conference-${conferenceId}`, ['ConferenceCreated', { conferenceId, slug: 'example' }]);
  management.append(`Conference-${conferenceId}`, ['ConferencePublished', { conferenceId, seatTypes: [] }]);
  const conferenceFacts = [...management.events];
  importInto(registration, 'Registration', conferenceFacts, ['Conference']);
  registrationEvents(registration);
  paymentEvents(payment);
  const [registrationFacts, paymentFacts] = [[...registration.events], [...payment.events]];
  importInto(registration, 'Registration', paymentFacts, ['Payment']);
  importInto(payment, 'Payments', registrationFacts, ['Order', 'SeatAssignments', 'Refund']);
  importInto(management, 'ConferenceManagement', registrationFacts, ['Order', 'SeatAssignments', 'SeatsAvailability']);
  importInto(management, 'ConferenceManagement', paymentFacts, ['Payment']);
  return { conferenceManagement: management.events, registration: registration.events, payments: payment.events };
};

/** What services answer whose read models are right. */
export const answersFor = ({
  orders: recordedOrders,
  payments: recordedPayments,
  seatTypes,
  assignments,
}: RecordedFacts): AnsweredFacts => ({
  orders: new Map(recordedOrders.map((order) => [order.id, order])),
  payments: new Map(recordedPayments.map((payment) => [payment.id, payment])),
  assignments: new Map(assignments.map(({ orderId, seats }) => [orderId, seats])),
  offered: seatTypes.map(({ remaining, ...seatType }) => ({ ...seatType, available: Math.max(0, remaining) })),
  managed: seatTypes,
  managedOrders: recordedOrders
    .filter(({ state }) => state !== 'expired')
    .map(({ conferenceId: of, id, state, total }) => ({ conferenceId: of, id, state, total })),
  attendees: assignments.flatMap(({ orderId, seats }) =>
    seats
      .map(({ position, attendee }) => (attendee === null ? undefined : { conferenceId, orderId, position, email: attendee }))
      .filter(isPresent),
  ),
  conferences: [conferenceId],
  parked: [],
});

export const exampleJournal: Journal = {
  conferences: [{ id: conferenceId, slug: 'example', token: 't' }],
  orders: Object.values(orders).map((id) => ({ id, token: 't', conferenceId })),
  payments: [
    { id: payments.confirming, orderId: orders.paid, token: 't', outcome: 'accepted' },
    { id: payments.rejected, orderId: orders.expired, token: 't', outcome: 'rejected' },
    { id: payments.refunded, orderId: orders.cancelled, token: 't', outcome: 'accepted' },
  ],
};
