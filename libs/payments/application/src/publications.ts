import { publicMessages, topics } from '@conference/payments-contracts';
import type { PaymentEvent } from '@conference/payments-domain';
import type { Publication } from '@conference/runtime';

const { payments } = topics;

/** Every fact about a payment, as it is. Keyed by the order, so that all payments of one order stay in order. */
export const publications: readonly Publication<PaymentEvent>[] = [
  {
    topic: payments.name,
    categories: payments.categories,
    keyOf: ({ event }) => event.data[payments.key],
    publicForm: ({ event }) => ({ ...event, schemaVersion: publicMessages[event.type].version }),
  },
];
