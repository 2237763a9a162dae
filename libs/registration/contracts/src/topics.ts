/**
 * Where the facts of this context are published, and of which streams. `key` keeps messages in order on their way:
 * `subject` is the stream's id. Every message of one stream goes to one topic; two topics keep no order between each other.
 */
export const topics = {
  /** Key: the order's id, also for its seat assignments. Consumed by payments and conference-management. */
  orders: { name: 'registration.orders.v1', categories: ['Order', 'SeatAssignments'], key: 'subject' },
  /** Key: the conference's id. Consumed by conference-management. */
  seats: { name: 'registration.seats.v1', categories: ['SeatsAvailability'], key: 'subject' },
  /** Key: the payment's id. Consumed by payments. */
  refunds: { name: 'registration.refunds.v1', categories: ['Refund'], key: 'subject' },
} as const;
