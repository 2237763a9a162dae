import { type Command, type Decider, type Decision, type Money, reject, unreachable } from '@conference/kernel';
import type { PaymentEvent } from './payment.events.ts';

type Which = { readonly paymentId: string };

export type PaymentCommand =
  /** `amount` comes from our own model of the order, never from a caller (PAY-5). */
  | Command<
      'InitiatePayment',
      Which & { readonly orderId: string; readonly conferenceId: string; readonly amount: Money; readonly description: string }
    >
  /** The processor says: the money has moved. */
  | Command<'CompletePayment', Which>
  /** The processor says: it was refused. */
  | Command<'RejectPayment', Which>
  | Command<'RefundPayment', Which & { readonly reason: string }>
  /** The processor says: the money is given back. */
  | Command<'CompleteRefund', Which>;

export type PaymentRefusal =
  | { readonly code: 'payment-not-found' }
  | { readonly code: 'payment-id-taken' }
  | { readonly code: 'payment-not-completed' }
  | { readonly code: 'refund-not-requested' };

export type InitiatedPayment = {
  readonly state: 'initiated' | 'completed' | 'rejected' | 'refund-requested' | 'refunded';
  readonly paymentId: string;
  readonly orderId: string;
  readonly conferenceId: string;
  readonly amount: Money;
  readonly description: string;
};
export type Payment = { readonly state: 'not-initiated' } | InitiatedPayment;

type InitiatePayment = Extract<PaymentCommand, { readonly type: 'InitiatePayment' }>['data'];

const isOf = (data: InitiatePayment, payment: InitiatedPayment): boolean =>
  data.orderId === payment.orderId &&
  data.conferenceId === payment.conferenceId &&
  data.amount.amount === payment.amount.amount &&
  data.amount.currency === payment.amount.currency &&
  data.description === payment.description;

const initiate = (data: InitiatePayment, payment: Payment): Decision<PaymentEvent, PaymentRefusal> => {
  if (payment.state !== 'not-initiated') return isOf(data, payment) ? [] : reject({ code: 'payment-id-taken' });
  const { paymentId, orderId, conferenceId, amount, description } = data;
  return [{ type: 'PaymentInitiated', data: { paymentId, orderId, conferenceId, amount, description } }];
};

const decide = (command: PaymentCommand, payment: Payment): Decision<PaymentEvent, PaymentRefusal> => {
  if (command.type === 'InitiatePayment') return initiate(command.data, payment);
  if (payment.state === 'not-initiated') return reject({ code: 'payment-not-found' });
  const { state, paymentId, orderId, amount } = payment;
  switch (command.type) {
    case 'CompletePayment': // PAY-2: from rejected too, since the money has moved
      return state === 'initiated' || state === 'rejected' ? [{ type: 'PaymentCompleted', data: { paymentId, orderId, amount } }] : [];
    case 'RejectPayment': // PAY-3: after it was completed, a late rejection says nothing
      return state === 'initiated' ? [{ type: 'PaymentRejected', data: { paymentId, orderId, amount } }] : [];
    case 'RefundPayment':
      if (state === 'initiated' || state === 'rejected') return reject({ code: 'payment-not-completed' });
      return state === 'completed'
        ? [{ type: 'PaymentRefundRequested', data: { paymentId, orderId, amount, reason: command.data.reason } }]
        : [];
    case 'CompleteRefund':
      if (state === 'refunded') return [];
      return state === 'refund-requested'
        ? [{ type: 'PaymentRefunded', data: { paymentId, orderId, amount } }]
        : reject({ code: 'refund-not-requested' });
    default:
      return unreachable(command);
  }
};

const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  if (event.type === 'PaymentInitiated') {
    const { paymentId, orderId, conferenceId, amount, description } = event.data;
    return { state: 'initiated', paymentId, orderId, conferenceId, amount, description };
  }
  if (payment.state === 'not-initiated') return payment;
  switch (event.type) {
    case 'PaymentCompleted':
      return { ...payment, state: 'completed' };
    case 'PaymentRejected':
      return { ...payment, state: 'rejected' };
    case 'PaymentRefundRequested':
      return { ...payment, state: 'refund-requested' };
    case 'PaymentRefunded':
      return { ...payment, state: 'refunded' };
    default:
      return unreachable(event);
  }
};

/**
 * One try to pay an order, on `Payment-<paymentId>`. Each message of the processor may come again, late and in any order:
 * the payment ends the same, and no money that moved is forgotten (PAY-2, PAY-3).
 */
export const payment: Decider<Payment, PaymentCommand, PaymentEvent, PaymentRefusal> = {
  initialState: { state: 'not-initiated' },
  decide,
  evolve,
};
