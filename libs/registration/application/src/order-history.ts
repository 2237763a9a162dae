import { type Position, type StreamName, type StreamVersion, streamName } from '@conference/kernel';
import type { EventStore, StoredEvent } from '@conference/ports';
import { type Order, order, type PlacedOrder } from '@conference/registration-domain';
import { UndecodableEvent } from '@conference/runtime';
import { orderCodec } from './catalog.ts';

/** An order as it was after one of its events. */
export type OrderAt = { readonly order: PlacedOrder; readonly version: StreamVersion; readonly position: Position };

/**
 * What only an order's own events can tell: the read model may be behind, and shows no past. `undefined`: there is no such
 * order (for `decided`: or it is not decided yet).
 */
export interface OrderHistory {
  /** As its placement left it, without what else was decided with that; one event is read. */
  placed(orderId: string): Promise<PlacedOrder | undefined>;
  current(orderId: string): Promise<OrderAt | undefined>;
  /**
   * As the answer to its first reservation left it, or its end when that came before; whatever came afterwards. So who asks
   * again is told the same.
   */
  decided(orderId: string): Promise<OrderAt | undefined>;
}

const orderStream = (orderId: string): StreamName => streamName('Order', orderId);

const evolved = (before: Order, stored: StoredEvent): Order => {
  const event = orderCodec.decode(stored);
  if (event === undefined) throw new UndecodableEvent(`${stored.streamName} holds ${stored.type}, which is not in the catalog`);
  return order.evolve(before, event);
};

export const orderHistory = (eventStore: EventStore): OrderHistory => {
  /** Folds up to the last event of the first command after which `isEnough` holds; without one, all. */
  const fold = async (
    orderId: string,
    options: { readonly maxCount?: number; readonly isEnough?: (order: PlacedOrder) => boolean } = {},
  ): Promise<(OrderAt & { readonly isEnough: boolean }) | undefined> => {
    const { isEnough = () => false, ...range } = options;
    let state: Order = order.initialState;
    let last: StoredEvent | undefined;
    let enoughBy: string | undefined;
    for await (const page of eventStore.readStream(orderStream(orderId), range)) {
      for (const stored of page) {
        if (enoughBy !== undefined && stored.metadata.commandId !== enoughBy) break;
        state = evolved(state, stored);
        last = stored;
        if (enoughBy === undefined && state.state !== 'not-placed' && isEnough(state)) enoughBy = stored.metadata.commandId;
      }
      if (enoughBy !== undefined && page.at(-1) !== last) break;
    }
    if (last === undefined || state.state === 'not-placed') return undefined;
    return { order: state, version: last.streamVersion, position: last.position, isEnough: enoughBy !== undefined };
  };

  return {
    placed: async (orderId) => (await fold(orderId, { maxCount: 1 }))?.order,
    current: (orderId) => fold(orderId),
    decided: async (orderId) => {
      const found = await fold(orderId, { isEnough: ({ state }) => state !== 'pending-reservation' });
      return found?.isEnough === true ? found : undefined;
    },
  };
};
