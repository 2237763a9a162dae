import { type JsonObject, parseBy } from '@conference/kernel';
import type { PaymentEvent, SimulatedCheckoutEvent } from '@conference/payments-domain';
import { type RegistrationMessage, publicMessages as registrationMessages } from '@conference/registration-contracts';
import { type EventSchema, eventCodec } from '@conference/runtime';
import { z } from 'zod';

export type OwnEvent = PaymentEvent | SimulatedCheckoutEvent;
/** Its own events, and what it imports from registration as it was published. */
export type PaymentsEvent = OwnEvent | RegistrationMessage;

/** How an event is read and written, and what its fields mean. */
type Described<E extends OwnEvent> = {
  readonly [T in E['type']]: EventSchema<Extract<E, { readonly type: T }>['data']> & { readonly schema: z.ZodType };
};

const id = z.string().max(100);
const paymentId = id.describe('The payment.');
const which = z.object({
  paymentId,
  orderId: id.describe('The order that it pays.'),
  amount: z
    .object({
      amount: z.int().nonnegative().describe('Minor units of the currency.'),
      currency: z.string().max(3).describe('ISO 4217.'),
    })
    .describe('The order’s total when the payment was initiated (PAY-5).'),
});

/** Version 1 of an event. */
const v1 = <Data extends JsonObject>(schema: z.ZodType<Data>) => ({
  version: 1,
  schema,
  parse: parseBy(schema, z.compile),
});

const payment: Described<PaymentEvent> = {
  PaymentInitiated: v1(
    which
      .extend({
        conferenceId: id.describe('The conference of the order.'),
        description: z.string().max(200).describe('What the processor shows to who pays.'),
      })
      .describe('Somebody is about to pay for an order; no money has moved (PAY-1).'),
  ),
  PaymentCompleted: v1(which.describe('The money has moved: a fact, also after a rejection (PAY-2).')),
  PaymentRejected: v1(which.describe('The processor refused; another try may follow (PAY-3, PAY-6).')),
  PaymentRefundRequested: v1(
    which
      .extend({ reason: z.string().max(100).describe('A code in kebab-case, as registration gave it.') })
      .describe('The processor is to give the money back.'),
  ),
  PaymentRefunded: v1(which.describe('The money is given back; final.')),
};

const simulatedCheckout: Described<SimulatedCheckoutEvent> = {
  CheckoutDecided: v1(
    z
      .object({
        paymentId,
        outcome: z.enum(['accepted', 'rejected']).describe('What the person at the checkout pressed.'),
        attempt: z.int().positive().describe('Counts the decisions on this payment, from 1.'),
      })
      .describe('The simulated processor’s own ledger: somebody paid, or refused to.'),
  ),
  RefundCarriedOut: v1(z.object({ paymentId }).describe('The simulated processor gave the money back.')),
};

/** The one codec of the context's store: its own events and those it imports, for feed, inbox and replay alike. */
export const paymentsCodec = eventCodec<PaymentsEvent>({ ...payment, ...simulatedCheckout, ...registrationMessages });
const own: Described<OwnEvent> = { ...payment, ...simulatedCheckout };
export const ownCodec = eventCodec<OwnEvent>(own);
export const paymentCodec = eventCodec<PaymentEvent>(payment);
export const simulatedCheckoutCodec = eventCodec<SimulatedCheckoutEvent>(simulatedCheckout);

/** Of the events that are written here, the version that is written today. */
export const ownSchemaVersions: { readonly [type: string]: number } = Object.fromEntries(
  Object.entries(own).map(([type, { version }]) => [type, version]),
);

/** By the category of their streams: for the documents that are made of them. */
export const storedEvents = { Payment: payment, SimulatedCheckout: simulatedCheckout } as const;
