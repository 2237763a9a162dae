import type { DomainEvent, Instant, Money } from '@conference/kernel';
import type { ConfirmedSeats, OrderEvent, SeatQuantity } from '../order/order.events.ts';
import type { OrderCommand } from '../order/order.ts';
import type { RefundCommand } from '../refund/refund.ts';
import type { SeatAssignmentsCommand } from '../seat-assignments/seat-assignments.ts';
import type { SeatsAvailabilityEvent } from '../seats-availability/seats-availability.events.ts';
import type { SeatsAvailabilityCommand } from '../seats-availability/seats-availability.ts';

/** From payments, through the inbox: money has moved. */
export type PaymentCompleted = DomainEvent<
  'PaymentCompleted',
  { readonly paymentId: string; readonly orderId: string; readonly amount: Money }
>;
export type RegistrationEvent = OrderEvent | SeatsAvailabilityEvent | PaymentCompleted;

/** What the process keeps of them: ids, quantities, amounts and times; no code and no person. */
export type RegistrationFacts =
  | DomainEvent<
      'OrderPlaced',
      {
        readonly orderId: string;
        readonly conferenceId: string;
        readonly request: number;
        readonly items: readonly SeatQuantity[];
        readonly reservationExpiresAt: Instant;
        readonly releaseAt: Instant;
      }
    >
  | DomainEvent<'OrderUpdated', { readonly orderId: string; readonly request: number; readonly items: readonly SeatQuantity[] }>
  | DomainEvent<
      'OrderConfirmed',
      {
        readonly orderId: string;
        readonly conferenceId: string;
        readonly seats: readonly ConfirmedSeats[];
        readonly paymentId: string | null;
      }
    >
  | DomainEvent<'OrderExpired', { readonly orderId: string }>
  | DomainEvent<'OrderCancelled', { readonly orderId: string }>
  | DomainEvent<
      'SeatsReserved',
      {
        readonly conferenceId: string;
        readonly reservationId: string;
        readonly request: number;
        readonly wanted: readonly SeatQuantity[];
        readonly seats: readonly SeatQuantity[];
      }
    >
  | PaymentCompleted;

type Sent<C, T extends string> = Extract<C, { readonly type: T }>;
export type RegistrationCommand =
  | Sent<SeatsAvailabilityCommand, 'MakeSeatReservation' | 'CommitSeatReservation' | 'CancelSeatReservation'>
  | Sent<OrderCommand, 'MarkSeatsAsReserved' | 'ConfirmOrder' | 'RejectOrder'>
  | Sent<SeatAssignmentsCommand, 'CreateSeatAssignments'>
  | RefundCommand;

const quantitiesOf = (items: readonly SeatQuantity[]): readonly SeatQuantity[] =>
  items.map(({ seatTypeId, quantity }) => ({ seatTypeId, quantity }));

/** One instance an order; `undefined` for what the process does not care about. */
export const correlate = (event: RegistrationEvent): { readonly instance: string; readonly facts: RegistrationFacts } | undefined => {
  switch (event.type) {
    case 'OrderPlaced': {
      const { orderId, conferenceId, request, items, reservationExpiresAt, releaseAt } = event.data;
      return {
        instance: orderId,
        facts: { type: event.type, data: { orderId, conferenceId, request, items: quantitiesOf(items), reservationExpiresAt, releaseAt } },
      };
    }
    case 'OrderUpdated': {
      const { orderId, request, items } = event.data;
      return { instance: orderId, facts: { type: event.type, data: { orderId, request, items: quantitiesOf(items) } } };
    }
    case 'OrderConfirmed': {
      const { orderId, conferenceId, seats, paymentId } = event.data;
      return { instance: orderId, facts: { type: event.type, data: { orderId, conferenceId, seats, paymentId } } };
    }
    case 'OrderExpired':
    case 'OrderCancelled':
      return { instance: event.data.orderId, facts: { type: event.type, data: { orderId: event.data.orderId } } };
    case 'SeatsReserved': {
      const { conferenceId, reservationId, request, wanted, seats } = event.data;
      return { instance: reservationId, facts: { type: event.type, data: { conferenceId, reservationId, request, wanted, seats } } };
    }
    case 'PaymentCompleted': {
      const { paymentId, orderId, amount } = event.data;
      return { instance: orderId, facts: { type: event.type, data: { paymentId, orderId, amount } } };
    }
    default:
      return undefined;
  }
};
