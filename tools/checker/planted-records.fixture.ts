/** Violations in what is written down and told: the log, the messages, the answers. */
import type { Position } from '@conference/kernel';
import { community, orders, payments } from './example-system.fixture.ts';
import {
  added,
  askedOnly,
  changed,
  factsOf,
  order,
  type Planted,
  payment,
  said,
  seats,
  usd,
  withOrder,
  without,
  withPayment,
} from './planting.fixture.ts';

export const plantedInRecords: readonly Planted[] = [
  [
    'streams-are-dense',
    'a hole in a stream',
    () =>
      factsOf((events) => ({
        ...events,
        registration: events.registration.filter(
          ({ streamName, streamVersion }) => !(streamName === order(orders.open) && streamVersion === 1),
        ),
      })),
    'version 1 was to come',
  ],
  [
    'streams-are-dense',
    'a position that goes back',
    () =>
      factsOf((events) => ({
        ...events,
        payments: events.payments.map((event, index) => (index === 3 ? { ...event, position: '0000000000000001' as Position } : event)),
      })),
    'after',
  ],
  [
    'event-ids-are-unique',
    'one id twice',
    () =>
      factsOf((events) => ({
        ...events,
        registration: events.registration.map((event, index, all) => (index === 9 ? { ...event, eventId: all[8]?.eventId ?? '' } : event)),
      })),
    'has the id of',
  ],
  [
    'commands-have-one-effect',
    'a command that was done twice',
    () =>
      factsOf((events) => ({
        ...events,
        registration: events.registration.map((event, index, all) =>
          index === 12 ? { ...event, metadata: all[5]?.metadata ?? event.metadata } : event,
        ),
      })),
    'had its effect',
  ],
  [
    'messages-arrive',
    'a message that one consumer never saw',
    () => factsOf(without('payments', `PaymentsInbox${order(orders.free)}`, 'OrderConfirmed')),
    'of 4 messages',
  ],
  [
    'messages-arrive',
    'an event that is lost at its source',
    () => factsOf(without('payments', payment(payments.rejected), 'PaymentRejected')),
    'has 2 messages of a stream with 1 events',
  ],
  [
    'messages-arrive',
    'another message in its place',
    () =>
      factsOf((events) => ({
        ...events,
        conferenceManagement: events.conferenceManagement.map((event) =>
          event.streamName === `ConferenceManagementInbox${seats}` && event.streamVersion === 3 ? { ...event, eventId: 'other' } : event,
        ),
      })),
    'has another message at 3',
  ],
  [
    'events-are-readable',
    'data that is not what the type says',
    () => factsOf(changed('registration', order(orders.paid), 'OrderConfirmed', { total: 'much' })),
    'OrderConfirmed',
  ],
  [
    'nothing-is-parked',
    'a message that waits for an operator',
    () =>
      factsOf(
        added('payments', 'PaymentsParked-Order-1', 'MessageParked', {
          id: 'p1',
          subject: 'Order-1',
          type: 'OrderPlaced',
          error: 'no reason',
        }),
      ),
    'no reason',
  ],
  [
    'nothing-is-parked',
    'what an operator is shown',
    () =>
      said((answered) => ({
        ...answered,
        parked: [{ service: 'registration', subject: 'Payment-1', type: 'PaymentCompleted', error: 'odd' }],
      })),
    'odd',
  ],
  [
    'answers-agree-with-events',
    'a read model that is behind',
    () => said(withOrder(orders.paid, { state: 'reserved', version: 2 })),
    'state: said to be reserved, is confirmed',
  ],
  [
    'answers-agree-with-events',
    'seats that were never given back to the catalogue',
    () =>
      said((answered) => ({
        ...answered,
        offered: answered.offered.map((one) => (one.seatTypeId === community ? { ...one, available: 0 } : one)),
      })),
    'available: said to be 0, is 4',
  ],
  ['answers-agree-with-events', 'another amount', () => said(withPayment(payments.rejected, { amount: usd(7) })), 'amount'],
  [
    'answers-agree-with-events',
    'an attendee that is not there',
    () => said((answered) => ({ ...answered, assignments: new Map([...answered.assignments, [orders.paid, []]]) })),
    'attendees',
  ],
  [
    'services-agree',
    'an organiser who sees more seats',
    () => said((answered) => ({ ...answered, managed: answered.managed.map((one) => ({ ...one, remaining: one.remaining + 1 })) })),
    'remaining: said to be',
  ],
  [
    'services-agree',
    'an order that the organiser does not see',
    () => said((answered) => ({ ...answered, managedOrders: answered.managedOrders.filter(({ id }) => id !== orders.free) })),
    'is not listed',
  ],
  [
    'services-agree',
    'an order in another state',
    () =>
      askedOnly(
        said((answered) => ({ ...answered, managedOrders: answered.managedOrders.map((one) => ({ ...one, state: 'reserved' as const })) })),
      ),
    'state: said to be reserved',
  ],
  [
    'services-agree',
    'an attendee whom the organiser does not see',
    () => said((answered) => ({ ...answered, attendees: [] })),
    'not in the list',
  ],
];
