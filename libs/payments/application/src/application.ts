import { fold, type StreamVersion, streamName } from '@conference/kernel';
import { type InitiatedPayment, type Payment, type PaymentCommand, type PaymentRefusal, payment } from '@conference/payments-domain';
import { topics as registrationTopics } from '@conference/registration-contracts';
import {
  type CommandContext,
  type CommandOutcome,
  type ContextRuntime,
  commandHandler,
  contextRuntime,
  type Engines,
  only,
  streamHistory,
  uuidv5,
} from '@conference/runtime';
import { type CallbackOutcome, callbackHandler } from './callbacks.ts';
import { paymentCodec, paymentsCodec } from './catalog.ts';
import { mayBecomePayable, type NotPayable, refusalOf } from './payability.ts';
import type { PaymentProcessor, ProcessorCallback } from './payment-processor.ts';
import { publications } from './publications.ts';
import { type PaymentsQueries, paymentsQueries } from './queries.ts';
import { type PayableOrderDocument, payableOrderEventTypes, payableOrders, payableOrdersProjection } from './read-models/payable-orders.ts';
import { paymentEventTypes, paymentsProjection } from './read-models/payments.ts';
import { refunds } from './refund-policy.ts';

export interface PaymentsSettings {
  /** How long an initiation waits for what has just been told about its order. Default 500 ms. */
  readonly orderFactsWithinMs?: number;
}

export type PaymentOutcome = CommandOutcome<Payment, PaymentRefusal | NotPayable>;

/** What payments can be asked to do, and what it can be asked. */
export interface PaymentsApplication {
  readonly runtime: ContextRuntime;
  readonly processor: PaymentProcessor;
  readonly commands: {
    /** Of an order, with the amount that we ourselves know of (PAY-5). The payment's id follows from the command's. */
    initiatePayment(request: { readonly orderId: string }, context: CommandContext): Promise<PaymentOutcome>;
    handleCallback(callback: ProcessorCallback, context?: Pick<CommandContext, 'correlationId' | 'traceparent'>): Promise<CallbackOutcome>;
    /** The payment as it was at a version: to answer a repeated command word for word. */
    paymentAt(paymentId: string, version: number): Promise<Payment>;
    /** As it is now, from its own events: it is asked for a moment after it was initiated. Undefined: there is none. */
    currentPayment(paymentId: string): Promise<{ readonly payment: InitiatedPayment; readonly version: StreamVersion } | undefined>;
  };
  readonly queries: PaymentsQueries;
}

export const paymentIdOf = (commandId: string): string => uuidv5(commandId, 'payment');

/** More than a payment can have: initiated, rejected, completed, refund requested, refunded. */
const eventsOfOneMax = 20;

export const paymentsApplication = (engines: Engines, settings: PaymentsSettings, processor: PaymentProcessor): PaymentsApplication => {
  const { eventStore, timer, random, readModels, log } = engines;
  const { orderFactsWithinMs = 500 } = settings;
  const streamOf = (paymentId: string) => streamName('Payment', paymentId);
  const handler = commandHandler({
    decider: payment,
    codec: paymentCodec,
    streamOf: ({ data }: PaymentCommand) => streamOf(data.paymentId),
    eventStore,
    timer,
    retry: { withinMs: 5_000, random },
    log,
  });

  const history = streamHistory({ eventStore, decoder: paymentCodec, decider: payment });

  const builder = contextRuntime({
    context: 'Payments',
    service: 'payments',
    categories: ['Payment', 'SimulatedCheckout', 'PaymentsInboxOrder', 'PaymentsInboxRefund'],
    engines,
  });
  const running = {
    payments: builder.project(paymentsProjection, only(paymentsCodec, ...paymentEventTypes)),
    payableOrders: builder.project(payableOrdersProjection, only(paymentsCodec, ...payableOrderEventTypes)),
  };
  builder.policy(refunds, only(paymentsCodec, 'RefundRequested'), handler);
  builder.react('processor-refunds', ['Payment'], async (stored) => {
    const event = paymentsCodec.decode(stored);
    if (event?.type === 'PaymentRefundRequested') await processor.refund(event.data.paymentId, event.data.amount);
  });
  for (const { name, categories, handle } of processor.reactions ?? []) builder.react(name, categories, handle);
  builder.publish(publications, paymentCodec);
  builder.importFrom([registrationTopics.orders.name, registrationTopics.refunds.name], paymentsCodec);

  const orderOf = async (orderId: string): Promise<PayableOrderDocument | undefined> =>
    (await readModels.get(payableOrders, orderId))?.document;

  /** As we know it; waits a moment for what registration may have said just now. */
  const payableOrder = async (orderId: string): Promise<PayableOrderDocument | undefined> => {
    const isPayable = (order: PayableOrderDocument): boolean => refusalOf(order, timer.now()) === undefined;
    const waiting = running.payableOrders.waitUntil(orderId, isPayable, orderFactsWithinMs);
    const order = await orderOf(orderId);
    if (!mayBecomePayable(order, timer.now())) return order;
    return (await waiting) ?? (await orderOf(orderId));
  };

  return {
    runtime: builder.build(),
    processor,
    queries: paymentsQueries(readModels, running),
    commands: {
      initiatePayment: async ({ orderId }, context) => {
        const paymentId = paymentIdOf(context.commandId);
        // What is refused today may have been accepted with this very command: then that is the answer.
        const known = await handler.recall(streamOf(paymentId), context);
        if (known !== undefined) return known;
        const order = await payableOrder(orderId);
        const reason = refusalOf(order, timer.now());
        if (order === undefined || reason !== undefined)
          return { status: 'rejected', reason: reason ?? { code: 'order-not-payable', isKnown: false } };
        const { conferenceId, total: amount } = order;
        return handler(
          { type: 'InitiatePayment', data: { paymentId, orderId, conferenceId, amount, description: `Order ${orderId}` } },
          context,
        );
      },
      handleCallback: callbackHandler(handler, builder.parking),
      paymentAt: (paymentId, version) => handler.stateAt(streamOf(paymentId), version),
      currentPayment: async (paymentId) => {
        const events = await history.events(streamOf(paymentId), { from: 0, maxCount: eventsOfOneMax });
        const last = events.at(-1);
        const state = fold(
          payment,
          events.map(({ event }) => event),
        );
        return last === undefined || state.state === 'not-initiated' ? undefined : { payment: state, version: last.streamVersion };
      },
    },
  };
};
