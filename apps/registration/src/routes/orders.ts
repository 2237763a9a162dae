import type { Instant } from '@conference/kernel';
import {
  auth,
  awaitConsistency,
  type HttpServer,
  notFound,
  outcomeProblem,
  type RequestedCommand,
  type sessionAttempts,
  type Tokens,
  tooManyRequests,
  unauthenticated,
  waitAskedMs,
  withConsistencyToken,
  withVersion,
} from '@conference/platform';
import { type OrderOutcome, type PaymentState, paymentStateOf, type RegistrationApplication } from '@conference/registration-application';
import type { Order, PlacedOrder } from '@conference/registration-domain';
import { uuidv5 } from '@conference/runtime';
import type { FastifyReply } from 'fastify';
import { newAccessCode, normalizedAccessCode } from '../access-code.ts';
import type { OpenOrders } from '../open-orders.ts';
import { problems } from '../problems.ts';
import {
  chooseAgainBody,
  type OrderView,
  orderParams,
  orderView,
  person,
  placedView,
  placeOrderBody,
  sessionBody,
  sessionView,
} from '../schemas.ts';
import { viewOf, viewOfDocument } from '../views.ts';

export interface OrderRoutesOptions {
  readonly service: string;
  readonly application: RegistrationApplication;
  readonly tokens: Tokens;
  readonly attempts: ReturnType<typeof sessionAttempts>;
  readonly openOrders: OpenOrders;
  readonly now: () => Instant;
}

const registrantTokenDays = 30;
const daysAfter = (time: Instant, days: number): Instant => new Date(Date.parse(time) + days * 86_400_000).toISOString() as Instant;

type Done = Extract<OrderOutcome, { readonly state: Order }>;
const isDone = (outcome: OrderOutcome): outcome is Done => 'state' in outcome;
const isPlaced = (order: Order): order is PlacedOrder => order.state !== 'not-placed';

const tagged = { tags: ['orders'] };

export const orderRoutes = (http: HttpServer, options: OrderRoutesOptions): void => {
  const { service, application, tokens, attempts, openOrders } = options;
  const { commands, queries } = application;

  const tokenFor = (orderId: string, from: Instant): string =>
    tokens.sign({ kind: 'registrant', sub: orderId, expiresAt: daysAfter(from, registrantTokenDays) });

  /** The state that the command led to: for a repeated one that of then, so that the answer is the same. */
  const resultOf = async (
    orderId: string,
    outcome: OrderOutcome,
  ): Promise<{ readonly order: PlacedOrder; readonly version: number; readonly done: Done }> => {
    if (!isDone(outcome)) throw outcomeProblem(problems, outcome);
    const { streamVersion: version } = outcome;
    if (version === 'no-stream') throw notFound();
    const order = outcome.status === 'repeated' ? await commands.orderAt(orderId, version) : outcome.state;
    if (!isPlaced(order)) throw notFound();
    return { order, version, done: outcome };
  };

  const paymentState = async (orderId: string): Promise<PaymentState> => {
    const found = await queries.order(orderId);
    return found === undefined ? 'none' : paymentStateOf(found.document);
  };

  const headers = (reply: FastifyReply, version: number, done: Done): void => {
    withVersion(reply, version);
    withConsistencyToken(reply, service, done.position);
    if (done.status === 'repeated') reply.header('idempotency-replayed', 'true');
  };

  const answer = async (reply: FastifyReply, orderId: string, outcome: OrderOutcome): Promise<OrderView> => {
    const { order, version, done } = await resultOf(orderId, outcome);
    headers(reply, version, done);
    return viewOf(order, version, await paymentState(orderId));
  };

  http.post(
    '/v1/orders',
    {
      schema: {
        ...tagged,
        summary: 'Place an order',
        description:
          'Seats are reserved right after; `Prefer: wait=5` answers once that is decided. Sold out is no error: the order is then partially reserved.',
        body: placeOrderBody,
        response: { 201: placedView },
      },
      config: {
        auth: auth.public,
        idempotency: 'required',
        problems: [
          problems.kinds['conference-not-open'],
          problems.kinds['unknown-seat-type'],
          problems.kinds['order-id-taken'],
          problems.kinds['too-many-open-orders'],
        ],
      },
    },
    async (request, reply) => {
      const { id, conferenceId, items } = request.body;
      const command = request.command;
      // With an id of the client the command is that order's, so that one key for two orders is two commands.
      const commandId = id === undefined ? command.commandId : uuidv5(command.commandId, id);
      const orderId = id?.toLowerCase() ?? uuidv5(commandId, 'order');
      const admission = await openOrders.admit(request.ip);
      if (admission !== 'admitted')
        throw problems.problem('too-many-open-orders', undefined, { retryAfterSeconds: admission.retryAfterSeconds });
      const outcome = await commands.placeOrder({ orderId, conferenceId, items, accessCode: newAccessCode() }, { ...command, commandId });
      const { order, version, done } = await resultOf(orderId, outcome);
      openOrders.opened(request.ip, orderId);
      const waitMs = waitAskedMs(request);
      const decided = waitMs === undefined ? undefined : await queries.decidedOrder(orderId, waitMs);
      headers(reply, version, done);
      // While it waits the order moves on; what is answered then is the read model's, with its version.
      const found = decided === undefined ? undefined : await queries.order(orderId);
      const shown = found?.version === undefined ? viewOf(order, version, 'none') : viewOfDocument(found.document, found.version);
      withVersion(reply, shown.version);
      reply.code(201);
      return { id: orderId, accessCode: order.accessCode, token: tokenFor(orderId, order.placedAt), order: shown };
    },
  );

  http.get(
    '/v1/orders/:id',
    {
      schema: { ...tagged, summary: 'An order', params: orderParams, response: { 200: orderView } },
      config: { auth: auth.registrant('id') },
    },
    async (request, reply) => {
      await awaitConsistency(request, (position, withinMs) => queries.waitFor('orders', position, withinMs));
      const found = await queries.order(request.params.id);
      if (found?.version === undefined) throw notFound();
      withVersion(reply, found.version);
      return viewOfDocument(found.document, found.version);
    },
  );

  const conferenceOf = async (orderId: string): Promise<string> => {
    const found = await queries.order(orderId);
    if (found === undefined) throw notFound();
    return found.document.conferenceId;
  };

  http.put(
    '/v1/orders/:id/items',
    {
      schema: {
        ...tagged,
        summary: 'Choose again, at the prices of today',
        params: orderParams,
        body: chooseAgainBody,
        response: { 200: orderView },
      },
      config: {
        auth: auth.registrant('id'),
        idempotency: 'required',
        problems: [
          problems.kinds['order-confirmed'],
          problems.kinds['order-expired'],
          problems.kinds['order-cancelled'],
          problems.kinds['unknown-seat-type'],
        ],
      },
    },
    async (request, reply) => {
      const { id: orderId } = request.params;
      const { items } = request.body;
      return answer(
        reply,
        orderId,
        await commands.chooseAgain({ orderId, conferenceId: await conferenceOf(orderId), items }, request.command),
      );
    },
  );

  http.put(
    '/v1/orders/:id/registrant',
    {
      schema: { ...tagged, summary: 'Give the registrant’s details', params: orderParams, body: person, response: { 200: orderView } },
      config: {
        auth: auth.registrant('id'),
        problems: [problems.kinds['order-confirmed'], problems.kinds['order-expired'], problems.kinds['order-cancelled']],
      },
    },
    async (request, reply) => {
      const { id: orderId } = request.params;
      return answer(reply, orderId, await commands.assignRegistrant({ orderId, registrant: request.body }, request.command));
    },
  );

  const withoutBody = (
    path: string,
    summary: string,
    codes: readonly (keyof typeof problems.kinds)[],
    send: (orderId: string, command: RequestedCommand) => Promise<OrderOutcome>,
  ): void => {
    http.post(
      path,
      {
        schema: { ...tagged, summary, params: orderParams, response: { 200: orderView } },
        config: { auth: auth.registrant('id'), idempotency: 'required', problems: codes.map((code) => problems.kinds[code]) },
      },
      async (request, reply) => answer(reply, request.params.id, await send(request.params.id, request.command)),
    );
  };
  withoutBody(
    '/v1/orders/:id/confirmation',
    'Confirm an order that is free of charge',
    ['payment-required', 'not-fully-reserved', 'registrant-required', 'order-expired', 'order-cancelled', 'order-confirmed'],
    (orderId, command) => commands.confirmOrder({ orderId }, command),
  );
  withoutBody(
    '/v1/orders/:id/cancellation',
    'Give the seats back before paying',
    ['order-confirmed', 'order-expired'],
    (orderId, command) => commands.cancelOrder({ orderId }, command),
  );

  http.post(
    '/v1/order-sessions',
    {
      schema: { ...tagged, summary: 'A token for an order, by e-mail and access code', body: sessionBody, response: { 200: sessionView } },
      config: { auth: auth.public, idempotency: 'none', ifMatch: 'none' },
    },
    async (request) => {
      const { slug, email, accessCode } = request.body;
      const attempt = attempts.begin(email);
      if (attempt.status === 'limited') throw tooManyRequests(attempt.retryAfterSeconds);
      const order = await queries.locateOrder({ slug, email, accessCode: normalizedAccessCode(accessCode) });
      if (order === undefined) throw unauthenticated('No order was found with this e-mail address and access code.');
      attempt.succeeded();
      return { token: tokenFor(order.orderId, options.now()), orderId: order.orderId };
    },
  );
};
