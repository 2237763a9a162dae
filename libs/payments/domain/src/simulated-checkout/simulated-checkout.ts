import { type AtTime, type Command, type Decider, type Decision, reject, unreachable } from '@conference/kernel';
import type { CheckoutOutcome, SimulatedCheckoutEvent } from './simulated-checkout.events.ts';

export type SimulatedCheckoutCommand =
  /** The person at the checkout page pressed Accept or Reject. */
  | Command<'DecideCheckout', { readonly paymentId: string; readonly outcome: CheckoutOutcome } & AtTime>
  /** Of a payment whose money moved, as whoever asks knows: it may have been accepted elsewhere than at this page. */
  | Command<'CarryOutRefund', { readonly paymentId: string } & AtTime>;

export type SimulatedCheckoutRefusal = { readonly code: 'already-accepted' };

export type SimulatedCheckout = {
  /** null: not decided yet. */
  readonly outcome: CheckoutOutcome | null;
  /** Decisions so far. */
  readonly attempts: number;
  readonly isRefunded: boolean;
};

const decide = (
  { type, data }: SimulatedCheckoutCommand,
  { outcome, attempts, isRefunded }: SimulatedCheckout,
): Decision<SimulatedCheckoutEvent, SimulatedCheckoutRefusal> => {
  switch (type) {
    case 'DecideCheckout':
      // What is given back was accepted, wherever that was decided.
      if (outcome === 'accepted' || isRefunded) return data.outcome === 'accepted' ? [] : reject({ code: 'already-accepted' });
      if (data.outcome === outcome) return [];
      return [{ type: 'CheckoutDecided', data: { paymentId: data.paymentId, outcome: data.outcome, attempt: attempts + 1 } }];
    case 'CarryOutRefund':
      return isRefunded ? [] : [{ type: 'RefundCarriedOut', data: { paymentId: data.paymentId } }];
    default:
      return unreachable(type);
  }
};

const evolve = (checkout: SimulatedCheckout, event: SimulatedCheckoutEvent): SimulatedCheckout => {
  switch (event.type) {
    case 'CheckoutDecided':
      return { ...checkout, outcome: event.data.outcome, attempts: event.data.attempt };
    case 'RefundCarriedOut':
      return { ...checkout, isRefunded: true };
    default:
      return unreachable(event);
  }
};

/**
 * What the simulated third-party processor knows of one payment, on `SimulatedCheckout-<paymentId>`. A rejected checkout may
 * be tried again; an accepted one is final, and its money is given back at most once.
 */
export const simulatedCheckout: Decider<SimulatedCheckout, SimulatedCheckoutCommand, SimulatedCheckoutEvent, SimulatedCheckoutRefusal> = {
  initialState: { outcome: null, attempts: 0, isRefunded: false },
  decide,
  evolve,
};
