import type { JsonObject } from '@conference/kernel';
import type { PaymentEvent, SimulatedCheckoutEvent } from '@conference/payments-domain';
import { type RegistrationMessage, publicMessages as registrationMessages } from '@conference/registration-contracts';
import { type EventCatalog, type EventSchema, eventCodec } from '@conference/runtime';
import { z } from 'zod';

export type OwnEvent = PaymentEvent | SimulatedCheckoutEvent;
/** Its own events, and what it imports from registration as it was published. */
export type PaymentsEvent = OwnEvent | RegistrationMessage;

const id = z.string();
const which = z.object({ paymentId: id, orderId: id, amount: z.object({ amount: z.int().nonnegative(), currency: z.string() }) });

/** Version 1 of an event. */
const v1 = <Data extends JsonObject>(schema: z.ZodType<Data>): EventSchema<Data> => ({ version: 1, parse: (data) => schema.parse(data) });

const payment: EventCatalog<PaymentEvent> = {
  PaymentInitiated: v1(which.extend({ conferenceId: id, description: z.string() })),
  PaymentCompleted: v1(which),
  PaymentRejected: v1(which),
  PaymentRefundRequested: v1(which.extend({ reason: z.string() })),
  PaymentRefunded: v1(which),
};

const simulatedCheckout: EventCatalog<SimulatedCheckoutEvent> = {
  CheckoutDecided: v1(z.object({ paymentId: id, outcome: z.enum(['accepted', 'rejected']), attempt: z.int().positive() })),
  RefundCarriedOut: v1(z.object({ paymentId: id })),
};

/** The one codec of the context's store: its own events and those it imports, for feed, inbox and replay alike. */
export const paymentsCodec = eventCodec<PaymentsEvent>({ ...payment, ...simulatedCheckout, ...registrationMessages });
export const paymentCodec = eventCodec<PaymentEvent>(payment);
export const simulatedCheckoutCodec = eventCodec<SimulatedCheckoutEvent>(simulatedCheckout);

/** Of the events that are written here, the version that is written today. */
export const ownSchemaVersions: { readonly [type: string]: number } = Object.fromEntries(
  Object.entries({ ...payment, ...simulatedCheckout }).map(([type, { version }]) => [type, version]),
);
