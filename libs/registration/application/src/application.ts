import { topics as conferenceTopics } from '@conference/conference-management-contracts';
import type { Instant, Refusal } from '@conference/kernel';
import { streamName, unreachable } from '@conference/kernel';
import { topics as paymentTopics } from '@conference/payments-contracts';
import { EngineUnavailable } from '@conference/ports';
import {
  type Order,
  type OrderCommand,
  type OrderRefusal,
  order,
  type PersonalInfo,
  type RefundCommand,
  refund,
  registration,
  type SeatAssignments,
  type SeatAssignmentsCommand,
  type SeatAssignmentsRefusal,
  type SeatsAvailabilityCommand,
  seatAssignments,
  seatsAvailability,
  seatsAvailabilitySnapshot,
} from '@conference/registration-domain';
import {
  type CommandContext,
  type CommandOutcome,
  type ContextRuntime,
  commandHandler,
  commandPressure,
  contextRuntime,
  type Engines,
  only,
} from '@conference/runtime';
import { orderCodec, ownCodec, refundCodec, registrationCodec, seatAssignmentsCodec, seatsAvailabilityCodec } from './catalog.ts';
import { lastKnown } from './last-known.ts';
import { type OrderDecisions, orderDecisions } from './order-decisions.ts';
import { orderHistory } from './order-history.ts';
import { publications } from './publications.ts';
import { type RegistrationQueries, registrationQueries } from './queries.ts';
import { quotas } from './quota-policy.ts';
import { isRefused, type QuoteRefusal, quote, type Selection } from './quote.ts';
import { type ConferenceDocument, conferenceEventTypes, conferences, conferencesProjection, isHeard } from './read-models/conferences.ts';
import { orderSeatsProjection, seatAssignmentsTypes } from './read-models/order-seats.ts';
import { type Locator, orderEventTypes, ordersProjection } from './read-models/orders.ts';
import { processDecoder, processesProjection } from './read-models/processes.ts';

export interface RegistrationSettings {
  /** From placing to the reservation's end (ORD-2). */
  readonly reservationSeconds: number;
  /** From the reservation's end until the seats are given back; a payment under way may still confirm. */
  readonly graceSeconds: number;
  /** A keyed hash of e-mail and access code. */
  readonly locator: Locator;
  readonly deadlinesEveryMs?: number;
}

export type OrderOutcome = CommandOutcome<Order, OrderRefusal | QuoteRefusal>;
export type SeatsOutcome = CommandOutcome<SeatAssignments, SeatAssignmentsRefusal>;

/** What registration can be asked to do, and what it can be asked. */
export interface RegistrationApplication {
  readonly runtime: ContextRuntime;
  readonly commands: {
    /**
     * For a conference that this process has read before, also while the read models are away: at the prices of then. Throws
     * `EngineUnavailable` for another one meanwhile.
     */
    placeOrder(
      request: {
        readonly orderId: string;
        readonly conferenceId: string;
        readonly items: Selection;
        readonly accessCode: string;
        /** Whether the caller will wait for the decision, so that what leads to it does not step back. */
        readonly isDecisionAwaited?: boolean;
      },
      context: CommandContext,
    ): Promise<OrderOutcome>;
    /** As `placeOrder`. */
    chooseAgain(request: { readonly orderId: string; readonly items: Selection }, context: CommandContext): Promise<OrderOutcome>;
    assignRegistrant(
      request: { readonly orderId: string; readonly registrant: PersonalInfo },
      context: CommandContext,
    ): Promise<OrderOutcome>;
    /** Free of charge. */
    confirmOrder(request: { readonly orderId: string }, context: CommandContext): Promise<OrderOutcome>;
    cancelOrder(request: { readonly orderId: string }, context: CommandContext): Promise<OrderOutcome>;
    /** The seats of an order that has just been confirmed are waited for, up to two seconds; so for `unassignSeat`. */
    assignSeat(
      request: { readonly orderId: string; readonly position: number; readonly attendee: PersonalInfo },
      context: CommandContext,
    ): Promise<SeatsOutcome>;
    unassignSeat(request: { readonly orderId: string; readonly position: number }, context: CommandContext): Promise<SeatsOutcome>;
    /** The order as it was at a version: to answer a repeated command word for word. */
    orderAt(orderId: string, version: number): Promise<Order>;
    /** Asked of its own events, so that an order placed a moment ago is known. */
    isPlaced(orderId: string): Promise<boolean>;
    seatsAt(orderId: string, version: number): Promise<SeatAssignments>;
  };
  readonly queries: RegistrationQueries;
  readonly decisions: OrderDecisions;
}

const seatsWithinMs = 2_000;
/** Of conferences that orders are taken for while the read models are away. */
const knownConferencesMax = 1_000;

const plus = (time: Instant, seconds: number): Instant => new Date(Date.parse(time) + seconds * 1000).toISOString() as Instant;

type Sent = OrderCommand | SeatsAvailabilityCommand | SeatAssignmentsCommand | RefundCommand;

export const registrationApplication = (engines: Engines, settings: RegistrationSettings): RegistrationApplication => {
  const { eventStore, timer, random, readModels, log } = engines;
  const common = { eventStore, timer, retry: { withinMs: 5_000, random }, log };

  const orderHandler = commandHandler({
    ...common,
    decider: order,
    codec: orderCodec,
    streamOf: ({ data }) => streamName('Order', data.orderId),
  });
  const seatsHandler = commandHandler({
    ...common,
    decider: seatsAvailability,
    codec: seatsAvailabilityCodec,
    streamOf: ({ data }) => streamName('SeatsAvailability', data.conferenceId),
    snapshot: { ...seatsAvailabilitySnapshot, every: 1_000 },
    cacheBytes: 256 * 1024 * 1024,
    // Endless, and its rules know a repeat by the request's number and the quota's version.
    remember: 2_000,
  });
  const assignmentsHandler = commandHandler({
    ...common,
    decider: seatAssignments,
    codec: seatAssignmentsCodec,
    streamOf: ({ data }) => streamName('SeatAssignments', data.orderId),
    cacheBytes: 4 * 1024 * 1024,
  });
  const refundHandler = commandHandler({
    ...common,
    decider: refund,
    codec: refundCodec,
    streamOf: ({ data }) => streamName('Refund', data.paymentId),
    cacheBytes: 1024 * 1024,
  });

  /** Exactly one handler a command. */
  const send = (command: Sent, context: CommandContext): Promise<CommandOutcome<unknown, Refusal>> => {
    switch (command.type) {
      case 'RegisterToConference':
      case 'MarkSeatsAsReserved':
      case 'AssignRegistrantDetails':
      case 'ConfirmOrder':
      case 'RejectOrder':
      case 'CancelOrder':
        return orderHandler(command, context);
      case 'SetSeatQuota':
      case 'MakeSeatReservation':
      case 'CommitSeatReservation':
      case 'CancelSeatReservation':
        return seatsHandler(command, context);
      case 'CreateSeatAssignments':
      case 'AssignSeat':
      case 'UnassignSeat':
        return assignmentsHandler(command, context);
      case 'RequestRefund':
        return refundHandler(command, context);
      default:
        return unreachable(command);
    }
  };

  const pressure = commandPressure(timer);
  const builder = contextRuntime({
    context: 'Registration',
    service: 'registration',
    categories: [
      'Order',
      'SeatsAvailability',
      'SeatAssignments',
      'Registration',
      'Refund',
      'RegistrationInboxConference',
      'RegistrationInboxPayment',
    ],
    engines,
    pressure,
    ...(settings.deadlinesEveryMs === undefined ? {} : { deadlinesEveryMs: settings.deadlinesEveryMs }),
  });
  const running = {
    conferences: builder.project(conferencesProjection, only(registrationCodec, ...conferenceEventTypes)),
    orders: builder.project(ordersProjection(settings.locator), only(registrationCodec, ...orderEventTypes)),
    orderSeats: builder.project(orderSeatsProjection, only(registrationCodec, ...seatAssignmentsTypes)),
    processes: builder.project(processesProjection, processDecoder),
  };
  builder.policy(quotas, only(registrationCodec, 'ConferencePublished', 'SeatTypeCreated', 'SeatTypeUpdated'), send);
  builder.process(
    registration,
    only(
      registrationCodec,
      'OrderPlaced',
      'OrderUpdated',
      'OrderConfirmed',
      'OrderExpired',
      'OrderCancelled',
      'SeatsReserved',
      'PaymentCompleted',
    ),
    send,
  );
  builder.publish(publications, ownCodec);
  builder.importFrom([conferenceTopics.conferences.name, paymentTopics.payments.name], registrationCodec);

  const history = orderHistory(eventStore);
  const decisions = orderDecisions({ watch: builder.watch(['Order']), handler: orderHandler, history });
  const catalogue = lastKnown<ConferenceDocument>({
    read: async (conferenceId) => {
      const document = (await readModels.get(conferences, conferenceId))?.document;
      if (document !== undefined) return isHeard(document) ? document : undefined;
      if (await queries.isFilled('conferences')) return undefined;
      throw new EngineUnavailable('the conferences are filled anew');
    },
    timer,
    max: knownConferencesMax,
  });
  const queries: RegistrationQueries = registrationQueries(readModels, running, history, settings.locator, catalogue.saw);

  /**
   * What the catalogue refuses today may have been accepted with this very command: then that is the answer. Who decided on
   * another version of the order is told that first, as by the command handler.
   */
  const refused = async (orderId: string, context: CommandContext, reason: QuoteRefusal): Promise<OrderOutcome> => {
    const known = await orderHandler.recall(streamName('Order', orderId), context);
    if (known !== undefined) return known;
    const current = context.expectedVersion === undefined ? undefined : ((await history.current(orderId))?.version ?? 'no-stream');
    if (current !== undefined && current !== context.expectedVersion) return { status: 'stale', current };
    // A refusal is final; while the catalogue is filled for the first time it may not even have been true.
    return (await queries.isFilled('conferences')) ? { status: 'rejected', reason } : { status: 'busy' };
  };

  /** While nobody can tell what there is to order, who repeats a command that was accepted is still told that. */
  const orRecalled = async (orderId: string, context: CommandContext, order: () => Promise<OrderOutcome>): Promise<OrderOutcome> => {
    try {
      return await order();
    } catch (error) {
      const known = error instanceof EngineUnavailable ? await orderHandler.recall(streamName('Order', orderId), context) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  };

  /** The seats come a moment after the confirmation, by way of the process manager. */
  const onceConfirmed = async (orderId: string, send: () => Promise<SeatsOutcome>): Promise<SeatsOutcome> => {
    const outcome = await send();
    if (outcome.status !== 'rejected' || outcome.reason.code !== 'order-not-confirmed') return outcome;
    const arrived = running.orderSeats.waitUntil(orderId, () => true, seatsWithinMs);
    if ((await history.current(orderId))?.order.state !== 'confirmed') return outcome;
    await arrived;
    return send();
  };

  return {
    runtime: builder.build(),
    queries,
    decisions: { decided: (...asked) => pressure.awaiting(decisions.decided(...asked)) },
    commands: {
      placeOrder: ({ orderId, conferenceId, items, accessCode, isDecisionAwaited }, context) =>
        orRecalled(orderId, context, async () => {
          const quoted = quote(await catalogue.get(conferenceId), items, { forNewOrder: true });
          if (isRefused(quoted)) return refused(orderId, context, quoted.rejected);
          const now = timer.now();
          const reservationExpiresAt = plus(now, settings.reservationSeconds);
          const placement = { accessCode, reservationExpiresAt, releaseAt: plus(reservationExpiresAt, settings.graceSeconds) };
          const data = { orderId, conferenceId, ...quoted, now, placement };
          const placed = (): Promise<OrderOutcome> => orderHandler({ type: 'RegisterToConference', data }, context);
          return isDecisionAwaited === true ? placed() : pressure.during(placed);
        }),
      chooseAgain: ({ orderId, items }, context) =>
        orRecalled(orderId, context, async () => {
          const placed = await history.placed(orderId);
          if (placed === undefined) return { status: 'rejected', reason: { code: 'order-not-found' } };
          const { conferenceId } = placed;
          const quoted = quote(await catalogue.get(conferenceId), items, { forNewOrder: false });
          if (isRefused(quoted)) return refused(orderId, context, quoted.rejected);
          return orderHandler({ type: 'RegisterToConference', data: { orderId, conferenceId, ...quoted, now: timer.now() } }, context);
        }),
      assignRegistrant: ({ orderId, registrant }, context) =>
        orderHandler({ type: 'AssignRegistrantDetails', data: { orderId, registrant, now: timer.now() } }, context),
      confirmOrder: ({ orderId }, context) => orderHandler({ type: 'ConfirmOrder', data: { orderId, now: timer.now() } }, context),
      cancelOrder: ({ orderId }, context) => orderHandler({ type: 'CancelOrder', data: { orderId, now: timer.now() } }, context),
      assignSeat: (request, context) =>
        onceConfirmed(request.orderId, () => assignmentsHandler({ type: 'AssignSeat', data: request }, context)),
      unassignSeat: (request, context) =>
        onceConfirmed(request.orderId, () => assignmentsHandler({ type: 'UnassignSeat', data: request }, context)),
      orderAt: (orderId, version) => orderHandler.stateAt(streamName('Order', orderId), version),
      isPlaced: async (orderId) => (await history.placed(orderId)) !== undefined,
      seatsAt: (orderId, version) => assignmentsHandler.stateAt(streamName('SeatAssignments', orderId), version),
    },
  };
};
