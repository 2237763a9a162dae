import type { Instant } from '@conference/kernel';
import {
  atQuery,
  auth,
  awaitConsistency,
  type HttpServer,
  historyPage,
  historyView,
  notFound,
  pageQuery,
  readModelBehind,
  withVersion,
} from '@conference/platform';
import type { RegistrationApplication } from '@conference/registration-application';
import { type OrderView, orderParams, orderView } from '../schemas.ts';
import { viewOf, viewOfDocument } from '../views.ts';

/** An order now, as it was, and how it came so; for its registrant alone. */
export const orderQueryRoutes = (http: HttpServer, { queries }: RegistrationApplication): void => {
  const config = { auth: auth.registrant('id') };

  const current = async (orderId: string, waitMs: number): Promise<OrderView> => {
    const found = await queries.orderOnceKnown(orderId, waitMs);
    if (found === 'behind') throw readModelBehind();
    if (found?.version === undefined) throw notFound();
    return viewOfDocument(found.document, found.version);
  };
  const asOf = async (orderId: string, at: Instant, waitMs: number): Promise<OrderView> => {
    const found = await queries.orderAsOf(orderId, at, waitMs);
    if (found === 'behind') throw readModelBehind();
    if (found === undefined) throw notFound();
    return viewOf(found.order, found.version, found.paymentState);
  };

  http.get(
    '/v1/orders/:id',
    {
      schema: {
        tags: ['orders'],
        summary: 'An order, now or at a time',
        params: orderParams,
        querystring: atQuery,
        response: { 200: orderView },
      },
      config,
    },
    async (request, reply) => {
      const { id } = request.params;
      const { at } = request.query;
      const { waitMs } = request.consistency;
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('orders', position, withinMs));
      const order = at === undefined ? await current(id, waitMs) : await asOf(id, at, waitMs);
      withVersion(reply, order.version);
      return order;
    },
  );

  http.get(
    '/v1/orders/:id/history',
    {
      schema: {
        tags: ['orders'],
        summary: 'What happened to an order, oldest first',
        params: orderParams,
        querystring: pageQuery,
        response: { 200: historyView },
      },
      config,
    },
    // Read from the order's own events, which no write can be ahead of: there is nothing to wait for.
    async (request) => {
      const { id } = request.params;
      const page = await historyPage(`history/${id}`, request.query, (range) => queries.orderEvents(id, range));
      if (page.items.length === 0 && request.query.after === undefined) throw notFound();
      return page;
    },
  );
};
