/**
 * Where the facts of this context are published, of which streams, and who reads them. `key` keeps messages in order on
 * their way: the name of the field that holds it. Every message of one stream goes to one topic; two topics keep no order
 * between each other.
 */
export const topics = {
  payments: {
    name: 'payments.payments.v1',
    categories: ['Payment'],
    key: 'orderId',
    keyIs: 'the order’s id, so that all payments of an order stay in order',
    consumers: ['conference-management', 'registration'],
  },
} as const;
