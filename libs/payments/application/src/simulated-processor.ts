import { type Instant, type StreamName, streamName, unreachable } from '@conference/kernel';
import {
  type CheckoutOutcome,
  type SimulatedCheckout,
  type SimulatedCheckoutCommand,
  type SimulatedCheckoutEvent,
  type SimulatedCheckoutRefusal,
  simulatedCheckout,
} from '@conference/payments-domain';
import { type CommandContext, type CommandOutcome, commandHandler, type Engines, Transient, uuidv5 } from '@conference/runtime';
import { simulatedCheckoutCodec } from './catalog.ts';
import type { PaymentProcessor, ProcessorCallback } from './payment-processor.ts';

/** A call-back on its way out; `webhookId` is the id of the event that it tells of. */
export type OutgoingCallback = ProcessorCallback & { readonly timestamp: Instant };

export interface SimulatedProcessorSettings {
  /** Without a slash at its end; the checkout is at `/processor/checkout/<paymentId>` below it. */
  readonly publicUrl: string;
  /** Calls back as a real processor would. Resolves when it was answered 2xx; whatever it throws, it is called again. */
  readonly deliver: (callback: OutgoingCallback) => Promise<void>;
}

export type CheckoutDecision = CommandOutcome<SimulatedCheckout, SimulatedCheckoutRefusal>;

/** The third party, played by ourselves: its ledger is on `SimulatedCheckout-<paymentId>`, and nothing else is its truth. */
export interface SimulatedProcessor extends PaymentProcessor {
  /** The person at the checkout pressed Accept or Reject. Durable when answered; the call-back follows. */
  decide(paymentId: string, outcome: CheckoutOutcome, context: CommandContext): Promise<CheckoutDecision>;
}

const callbackType = (event: SimulatedCheckoutEvent): ProcessorCallback['type'] => {
  switch (event.type) {
    case 'CheckoutDecided':
      return event.data.outcome === 'accepted' ? 'payment.accepted' : 'payment.rejected';
    case 'RefundCarriedOut':
      return 'refund.completed';
    default:
      return unreachable(event);
  }
};

const category = 'SimulatedCheckout';
const streamOf = (paymentId: string): StreamName => streamName(category, paymentId);

/**
 * Decisions and refunds are events; the call-backs follow them, in order per payment, each repeated with the same id
 * until it is answered. So nothing that was decided is forgotten, whenever the process ends.
 */
export const simulatedProcessor = (engines: Engines, { publicUrl, deliver }: SimulatedProcessorSettings): SimulatedProcessor => {
  const { eventStore, timer, random, log } = engines;
  const handler = commandHandler({
    decider: simulatedCheckout,
    codec: simulatedCheckoutCodec,
    streamOf: ({ data }: SimulatedCheckoutCommand) => streamOf(data.paymentId),
    eventStore,
    timer,
    retry: { withinMs: 5_000, random },
    log,
    cacheBytes: 1024 * 1024,
  });

  return {
    checkoutUrl: (paymentId) => `${publicUrl}/processor/checkout/${paymentId}`,
    decide: (paymentId, outcome, context) => handler({ type: 'DecideCheckout', data: { paymentId, outcome, now: timer.now() } }, context),
    refund: async (paymentId) => {
      const commandId = uuidv5(paymentId, 'refund');
      const context = { commandId, correlationId: paymentId, causationId: paymentId, actor: 'payments' };
      const { status } = await handler({ type: 'CarryOutRefund', data: { paymentId, now: timer.now() } }, context);
      if (status === 'busy') throw new Transient('the refund is not through yet');
    },
    reactions: [
      {
        name: 'processor-callbacks',
        categories: [category],
        handle: async (stored) => {
          const event = simulatedCheckoutCodec.decode(stored);
          if (event === undefined) return;
          const { paymentId } = event.data;
          const callback = { webhookId: stored.eventId, type: callbackType(event), paymentId, timestamp: stored.metadata.occurredAt };
          await deliver(callback).catch((error: unknown) => {
            throw new Transient(`the call-back ${callback.webhookId} was not answered`, { cause: error });
          });
        },
      },
    ],
  };
};
