export type { CheckoutOutcome, InitiatedPayment, Payment } from '@conference/payments-domain';
export * from './application.ts';
export type { CallbackOutcome } from './callbacks.ts';
export { storedEvents } from './catalog.ts';
export type { NotPayable } from './payability.ts';
export type { PaymentProcessor, ProcessorCallback, ProcessorReaction } from './payment-processor.ts';
export { publications } from './publications.ts';
export type { PaymentsQueries } from './queries.ts';
export type { PaymentDocument, PaymentState } from './read-models/payments.ts';
export {
  type CheckoutDecision,
  type OutgoingCallback,
  type SimulatedProcessor,
  type SimulatedProcessorSettings,
  simulatedProcessor,
} from './simulated-processor.ts';
