import type { JsonObject, Position, StreamVersion } from '@conference/kernel';
import type { Found, ReadModelStore } from '@conference/ports';
import type { PlacedOrder } from '@conference/registration-domain';
import type { ProjectionRunner } from '@conference/runtime';
import type { OrderHistory } from './order-history.ts';
import { type ConferenceDocument, conferences } from './read-models/conferences.ts';
import { type OrderSeatsDocument, orderSeats } from './read-models/order-seats.ts';
import { type Locator, type OrderDocument, orders } from './read-models/orders.ts';
import { type ProcessDocument, type ProcessState, processes } from './read-models/processes.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

/** `behind`: the events say that it is there, and the read model has not seen it in time. */
export type Arriving<Doc extends JsonObject> = Found<Doc> | 'behind' | undefined;

export type DecidedOrder = { readonly order: OrderDocument | PlacedOrder; readonly version: StreamVersion };

/** Each is one read of one document, or of one index; more only where a document is missing that must be on its way. */
export interface RegistrationQueries {
  publishedConferences(page: PageRequest): Promise<Page<ConferenceDocument>>;
  /** Undefined also for one that is not published. */
  publishedConference(slug: string): Promise<ConferenceDocument | undefined>;
  /** As the read model has it now. */
  order(orderId: string): Promise<Found<OrderDocument> | undefined>;
  /** Waits for an order that has just been placed: undefined only for one that was not. */
  orderOnceKnown(orderId: string, withinMs: number): Promise<Arriving<OrderDocument>>;
  /**
   * As the answer to its first reservation left it, or its end when that came before, as soon as that is decided; undefined
   * when it takes longer. Whoever asks again is told the same. `placedAt` is where it was placed.
   */
  decidedOrder(orderId: string, placedAt: Position, withinMs: number): Promise<DecidedOrder | undefined>;
  /** Waits for the seats of an order that has just been confirmed; `none` before that. Undefined: there is no such order. */
  orderSeats(orderId: string, withinMs: number): Promise<Arriving<OrderSeatsDocument> | 'none'>;
  /** By what the registrant knows; scoped to the conference (W-17). */
  locateOrder(request: { readonly slug: string; readonly email: string; readonly accessCode: string }): Promise<OrderDocument | undefined>;
  /** For the operator; of all states without one. */
  processes(page: PageRequest & { readonly state?: ProcessState }): Promise<Page<ProcessDocument>>;
  /** Until the read model has seen a position; false when that takes longer. */
  waitFor(model: 'conferences' | 'orders' | 'orderSeats', position: Position, withinMs: number): Promise<boolean>;
}

export type Runners = {
  readonly conferences: ProjectionRunner<ConferenceDocument>;
  readonly orders: ProjectionRunner<OrderDocument>;
  readonly orderSeats: ProjectionRunner<OrderSeatsDocument>;
};

const documents = <Doc extends JsonObject>({
  items,
  next,
}: {
  readonly items: readonly Found<Doc>[];
  readonly next: string | null;
}): Page<Doc> => ({
  items: items.map(({ document }) => document),
  next,
});

/** Nothing has happened to it since; so what the projection has in hand is the answer, and nothing is read for it. */
const isJustReserved = ({ state, request, registrant }: OrderDocument): boolean =>
  state === 'reserved' && request === 1 && registrant === null;

type Arrivals<Doc extends JsonObject> = { readonly runner: ProjectionRunner<Doc>; readonly read: () => Promise<Found<Doc> | undefined> };

/** A document that must come: the wait begins before the look, so that it cannot come between the two. */
const arriving = async <Doc extends JsonObject>(
  { runner, read }: Arrivals<Doc>,
  id: string,
  withinMs: number,
): Promise<Found<Doc> | 'behind'> => {
  const arrived = runner.waitUntil(id, () => true, withinMs);
  const found = await read();
  if (found !== undefined) return found;
  await arrived;
  return (await read()) ?? 'behind';
};

export const registrationQueries = (
  store: ReadModelStore,
  running: Runners,
  history: OrderHistory,
  locator: Locator,
): RegistrationQueries => {
  const bySlug = async (slug: string): Promise<ConferenceDocument | undefined> => {
    const { items } = await store.find(conferences, { index: 'bySlug', equals: { slug }, limit: 1 });
    return items[0]?.document;
  };
  const order = (orderId: string): Promise<Found<OrderDocument> | undefined> => store.get(orders, orderId);
  const orderOnceKnown = async (orderId: string, withinMs: number): Promise<Arriving<OrderDocument>> => {
    const found = await order(orderId);
    if (found !== undefined) return found;
    if ((await history.placed(orderId)) === undefined) return undefined;
    return arriving({ runner: running.orders, read: () => order(orderId) }, orderId, withinMs);
  };
  const seatsOf = (orderId: string) => store.get(orderSeats, orderId);

  return {
    publishedConferences: async (page) =>
      documents(await store.find(conferences, { index: 'byStatus', equals: { status: 'published' }, ...page })),
    publishedConference: async (slug) => {
      const conference = await bySlug(slug);
      return conference?.status === 'published' ? conference : undefined;
    },
    order,
    orderOnceKnown,
    decidedOrder: async (orderId, placedAt, withinMs) => {
      const decided = running.orders.waitUntil(orderId, ({ state }) => state !== 'pending-reservation', withinMs);
      // Only what was projected before wakes nobody any more; of an order placed just now that is nothing.
      const early = running.orders.position() < placedAt ? undefined : await history.decided(orderId);
      if (early !== undefined) return early;
      const document = await decided;
      if (document !== undefined && isJustReserved(document)) return { order: document, version: document.version };
      return history.decided(orderId);
    },
    orderSeats: async (orderId, withinMs) => {
      const found = await seatsOf(orderId);
      if (found !== undefined) return found;
      const placed = await orderOnceKnown(orderId, withinMs);
      if (placed === undefined || placed === 'behind') return placed;
      if (placed.document.state !== 'confirmed') return 'none';
      return arriving({ runner: running.orderSeats, read: () => seatsOf(orderId) }, orderId, withinMs);
    },
    locateOrder: async ({ slug, email, accessCode }) => {
      const [conference, { items }] = await Promise.all([
        bySlug(slug),
        store.find(orders, { index: 'byLocator', equals: { locator: locator(email, accessCode) }, limit: 10 }),
      ]);
      return items.map(({ document }) => document).find(({ conferenceId }) => conferenceId === conference?.conferenceId);
    },
    processes: async ({ state, ...page }) =>
      documents(await store.find(processes, { index: 'byState', ...(state === undefined ? {} : { equals: { state } }), ...page })),
    waitFor: (model, position, withinMs) => running[model].waitFor(position, withinMs),
  };
};
