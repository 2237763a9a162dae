import { type Instant, type Position, type Recorded, type StreamVersion, streamName } from '@conference/kernel';
import type { EventStore, ReadStreamOptions, StoredEvent } from '@conference/ports';
import { type Order, type OrderEvent, order, type PlacedOrder } from '@conference/registration-domain';
import { streamHistory, UndecodableEvent } from '@conference/runtime';
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
  /** As it was at a time: after the last of its events that was not later. */
  asOf(orderId: string, at: Instant): Promise<OrderAt | undefined>;
  /** What happened to it, from a version on, oldest first. */
  events(orderId: string, range: { readonly from: StreamVersion; readonly maxCount: number }): Promise<readonly Recorded<OrderEvent>[]>;
}

const evolved = (before: Order, stored: StoredEvent): Order => {
  const event = orderCodec.decode(stored);
  if (event === undefined) throw new UndecodableEvent(`${stored.streamName} holds ${stored.type}, which is not in the catalog`);
  return order.evolve(before, event);
};

const after = (events: readonly StoredEvent[]): OrderAt | undefined => {
  const last = events.at(-1);
  const state = events.reduce(evolved, order.initialState);
  return last === undefined || state.state === 'not-placed'
    ? undefined
    : { order: state, version: last.streamVersion, position: last.position };
};

/** What answers a first reservation, or comes before its answer. */
export const decisions: ReadonlySet<string> = new Set<OrderEvent['type']>([
  'OrderPartiallyReserved',
  'OrderReservationCompleted',
  'OrderConfirmed',
  'OrderExpired',
  'OrderCancelled',
]);

export const orderHistory = (eventStore: EventStore): OrderHistory => {
  const past = streamHistory({ eventStore, decoder: orderCodec, decider: order });
  /** An order's stream is short. */
  const eventsOf = async (orderId: string, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> => {
    const events: StoredEvent[] = [];
    for await (const page of eventStore.readStream(streamName('Order', orderId), options)) events.push(...page);
    return events;
  };

  return {
    placed: async (orderId) => after(await eventsOf(orderId, { maxCount: 1 }))?.order,
    current: async (orderId) => after(await eventsOf(orderId)),
    decided: async (orderId) => {
      const events = await eventsOf(orderId);
      const decision = events.find(({ type }) => decisions.has(type));
      if (decision === undefined) return undefined;
      // With what was decided in the same breath: its totals.
      const { commandId } = decision.metadata;
      return after(events.slice(0, events.findLastIndex(({ metadata }) => metadata.commandId === commandId) + 1));
    },
    asOf: async (orderId, at) => {
      const found = await past.asOf(streamName('Order', orderId), at);
      if (found === undefined || found.state.state === 'not-placed') return undefined;
      return { order: found.state, version: found.version, position: found.position };
    },
    events: (orderId, range) => past.events(streamName('Order', orderId), range),
  };
};
