import type { Instant, JsonObject, Position, Recorded, StreamVersion } from '@conference/kernel';
import type { Found, ReadModelStore } from '@conference/ports';
import type { OrderEvent, PlacedOrder } from '@conference/registration-domain';
import type { ProjectionRunner } from '@conference/runtime';
import type { OrderHistory } from './order-history.ts';
import { type ConferenceDocument, conferences, isHeard, type StoredConference } from './read-models/conferences.ts';
import { type OrderSeatsDocument, orderSeats } from './read-models/order-seats.ts';
import {
  isPlaced,
  type Locator,
  type OrderDocument,
  orders,
  type PaymentState,
  paymentStateOf,
  type StoredOrder,
} from './read-models/orders.ts';
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

/** An order of the past, as its reader saw it then. */
export type OrderAsOf = { readonly order: PlacedOrder; readonly version: StreamVersion; readonly paymentState: PaymentState };

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
   * As it was at a time, to whoever asked then: its own events up to then, and what we had heard of its payments. Undefined
   * before it was placed.
   */
  orderAsOf(orderId: string, at: Instant, withinMs: number): Promise<OrderAsOf | 'behind' | undefined>;
  /** What happened to an order, from a version on, oldest first; of its own events, so nothing is missing yet. */
  orderEvents(
    orderId: string,
    range: { readonly from: StreamVersion; readonly maxCount: number },
  ): Promise<readonly Recorded<OrderEvent>[]>;
  /** Waits for the seats of an order that has just been confirmed; `none` before that. Undefined: there is no such order. */
  orderSeats(orderId: string, withinMs: number): Promise<Arriving<OrderSeatsDocument> | 'none'>;
  /** By what the registrant knows; scoped to the conference (W-17). */
  locateOrder(request: { readonly slug: string; readonly email: string; readonly accessCode: string }): Promise<OrderDocument | undefined>;
  /** For the operator; of all states without one. */
  processes(page: PageRequest & { readonly state?: ProcessState }): Promise<Page<ProcessDocument>>;
  /**
   * False while a read model is filled for the first time, as after an upgrade or when its file was deleted: what is not found
   * may yet be there.
   */
  isFilled(model: 'conferences' | 'orders'): Promise<boolean>;
  /** Until the read model has seen a position; false when that takes longer. */
  waitFor(model: keyof Runners, position: Position, withinMs: number): Promise<boolean>;
}

export type Runners = {
  readonly conferences: ProjectionRunner<StoredConference>;
  readonly orders: ProjectionRunner<StoredOrder>;
  readonly orderSeats: ProjectionRunner<OrderSeatsDocument>;
  readonly processes: ProjectionRunner<ProcessDocument>;
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

type Arrivals<Stored extends JsonObject, Doc extends JsonObject> = {
  readonly runner: ProjectionRunner<Stored>;
  readonly isThere: (stored: Stored) => boolean;
  readonly read: () => Promise<Found<Doc> | undefined>;
};

/** A document that must come: the wait begins before the look, so that it cannot come between the two. */
const arriving = async <Stored extends JsonObject, Doc extends JsonObject>(
  { runner, isThere, read }: Arrivals<Stored, Doc>,
  id: string,
  withinMs: number,
): Promise<Found<Doc> | 'behind'> => {
  const arrived = runner.waitUntil(id, isThere, withinMs);
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
  /** Told of each conference that is read. */
  saw: (conferenceId: string, conference: ConferenceDocument) => void,
): RegistrationQueries => {
  const seen = (conference: ConferenceDocument): ConferenceDocument => {
    saw(conference.conferenceId, conference);
    return conference;
  };
  const bySlug = async (slug: string): Promise<ConferenceDocument | undefined> => {
    const { items } = await store.find(conferences, { index: 'bySlug', equals: { slug }, limit: 1 });
    const [found] = items;
    return found !== undefined && isHeard(found.document) ? seen(found.document) : undefined;
  };
  const order = async (orderId: string): Promise<Found<OrderDocument> | undefined> => {
    const found = await store.get(orders, orderId);
    return found !== undefined && isPlaced(found.document) ? { ...found, document: found.document } : undefined;
  };
  const orderOnceKnown = async (orderId: string, withinMs: number): Promise<Arriving<OrderDocument>> => {
    const found = await order(orderId);
    if (found !== undefined) return found;
    if ((await history.placed(orderId)) === undefined) return undefined;
    return arriving({ runner: running.orders, isThere: isPlaced, read: () => order(orderId) }, orderId, withinMs);
  };
  const seatsOf = (orderId: string) => store.get(orderSeats, orderId);

  return {
    publishedConferences: async (page) => {
      const { items, next } = documents(await store.find(conferences, { index: 'byStatus', equals: { status: 'published' }, ...page }));
      return { items: items.filter(isHeard).map(seen), next };
    },
    publishedConference: async (slug) => {
      const conference = await bySlug(slug);
      return conference?.status === 'published' ? conference : undefined;
    },
    order,
    orderOnceKnown,
    orderAsOf: async (orderId, at, withinMs) => {
      const then = await history.asOf(orderId, at);
      if (then === undefined) return undefined;
      const known = await orderOnceKnown(orderId, withinMs);
      if (known === undefined || known === 'behind') return known;
      const payments = known.document.payments.filter(({ heardAt }) => heardAt <= at);
      const { order: placed, version } = then;
      return { order: placed, version, paymentState: paymentStateOf({ payments, confirmedBy: placed.paymentId }) };
    },
    orderEvents: (orderId, range) => history.events(orderId, range),
    orderSeats: async (orderId, withinMs) => {
      const found = await seatsOf(orderId);
      if (found !== undefined) return found;
      const placed = await orderOnceKnown(orderId, withinMs);
      if (placed === undefined || placed === 'behind') return placed;
      if (placed.document.state !== 'confirmed') return 'none';
      return arriving({ runner: running.orderSeats, isThere: () => true, read: () => seatsOf(orderId) }, orderId, withinMs);
    },
    locateOrder: async ({ slug, email, accessCode }) => {
      const [conference, { items }] = await Promise.all([
        bySlug(slug),
        store.find(orders, { index: 'byLocator', equals: { locator: locator(email, accessCode) }, limit: 10 }),
      ]);
      return items
        .map(({ document }) => document)
        .filter(isPlaced)
        .find(({ conferenceId }) => conferenceId === conference?.conferenceId);
    },
    processes: async ({ state, ...page }) =>
      documents(
        await store.find(processes, {
          ...(state === undefined ? { index: 'byOrder' } : { index: 'byState', equals: { state } }),
          ...page,
        }),
      ),
    isFilled: async (model) => (await store.active<JsonObject>(model === 'orders' ? orders : conferences)) !== undefined,
    waitFor: (model, position, withinMs) => running[model].waitFor(position, withinMs),
  };
};
