import type { Position } from '@conference/kernel';
import {
  auth,
  type HttpServer,
  newAccessCode,
  notFound,
  outcomeProblem,
  type Problem,
  type RequestedCommand,
  waitAskedMs,
  withConsistencyToken,
  withVersion,
} from '@conference/platform';
import { EngineUnavailable } from '@conference/ports';
import {
  type OrderAt,
  type OrderOutcome,
  type PaymentState,
  paymentStateOf,
  type RegistrationApplication,
} from '@conference/registration-application';
import type { Order, PlacedOrder } from '@conference/registration-domain';
import { uuidv5 } from '@conference/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenOrders } from '../open-orders.ts';
import { problems } from '../problems.ts';
import type { RegistrantTokens } from '../registrant-token.ts';
import { type ChangedOrderView, changedOrderView, chooseAgainBody, orderParams, person, placedView, placeOrderBody } from '../schemas.ts';
import { viewOf, viewOfChange } from '../views.ts';

export interface OrderRoutesOptions {
  readonly service: string;
  readonly application: RegistrationApplication;
  readonly tokenFor: RegistrantTokens;
  readonly openOrders: OpenOrders;
}

type Done = Extract<OrderOutcome, { readonly state: Order }>;
const isDone = (outcome: OrderOutcome): outcome is Done => 'state' in outcome;
const isPlaced = (order: Order): order is PlacedOrder => order.state !== 'not-placed';

/** An order that there is not is answered like one of somebody else. */
const refused = (outcome: Exclude<OrderOutcome, Done>): Problem =>
  outcome.status === 'rejected' && outcome.reason.code === 'order-not-found' ? notFound() : outcomeProblem(problems, outcome);

/** An order after a command, and where that stands in the store. */
type Result = {
  readonly order: PlacedOrder;
  readonly version: number;
  readonly position: Position;
  readonly status: Done['status'];
};

const whileAway = (error: unknown): 'away' => {
  if (error instanceof EngineUnavailable) return 'away';
  throw error;
};

const tagged = { tags: ['orders'] };

export const orderRoutes = (http: HttpServer, options: OrderRoutesOptions): void => {
  const { service, application, tokenFor, openOrders } = options;
  const { commands, queries, decisions } = application;

  /** The state that the command led to: for a repeated one that of then, so that the answer is the same. */
  const resultOf = async (orderId: string, outcome: OrderOutcome): Promise<Result> => {
    if (!isDone(outcome)) throw refused(outcome);
    const { status, streamVersion: version, position } = outcome;
    if (version === 'no-stream') throw notFound();
    const order = status === 'repeated' ? await commands.orderAt(orderId, version) : outcome.state;
    if (!isPlaced(order)) throw notFound();
    return { order, version, position, status };
  };

  const withHeaders = (reply: FastifyReply, { version, position, status }: Omit<Result, 'order'>): void => {
    withVersion(reply, version);
    withConsistencyToken(reply, service, position);
    if (status === 'repeated') reply.header('idempotency-replayed', 'true');
  };

  /**
   * What payments said before the command, so that a repeat is told the same; it was not told a fact that the read model had
   * not yet seen at the time. Undefined while the read model is away: the command was accepted all the same.
   */
  const paymentState = async (orderId: string, { order, position, status }: Result): Promise<PaymentState | undefined> => {
    const found = await queries.order(orderId).catch(whileAway);
    if (found === 'away') return undefined;
    const facts = { payments: found?.document.payments ?? [], confirmedBy: order.paymentId };
    return status === 'unchanged' ? paymentStateOf(facts) : paymentStateOf(facts, position);
  };

  const answer = async (reply: FastifyReply, orderId: string, outcome: OrderOutcome): Promise<ChangedOrderView> => {
    const result = await resultOf(orderId, outcome);
    withHeaders(reply, result);
    const state = await paymentState(orderId, result);
    return state === undefined ? viewOfChange(result.order, result.version) : viewOf(result.order, result.version, state);
  };

  /**
   * With `Prefer: wait` the order as the answer to its first reservation left it, else as it was placed: a repeat is told the
   * same, however far the order has moved on. Only who was answered undecided, because the time was up, is told the decision
   * on the second asking.
   */
  const decidedIfAsked = async (request: FastifyRequest, orderId: string, placed: Result): Promise<OrderAt> => {
    const waitMs = waitAskedMs(request) ?? 0;
    if (waitMs === 0) return placed;
    return (await decisions.decided(orderId, placed.status === 'accepted' ? 'now' : 'earlier', waitMs)) ?? placed;
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
      const { command } = request;
      // With an id of the client the command is that order's, so that one key for two orders is two commands.
      const commandId = id === undefined ? command.commandId : uuidv5(command.commandId, id);
      const orderId = id ?? uuidv5(commandId, 'order');
      const admission = await openOrders.admit(request.ip, orderId);
      if (admission.status === 'limited')
        throw problems.problem('too-many-open-orders', undefined, { retryAfterSeconds: admission.retryAfterSeconds });
      const isDecisionAwaited = (waitAskedMs(request) ?? 0) > 0;
      const place = { orderId, conferenceId, items, accessCode: newAccessCode(), isDecisionAwaited };
      const placed = await commands
        .placeOrder(place, { ...command, commandId })
        .then((outcome) => resultOf(orderId, outcome))
        .catch((error: unknown) => {
          admission.refused();
          throw error;
        });
      admission.opened(placed.order.reservationExpiresAt);
      const shown = await decidedIfAsked(request, orderId, placed);
      withHeaders(reply, { ...placed, version: shown.version, position: shown.position });
      reply.code(201).header('location', `/v1/orders/${orderId}`);
      const { accessCode, placedAt } = placed.order;
      return { id: orderId, accessCode, token: tokenFor(orderId, placedAt), order: viewOf(shown.order, shown.version, 'none') };
    },
  );

  http.put(
    '/v1/orders/:id/items',
    {
      schema: {
        ...tagged,
        summary: 'Choose again, at the prices of today',
        params: orderParams,
        body: chooseAgainBody,
        response: { 200: changedOrderView },
      },
      config: {
        auth: auth.registrant('id'),
        idempotency: 'required',
        problems: [
          problems.kinds['order-confirmed'],
          problems.kinds['order-expired'],
          problems.kinds['order-cancelled'],
          problems.kinds['unknown-seat-type'],
          problems.kinds['currency-mismatch'],
        ],
      },
    },
    async (request, reply) => {
      const { id: orderId } = request.params;
      const { items } = request.body;
      return answer(reply, orderId, await commands.chooseAgain({ orderId, items }, request.command));
    },
  );

  http.put(
    '/v1/orders/:id/registrant',
    {
      schema: {
        ...tagged,
        summary: 'Give the registrant’s details',
        params: orderParams,
        body: person,
        response: { 200: changedOrderView },
      },
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
        schema: { ...tagged, summary, params: orderParams, response: { 200: changedOrderView } },
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
};
