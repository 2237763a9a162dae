// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent, Money } from '@conference/kernel';

type Which = { readonly paymentId: string; readonly orderId: string; readonly amount: Money };

export type PaymentEvent =
  | DomainEvent<'PaymentInitiated', Which & { readonly conferenceId: string; readonly description: string }>
  /** Money moved: a fact, also after a rejection. */
  | DomainEvent<'PaymentCompleted', Which>
  | DomainEvent<'PaymentRejected', Which>
  | DomainEvent<'PaymentRefundRequested', Which & { readonly reason: string }>
  | DomainEvent<'PaymentRefunded', Which>;
