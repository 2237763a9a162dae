/**
 * Where the facts of this context are published, of which streams, and who reads them. `key` keeps messages in order on
 * their way: `subject` is the stream's id. Every message of one stream goes to one topic; two topics keep no order between
 * each other.
 */
export const topics = {
  orders: {
    name: 'registration.orders.v1',
    categories: ['Order', 'SeatAssignments'],
    key: 'subject',
    keyIs: 'the order’s id, also for its seat assignments',
    consumers: ['conference-management', 'payments'],
  },
  seats: {
    name: 'registration.seats.v1',
    categories: ['SeatsAvailability'],
    key: 'subject',
    keyIs: 'the conference’s id',
    consumers: ['conference-management'],
  },
  refunds: { name: 'registration.refunds.v1', categories: ['Refund'], key: 'subject', keyIs: 'the payment’s id', consumers: ['payments'] },
} as const;
