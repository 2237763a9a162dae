import type { Position } from '@conference/kernel';
import type { Found, ReadModelStore } from '@conference/ports';
import type { ProjectionRunner } from '@conference/runtime';
import { type PaymentDocument, payments } from './read-models/payments.ts';

export interface PaymentsQueries {
  payment(paymentId: string): Promise<Found<PaymentDocument> | undefined>;
  /** Until the read model has seen a position; false when that takes longer. */
  waitFor(model: 'payments', position: Position, withinMs: number): Promise<boolean>;
}

type Runners = { readonly payments: ProjectionRunner<PaymentDocument> };

export const paymentsQueries = (store: ReadModelStore, running: Runners): PaymentsQueries => ({
  payment: (paymentId) => store.get(payments, paymentId),
  waitFor: (model, position, withinMs) => running[model].waitFor(position, withinMs),
});
