export type { PaymentEvent } from './payment/payment.events.ts';
export { type InitiatedPayment, type Payment, type PaymentCommand, type PaymentRefusal, payment } from './payment/payment.ts';
export type { CheckoutOutcome, SimulatedCheckoutEvent } from './simulated-checkout/simulated-checkout.events.ts';
export {
  type SimulatedCheckout,
  type SimulatedCheckoutCommand,
  type SimulatedCheckoutRefusal,
  simulatedCheckout,
} from './simulated-checkout/simulated-checkout.ts';
