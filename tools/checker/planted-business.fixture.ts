/** Violations of what is promised to people: orders, seats, payments. */
import type { Instant } from '@conference/kernel';
import { conferenceId, orders, payments, talks } from './example-system.fixture.ts';
import {
  added,
  askedOnly,
  changed,
  factsOf,
  mapped,
  order,
  type Planted,
  payment,
  said,
  seats,
  secondPayment,
  usd,
  withOrder,
  without,
  withPayment,
} from './planting.fixture.ts';

export const plantedInBusiness: readonly Planted[] = [
  [
    'quota-is-kept',
    'a reservation that takes less than it holds',
    () =>
      factsOf(
        mapped('registration', (event) => [
          event.streamName === seats && event.data['reservationId'] === orders.open
            ? { ...event, data: { ...event.data, availableSeatsChanged: [] } }
            : event,
        ]),
      ),
    'remaining',
  ],
  [
    'nothing-is-oversold',
    'more reserved than there is',
    () =>
      factsOf(
        mapped('registration', (event) => [
          event.data['seatTypeId'] === talks && event.type === 'AvailableSeatsChanged'
            ? { ...event, data: { ...event.data, quota: 2, delta: 2 } }
            : event,
        ]),
      ),
    'remaining went from 0 to -1',
  ],
  [
    'reservations-have-live-orders',
    'seats held for an expired order',
    () => factsOf(added('registration', order(orders.open), 'OrderExpired', { orderId: orders.open })),
    'held for an order that is expired',
  ],
  [
    'reservations-have-live-orders',
    'a confirmed order whose seats were never sold',
    () => factsOf(without('registration', seats, 'SeatsReservationCommitted')),
    'is confirmed, but its seats are held',
  ],
  [
    'reservations-have-live-orders',
    'a reservation of nobody',
    () => factsOf(mapped('registration', (event) => (event.streamName === order(orders.open) ? [] : [event]))),
    'does not exist',
  ],
  [
    'seats-come-back-once',
    'seats given back twice',
    () =>
      factsOf(
        added('registration', seats, 'SeatsReservationCancelled', {
          conferenceId,
          reservationId: orders.expired,
          availableSeatsChanged: [{ seatTypeId: talks, delta: 1 }],
        }),
      ),
    'held nothing',
  ],
  [
    'acknowledged-orders-exist',
    'a lost order',
    () => factsOf(mapped('registration', (event) => (event.streamName === order(orders.open) ? [] : [event]))),
    'there is no event of it',
  ],
  [
    'acknowledged-orders-exist',
    'an order that registration forgot',
    () => askedOnly(said(withOrder(orders.open, undefined))),
    'does not know it',
  ],
  [
    'orders-are-decided',
    'an order without an answer',
    () => factsOf(without('registration', order(orders.open), 'OrderReservationCompleted')),
    'waiting for its reservation',
  ],
  [
    'orders-are-decided',
    'an order that should be over',
    () => factsOf(undefined, { now: '2027-01-01T13:00:00.000Z' as Instant }),
    'were to be given back',
  ],
  [
    'orders-end-once',
    'an order that expired twice',
    () => factsOf(added('registration', order(orders.expired), 'OrderExpired', { orderId: orders.expired })),
    'expired 2 times',
  ],
  [
    'totals-add-up',
    'a total that its lines do not make',
    () => factsOf(changed('registration', order(orders.open), 'OrderTotalsCalculated', { total: usd(99) })),
    'its lines cost 100',
  ],
  [
    'totals-add-up',
    'a gift of nothing',
    () => said(withOrder(orders.open, { state: 'partially-reserved', reserved: [], total: usd(0), linesTotal: 0, isFreeOfCharge: true })),
    'holds nothing',
  ],
  [
    'payments-are-settled',
    'money taken for nothing',
    () =>
      factsOf(mapped('payments', (event) => (/Refund/.test(event.type) && event.streamName === payment(payments.refunded) ? [] : [event]))),
    'not under way',
  ],
  [
    'payments-are-settled',
    'a payment that confirmed nothing',
    () => factsOf(changed('registration', order(orders.paid), 'OrderConfirmed', { paymentId: payments.rejected })),
    'no refund was asked for',
  ],
  [
    'payments-are-settled',
    'a payment of another amount',
    () =>
      factsOf(
        mapped('payments', (event) => [
          event.streamName === payment(payments.confirming) ? { ...event, data: { ...event.data, amount: usd(1) } } : event,
        ]),
      ),
    'confirmed an order of 200 USD',
  ],
  [
    'payments-are-settled',
    'a refund of the payment that confirmed',
    () =>
      factsOf(
        added('registration', `Refund-${payments.confirming}`, 'RefundRequested', {
          paymentId: payments.confirming,
          orderId: orders.paid,
          amount: usd(200),
          reason: 'order-confirmed',
        }),
      ),
    'confirmed its order, and a refund was asked for',
  ],
  [
    'payments-are-settled',
    'a refund asked for twice',
    () =>
      factsOf(
        added('registration', `Refund-${payments.refunded}`, 'RefundRequested', {
          paymentId: payments.refunded,
          orderId: orders.cancelled,
          amount: usd(300),
          reason: 'order-cancelled',
        }),
      ),
    'asked for 2 times',
  ],
  [
    'payments-are-settled',
    'a refund that nobody asked for',
    () => factsOf(mapped('registration', (event) => (event.type === 'RefundRequested' ? [] : [event]))),
    'nobody asked',
  ],
  [
    'payments-are-settled',
    'a refund that never comes',
    () => factsOf(without('payments', payment(payments.refunded), 'PaymentRefunded')),
    'not carried out',
  ],
  [
    'payments-are-settled',
    'a completed payment of a cancelled order, as the services say',
    () => askedOnly(said(withPayment(payments.refunded, { state: 'completed' }))),
    'no refund was asked for',
  ],
  [
    'confirmed-orders-are-paid',
    'seats without money',
    () => factsOf(without('payments', payment(payments.confirming), 'PaymentCompleted')),
    '0 completed payments',
  ],
  [
    'confirmed-orders-are-paid',
    'an order that was paid twice',
    () =>
      factsOf(
        added('payments', payment(secondPayment), 'PaymentCompleted', { paymentId: secondPayment, orderId: orders.paid, amount: usd(200) }),
      ),
    '2 completed payments',
  ],
  [
    'decisions-arrive',
    'a decision that got lost',
    () => factsOf(without('payments', payment(payments.rejected), 'PaymentRejected')),
    'was rejected at the processor',
  ],
  [
    'seats-match-orders',
    'fewer seats than were sold',
    () =>
      factsOf(
        mapped('registration', (event) => [
          event.type === 'SeatAssignmentsCreated' && event.data['orderId'] === orders.paid
            ? { ...event, data: { ...event.data, seats: [{ position: 0, seatTypeId: talks, seatTypeName: 'Seat' }] } }
            : event,
        ]),
      ),
    'instead of',
  ],
  [
    'seats-match-orders',
    'no seats at all',
    () => factsOf(without('registration', `SeatAssignments-${orders.free}`, 'SeatAssignmentsCreated')),
    'has no seats to assign',
  ],
];
