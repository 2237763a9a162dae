/** What is known about the system, as plain data: folded from the events, and as the services answer. */
import type { Instant } from '@conference/kernel';
import type { ServiceName } from '@conference/platform';
import type { StoredEvent } from '@conference/ports';
import type { Journal, Money, OrderState, PaymentState } from '../journey/index.ts';

export type Quantity = { readonly seatTypeId: string; readonly quantity: number };

export type OrderFact = {
  readonly id: string;
  readonly conferenceId: string;
  readonly state: OrderState;
  readonly total: Money;
  readonly isFreeOfCharge: boolean;
  readonly requested: readonly Quantity[];
  /** What is held or sold, zeros left out. */
  readonly reserved: readonly Quantity[];
  /** The sum of what its lines cost. */
  readonly linesTotal: number;
  readonly version: number;
  /** When its seats are given back; absent where only the services were asked. */
  readonly releaseAt?: Instant;
  /** The payment that confirmed it, null for an order free of charge; absent where only the services were asked. */
  readonly confirmedBy?: string | null;
  /** How often it was confirmed and how often it expired; absent where only the services were asked. */
  readonly confirmations?: number;
  readonly expiries?: number;
};

export type PaymentFact = { readonly id: string; readonly orderId: string; readonly amount: Money; readonly state: PaymentState };
export type RefundFact = { readonly paymentId: string; readonly orderId: string; readonly amount: Money; readonly requests: number };

/** One event of a conference's seats, with what it led to for one seat type. */
export type SeatsChange = {
  readonly conferenceId: string;
  readonly seatTypeId: string;
  readonly streamVersion: number;
  readonly type: string;
  readonly quota: number;
  readonly held: number;
  readonly committed: number;
  readonly remaining: number;
  readonly remainingBefore: number;
};
export type ReservationFact = {
  readonly conferenceId: string;
  readonly orderId: string;
  readonly status: 'held' | 'committed' | 'cancelled';
  readonly seats: readonly Quantity[];
};
export type SeatTypeFact = {
  readonly conferenceId: string;
  readonly seatTypeId: string;
  readonly quota: number;
  readonly remaining: number;
};
export type AssignmentsFact = {
  readonly orderId: string;
  readonly creations: number;
  readonly seats: readonly { readonly position: number; readonly seatTypeId: string; readonly attendee: string | null }[];
};

export type EventsOfServices = { readonly [Service in ServiceName]: readonly StoredEvent[] };

/** The events, folded without the services' own code: a second opinion. */
export type RecordedFacts = {
  readonly events: EventsOfServices;
  readonly orders: readonly OrderFact[];
  readonly payments: readonly PaymentFact[];
  readonly refunds: readonly RefundFact[];
  /** Every step, in order. */
  readonly seatsChanges: readonly SeatsChange[];
  /** As they are after the last step. */
  readonly seatTypes: readonly SeatTypeFact[];
  readonly reservations: readonly ReservationFact[];
  readonly assignments: readonly AssignmentsFact[];
  /** Parked, and neither retried nor skipped since. */
  readonly parked: readonly ParkedFact[];
  /** Events whose data is not what their type says. */
  readonly unreadable: readonly { readonly subject: string; readonly detail: string }[];
};
export type ParkedFact = { readonly service: ServiceName; readonly subject: string; readonly type: string; readonly error: string };

/** What the services answer to who asks for everything that is known. `undefined`: they say that there is no such thing. */
export type AnsweredFacts = {
  readonly orders: ReadonlyMap<string, OrderFact | undefined>;
  readonly payments: ReadonlyMap<string, PaymentFact | undefined>;
  /** Of the orders that are confirmed. */
  readonly assignments: ReadonlyMap<string, AssignmentsFact['seats']>;
  /** At registration, of published conferences. */
  readonly offered: readonly {
    readonly conferenceId: string;
    readonly seatTypeId: string;
    readonly quota: number;
    readonly available: number;
  }[];
  /** At conference-management. */
  readonly managed: readonly SeatTypeFact[];
  readonly managedOrders: readonly {
    readonly conferenceId: string;
    readonly id: string;
    readonly state: OrderState;
    readonly total: Money;
  }[];
  readonly attendees: readonly {
    readonly conferenceId: string;
    readonly orderId: string;
    readonly position: number;
    readonly email: string;
  }[];
  /** The conferences that were asked for. */
  readonly conferences: readonly string[];
  readonly parked: readonly ParkedFact[];
};

export type SystemFacts = {
  /** Nothing is under way: also what has to happen sooner or later has happened. */
  readonly isQuiet: boolean;
  readonly now?: Instant;
  readonly recorded?: RecordedFacts;
  readonly answered?: AnsweredFacts;
  /** What was acknowledged to a caller. */
  readonly journal?: Journal;
};

export const isPresent = <Value>(value: Value | undefined): value is Value => value !== undefined;

/** From the events where they are known, else as answered. */
export const ordersOf = ({ recorded, answered }: SystemFacts): readonly OrderFact[] =>
  recorded?.orders ?? [...(answered?.orders.values() ?? [])].filter(isPresent);
export const paymentsOf = ({ recorded, answered }: SystemFacts): readonly PaymentFact[] =>
  recorded?.payments ?? [...(answered?.payments.values() ?? [])].filter(isPresent);

export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;
export const moneyText = ({ amount, currency }: Money): string => `${amount} ${currency}`;

/** Sums per seat type, without zeros, in one order: comparable as text. */
export const quantitiesText = (quantities: readonly Quantity[]): string => {
  const sums = new Map<string, number>();
  for (const { seatTypeId, quantity } of quantities) sums.set(seatTypeId, (sums.get(seatTypeId) ?? 0) + quantity);
  const lines = [...sums].filter(([, quantity]) => quantity !== 0).map(([seatTypeId, quantity]) => `${quantity} × ${seatTypeId}`);
  return lines.length === 0 ? 'nothing' : lines.toSorted().join(', ');
};
