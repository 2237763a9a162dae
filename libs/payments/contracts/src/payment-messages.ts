import { firstVersionBy, type PublicMessage, type PublicSchema } from '@conference/kernel';
import { z } from 'zod';
import { type NotPublished, notPublished } from './not-published.ts';
import { conferenceId, money, orderId, paymentId } from './values.ts';

const payment = z.object({ paymentId, orderId, amount: money });

export const paymentInitiated = payment
  .extend({ conferenceId, description: z.string().max(200).describe('What the processor shows to who pays.') })
  .describe('Somebody is about to pay for an order; no money has moved. An order may have several payments.');
export type PaymentInitiated = PublicMessage<'PaymentInitiated', typeof paymentInitiated>;

export const paymentCompleted = payment.describe(
  'The money has moved: a fact, whatever the order is by now, and even after a rejection. Registration confirms the order or asks for a refund.',
);
export type PaymentCompleted = PublicMessage<'PaymentCompleted', typeof paymentCompleted>;

export const paymentRejected = payment.describe('The processor refused; the order stays as it is and may be paid by another try (PAY-6).');
export type PaymentRejected = PublicMessage<'PaymentRejected', typeof paymentRejected>;

export const paymentRefundRequested = payment
  .extend({ reason: z.string().max(100).describe('A code in kebab-case; new ones may come.') })
  .describe('The processor has been asked to give the money back.');
export type PaymentRefundRequested = PublicMessage<'PaymentRefundRequested', typeof paymentRefundRequested>;

export const paymentRefunded = payment.describe('The money is given back; final.');
export type PaymentRefunded = PublicMessage<'PaymentRefunded', typeof paymentRefunded>;

/** All that a stream `Payment-<id>` says to others. */
export type PaymentMessage =
  | PaymentInitiated
  | PaymentCompleted
  | PaymentRejected
  | PaymentRefundRequested
  | PaymentRefunded
  | NotPublished;

const firstVersion = firstVersionBy<z.ZodType>(z.compile);

/**
 * Every type of message of this context, with the version that is sent now. Those of the original are not lifted: they name
 * neither amount nor conference, and an amount is never guessed.
 */
export const publicMessages = {
  PaymentInitiated: firstVersion(paymentInitiated),
  PaymentCompleted: firstVersion(paymentCompleted),
  PaymentRejected: firstVersion(paymentRejected),
  PaymentRefundRequested: firstVersion(paymentRefundRequested),
  PaymentRefunded: firstVersion(paymentRefunded),
  NotPublished: firstVersion(notPublished),
} as const satisfies { readonly [Type in PaymentMessage['type']]: PublicSchema };
