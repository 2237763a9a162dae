import type { Money } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';

/** What the processor tells us, as it comes. */
export type ProcessorCallback = {
  /** Of the call, the same when it is repeated. */
  readonly webhookId: string;
  readonly type: 'payment.accepted' | 'payment.rejected' | 'refund.completed';
  readonly paymentId: string;
};

/** The third party that moves the money. It answers by signed call-backs, at least once each, in any order. */
export interface PaymentProcessor {
  /** Where the registrant pays. */
  checkoutUrl(paymentId: string): string;
  /**
   * Asks for the money to be given back, all of it. Idempotent by payment: asked again, it is given back once. Throws
   * `Transient` while the processor cannot be reached; then it is asked again.
   */
  refund(paymentId: string, amount: Money): Promise<void>;
  /** Work that it does by following our own event store; one in another house has none. */
  readonly reactions?: readonly ProcessorReaction[];
}
export interface ProcessorReaction {
  readonly name: string;
  readonly categories: readonly string[];
  /** Idempotent, and ordered per stream. */
  readonly handle: (stored: StoredEvent) => Promise<void>;
}
