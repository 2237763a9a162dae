import type { JsonObject, Position } from '@conference/kernel';
import type { Found, ReadModelStore } from '@conference/ports';
import type { ProjectionRunner } from '@conference/runtime';
import { type ConferenceDocument, conferences } from './read-models/conferences.ts';
import { type OrderSeatsDocument, orderSeats } from './read-models/order-seats.ts';
import { type Locator, type OrderDocument, orders } from './read-models/orders.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

/** Each is one read of one document, or of one index. Where a client may wait for its own write, the position comes along. */
export interface RegistrationQueries {
  publishedConferences(page: PageRequest): Promise<Page<ConferenceDocument>>;
  /** Undefined also for one that is not published. */
  publishedConference(slug: string): Promise<ConferenceDocument | undefined>;
  order(orderId: string): Promise<Found<OrderDocument> | undefined>;
  /** As soon as its reservation is decided; undefined when that takes longer. */
  decidedOrder(orderId: string, withinMs: number): Promise<OrderDocument | undefined>;
  orderSeats(orderId: string): Promise<Found<OrderSeatsDocument> | undefined>;
  /** By what the registrant knows; scoped to the conference (W-17). */
  locateOrder(request: { readonly slug: string; readonly email: string; readonly accessCode: string }): Promise<OrderDocument | undefined>;
  /** Until the read model has seen a position; false when that takes longer. */
  waitFor(model: 'conferences' | 'orders' | 'orderSeats', position: Position, withinMs: number): Promise<boolean>;
}

type Runners = {
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

export const registrationQueries = (store: ReadModelStore, running: Runners, locator: Locator): RegistrationQueries => {
  const bySlug = async (slug: string): Promise<ConferenceDocument | undefined> => {
    const { items } = await store.find(conferences, { index: 'bySlug', equals: { slug }, limit: 1 });
    return items[0]?.document;
  };
  return {
    publishedConferences: async (page) =>
      documents(await store.find(conferences, { index: 'byStatus', equals: { status: 'published' }, ...page })),
    publishedConference: async (slug) => {
      const conference = await bySlug(slug);
      return conference?.status === 'published' ? conference : undefined;
    },
    order: (orderId) => store.get(orders, orderId),
    decidedOrder: async (orderId, withinMs) => {
      const isDecided = ({ state }: OrderDocument): boolean => state !== 'pending-reservation';
      const waiting = running.orders.waitUntil(orderId, isDecided, withinMs);
      const found = await store.get(orders, orderId);
      return found !== undefined && isDecided(found.document) ? found.document : waiting;
    },
    orderSeats: (orderId) => store.get(orderSeats, orderId),
    locateOrder: async ({ slug, email, accessCode }) => {
      const [conference, { items }] = await Promise.all([
        bySlug(slug),
        store.find(orders, { index: 'byLocator', equals: { locator: locator(email, accessCode) }, limit: 10 }),
      ]);
      return items.map(({ document }) => document).find(({ conferenceId }) => conferenceId === conference?.conferenceId);
    },
    waitFor: (model, position, withinMs) => running[model].waitFor(position, withinMs),
  };
};
