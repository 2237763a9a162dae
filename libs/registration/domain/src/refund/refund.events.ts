// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent, Money } from '@conference/kernel';

export type RefundReason =
  | 'order-cancelled'
  | 'order-expired'
  | 'order-confirmed'
  | 'amount-mismatch'
  | 'not-fully-reserved'
  | 'registrant-required'
  | 'seats-gone'
  | 'unknown-order';

/** One per payment: the stream's id is the payment's. */
export type RefundEvent = DomainEvent<
  'RefundRequested',
  { readonly paymentId: string; readonly orderId: string; readonly amount: Money; readonly reason: RefundReason }
>;
