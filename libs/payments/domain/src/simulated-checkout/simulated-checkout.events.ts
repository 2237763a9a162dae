// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent } from '@conference/kernel';

export type CheckoutOutcome = 'accepted' | 'rejected';

/** The processor's own ledger, not published: it tells by signed call-backs, one for each event, repeated until answered. */
export type SimulatedCheckoutEvent =
  /** `attempt` counts the decisions on this payment, from 1. */
  | DomainEvent<'CheckoutDecided', { readonly paymentId: string; readonly outcome: CheckoutOutcome; readonly attempt: number }>
  | DomainEvent<'RefundCarriedOut', { readonly paymentId: string }>;
