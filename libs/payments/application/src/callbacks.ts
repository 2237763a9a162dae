import type { JsonObject } from '@conference/kernel';
import { unreachable } from '@conference/kernel';
import type { Payment, PaymentCommand, PaymentRefusal } from '@conference/payments-domain';
import { type CommandContext, type CommandHandler, type Parking, Transient, uuidv5 } from '@conference/runtime';
import type { ProcessorCallback } from './payment-processor.ts';

/** `kept`: it fits no payment of ours, and is shown to the operator. `busy`: the processor has to repeat it. */
export type CallbackOutcome = 'handled' | 'kept' | 'busy';

/** The name under which call-backs are parked. */
const consumer = 'processor-callback';

const commandOf = ({ type, paymentId }: ProcessorCallback): PaymentCommand => {
  switch (type) {
    case 'payment.accepted':
      return { type: 'CompletePayment', data: { paymentId } };
    case 'payment.rejected':
      return { type: 'RejectPayment', data: { paymentId } };
    case 'refund.completed':
      return { type: 'CompleteRefund', data: { paymentId } };
    default:
      return unreachable(type);
  }
};

const isCallback = (content: JsonObject): content is ProcessorCallback & JsonObject =>
  ['webhookId', 'type', 'paymentId'].every((field) => typeof content[field] === 'string');

/**
 * What the processor says becomes a command whose id is the call's: a repeated one is found in the payment's stream. What no
 * payment of ours can take is parked, not lost: somebody has paid, or been paid back, that we know nothing of.
 */
export const callbackHandler = (
  handler: CommandHandler<PaymentCommand, Payment, PaymentRefusal>,
  parking: Parking,
): ((callback: ProcessorCallback, context?: Pick<CommandContext, 'correlationId' | 'traceparent'>) => Promise<CallbackOutcome>) => {
  const send = (callback: ProcessorCallback, context: Pick<CommandContext, 'correlationId' | 'traceparent'> | undefined) => {
    const commandId = uuidv5(callback.webhookId);
    return handler(commandOf(callback), {
      correlationId: commandId,
      ...context,
      commandId,
      causationId: commandId,
      actor: 'payment-processor',
    });
  };

  parking.register(consumer, {
    retry: async ({ content }) => {
      if (content.kind !== 'message' || !isCallback(content.message)) throw new Error('this is no call-back');
      const outcome = await send(content.message, undefined);
      if (outcome.status === 'busy') throw new Transient('the call-back is not through yet');
      if (outcome.status === 'rejected') throw new Error(`refused: ${outcome.reason.code}`);
    },
    skip: async () => {},
  });

  return async (callback, context) => {
    const outcome = await send(callback, context);
    switch (outcome.status) {
      case 'accepted':
      case 'unchanged':
      case 'repeated':
        return 'handled';
      case 'busy':
        return 'busy';
      case 'rejected': {
        const { webhookId, type, paymentId } = callback;
        const content = { kind: 'message', topic: 'processor-callbacks', message: { webhookId, type, paymentId } } as const;
        const messageId = uuidv5(webhookId);
        await parking.parkMessage(
          { messageId, consumer, subject: `Payment-${paymentId}`, sequence: 0, type, content },
          new Error(outcome.reason.code),
        );
        return 'kept';
      }
      default:
        throw new Error(`a call-back was answered ${outcome.status}`);
    }
  };
};
