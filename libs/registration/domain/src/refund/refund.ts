import type { Command, Decider, Money } from '@conference/kernel';
import type { RefundEvent, RefundReason } from './refund.events.ts';

export type RefundCommand = Command<
  'RequestRefund',
  { readonly paymentId: string; readonly orderId: string; readonly amount: Money; readonly reason: RefundReason }
>;
export type Refund = { readonly isRequested: boolean };

/** Money that goes back, once per payment: requested again, for whatever reason, is nothing. Never refused. */
export const refund: Decider<Refund, RefundCommand, RefundEvent> = {
  initialState: { isRequested: false },
  decide: ({ data }, { isRequested }) => (isRequested ? [] : [{ type: 'RefundRequested', data }]),
  evolve: () => ({ isRequested: true }),
};
