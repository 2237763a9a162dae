import { streamName } from '@conference/kernel';
import type { Order } from '@conference/registration-domain';
import type { CommandHandler, EventWatch } from '@conference/runtime';
import { decisions, type OrderAt, type OrderHistory } from './order-history.ts';

export interface OrderDecisions {
  /**
   * Waits for the answer to an order's first reservation and shows the order as that left it, so that who asks again is
   * told the same. Undefined: not decided in this time. `placed` is `now` for who asks in the turn of the event loop in which
   * the placement was answered: then it cannot be decided yet, and is not looked up.
   */
  decided(orderId: string, placed: 'now' | 'earlier', withinMs: number): Promise<OrderAt | undefined>;
}

type Left = Pick<CommandHandler<never, Order, never>, 'leftBy'>;

export const orderDecisions = (options: {
  readonly watch: EventWatch;
  readonly handler: Left;
  readonly history: OrderHistory;
}): OrderDecisions => {
  const { watch, handler, history } = options;
  return {
    decided: async (orderId, placed, withinMs) => {
      const stream = streamName('Order', orderId);
      const deciding = watch.waitFor(stream, ({ type }) => decisions.has(type), withinMs);
      const early = placed === 'now' ? undefined : await history.decided(orderId);
      if (early !== undefined) return early;
      const decision = await deciding;
      const left = decision && (await handler.leftBy(stream, decision.metadata.commandId));
      if (left === undefined || left.state.state === 'not-placed') return history.decided(orderId);
      return { order: left.state, version: left.version, position: left.position };
    },
  };
};
