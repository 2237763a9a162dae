// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent, Instant, Money } from '@conference/kernel';

/** A line as the registrant chose it, with the name and price quoted from the catalogue at that moment: the quote binds (W-47). */
export type QuotedLine = {
  readonly seatTypeId: string;
  readonly name: string;
  /** Minor units of the order's currency. */
  readonly unitPrice: number;
  readonly quantity: number;
};
export type SeatQuantity = { readonly seatTypeId: string; readonly quantity: number };
export type OrderLine = {
  readonly seatTypeId: string;
  readonly unitPrice: number;
  readonly quantity: number;
  readonly lineTotal: number;
};
export type PersonalInfo = { readonly firstName: string; readonly lastName: string; readonly email: string };
export type ConfirmedSeats = { readonly seatTypeId: string; readonly name: string; readonly quantity: number };

export type OrderEvent =
  | DomainEvent<
      'OrderPlaced',
      {
        readonly orderId: string;
        readonly conferenceId: string;
        /** The number of the selection: 1 here, one more with each `OrderUpdated`. */
        readonly request: number;
        readonly items: readonly QuotedLine[];
        readonly currency: string;
        readonly placedAt: Instant;
        /** From here on the registrant can neither choose nor pay nor cancel. Never moved. */
        readonly reservationExpiresAt: Instant;
        /** The reservation's end and the grace: the seats are given back. */
        readonly releaseAt: Instant;
        readonly accessCode: string;
      }
    >
  | DomainEvent<
      'OrderUpdated',
      { readonly orderId: string; readonly request: number; readonly items: readonly QuotedLine[]; readonly currency: string }
    >
  | DomainEvent<
      'OrderTotalsCalculated',
      { readonly orderId: string; readonly lines: readonly OrderLine[]; readonly total: Money; readonly isFreeOfCharge: boolean }
    >
  /** Some line was not reserved as requested; `seats` is what is held, possibly nothing. */
  | DomainEvent<'OrderPartiallyReserved', { readonly orderId: string; readonly request: number; readonly seats: readonly SeatQuantity[] }>
  | DomainEvent<
      'OrderReservationCompleted',
      { readonly orderId: string; readonly request: number; readonly seats: readonly SeatQuantity[] }
    >
  | DomainEvent<'OrderRegistrantAssigned', { readonly orderId: string; readonly registrant: PersonalInfo }>
  | DomainEvent<
      'OrderConfirmed',
      {
        readonly orderId: string;
        readonly conferenceId: string;
        readonly seats: readonly ConfirmedSeats[];
        readonly total: Money;
        /** null: free of charge. */
        readonly paymentId: string | null;
        /** The order had expired, and its seats were taken once more for a late payment. */
        readonly late: boolean;
      }
    >
  | DomainEvent<'OrderExpired', { readonly orderId: string }>
  | DomainEvent<'OrderCancelled', { readonly orderId: string }>;
