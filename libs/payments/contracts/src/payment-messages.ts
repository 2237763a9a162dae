import { z } from 'zod';
import { firstVersion, type NotPublished, notPublished, type PublicMessage, type PublicSchema } from './public-message.ts';
import { id, money } from './values.ts';

const payment = z.object({ paymentId: id, orderId: id, amount: money });

/**
 * Somebody is about to pay for an order; no money has moved. An order may have several payments.
 * Consumed by registration (payment state of the order) and conference-management.
 */
export const paymentInitiated = payment.extend({ conferenceId: id, description: z.string() });
export type PaymentInitiated = PublicMessage<'PaymentInitiated', typeof paymentInitiated>;

/**
 * The money has moved: a fact, whatever the order is by now, and even after a rejection. Consumed by registration, which
 * confirms the order or asks for a refund, and by conference-management.
 */
export const paymentCompleted = payment;
export type PaymentCompleted = PublicMessage<'PaymentCompleted', typeof paymentCompleted>;

/**
 * The processor refused; the order stays as it is and may be paid by another try (PAY-6). Consumed by registration and
 * conference-management.
 */
export const paymentRejected = payment;
export type PaymentRejected = PublicMessage<'PaymentRejected', typeof paymentRejected>;

/**
 * The processor has been asked to give the money back; `reason` is a code in kebab-case. Consumed by registration and
 * conference-management.
 */
export const paymentRefundRequested = payment.extend({ reason: z.string() });
export type PaymentRefundRequested = PublicMessage<'PaymentRefundRequested', typeof paymentRefundRequested>;

/** The money is given back; final. Consumed by registration and conference-management. */
export const paymentRefunded = payment;
export type PaymentRefunded = PublicMessage<'PaymentRefunded', typeof paymentRefunded>;

/** All that a stream `Payment-<id>` says to others. */
export type PaymentMessage =
  | PaymentInitiated
  | PaymentCompleted
  | PaymentRejected
  | PaymentRefundRequested
  | PaymentRefunded
  | NotPublished;

/** Every type of message of this context, with the version that is sent now. */
export const publicMessages = {
  PaymentInitiated: firstVersion(paymentInitiated),
  PaymentCompleted: firstVersion(paymentCompleted),
  PaymentRejected: firstVersion(paymentRejected),
  PaymentRefundRequested: firstVersion(paymentRefundRequested),
  PaymentRefunded: firstVersion(paymentRefunded),
  NotPublished: firstVersion(notPublished),
} as const satisfies { readonly [Type in PaymentMessage['type']]: PublicSchema };
