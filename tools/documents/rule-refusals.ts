import type { ConferenceCommand, ConferenceRefusal } from '@conference/conference-management-domain';
import type { Command, Refusal } from '@conference/kernel';
import type { NotPayable } from '@conference/payments-application';
import type { PaymentCommand, PaymentRefusal, SimulatedCheckoutCommand, SimulatedCheckoutRefusal } from '@conference/payments-domain';
import type { QuoteRefusal } from '@conference/registration-application';
import type {
  OrderCommand,
  OrderRefusal,
  SeatAssignmentsCommand,
  SeatAssignmentsRefusal,
  SeatsAvailabilityCommand,
  SeatsAvailabilityRefusal,
} from '@conference/registration-domain';
import type { ParkedMessagesRefusal } from '@conference/runtime';

/**
 * What the rules of one aggregate refuse. It compiles only when every code of the aggregate is here and no other; that the
 * commands are the right ones, a spec finds out by playing them.
 */
export type RefusalsOf<C extends Command, R extends Refusal> = {
  readonly [Code in R['code']]: { readonly meaning: string; readonly commands: readonly C['type'][] };
};

export const conferenceRefusals: RefusalsOf<ConferenceCommand, ConferenceRefusal> = {
  'slug-taken': { meaning: 'There is a conference with this slug, in whatever case.', commands: ['CreateConference'] },
  'conference-not-found': {
    meaning: 'There is no such conference.',
    commands: ['CreateSeatType', 'DeleteSeatType', 'PublishConference', 'UnpublishConference', 'UpdateConference', 'UpdateSeatType'],
  },
  'invalid-dates': { meaning: 'The conference ends before it starts.', commands: ['CreateConference', 'UpdateConference'] },
  'seat-type-not-found': { meaning: 'The conference has no such seat type.', commands: ['DeleteSeatType', 'UpdateSeatType'] },
  'seat-type-id-taken': { meaning: 'There is another seat type with this id.', commands: ['CreateSeatType'] },
  'too-many-seat-types': { meaning: 'The conference has as many seat types as it can have (`max`).', commands: ['CreateSeatType'] },
  'conference-was-published': {
    meaning: 'Once the conference was published, its seat types stay: somebody may have bought.',
    commands: ['DeleteSeatType'],
  },
};

export const orderRefusals: RefusalsOf<OrderCommand, OrderRefusal> = {
  'order-id-taken': { meaning: 'There is an order with this id.', commands: ['RegisterToConference'] },
  'order-not-found': {
    meaning: 'There is no such order.',
    commands: ['AssignRegistrantDetails', 'CancelOrder', 'ConfirmOrder', 'MarkSeatsAsReserved', 'RegisterToConference'],
  },
  'no-items': { meaning: 'An order needs at least one seat.', commands: ['RegisterToConference'] },
  'duplicate-seat-type': { meaning: 'A seat type is listed twice.', commands: ['RegisterToConference'] },
  'too-many-seats': { meaning: 'More seats than one order may have (`max`).', commands: ['RegisterToConference'] },
  'currency-mismatch': { meaning: 'The currency is not the order’s.', commands: ['RegisterToConference'] },
  'order-confirmed': {
    meaning: 'The order is confirmed.',
    commands: ['AssignRegistrantDetails', 'CancelOrder', 'ConfirmOrder', 'RegisterToConference'],
  },
  'order-expired': {
    meaning: 'The reservation has ended.',
    commands: ['AssignRegistrantDetails', 'CancelOrder', 'ConfirmOrder', 'RegisterToConference'],
  },
  'order-cancelled': {
    meaning: 'The order was cancelled.',
    commands: ['AssignRegistrantDetails', 'ConfirmOrder', 'RegisterToConference'],
  },
  'payment-required': { meaning: 'The order is not free of charge.', commands: ['ConfirmOrder'] },
  'not-fully-reserved': { meaning: 'Not all seats are reserved.', commands: ['ConfirmOrder'] },
  'registrant-required': { meaning: 'The registrant’s details are missing.', commands: ['ConfirmOrder'] },
  'amount-mismatch': { meaning: 'The amount is not the order’s total.', commands: ['ConfirmOrder'] },
  'not-due': { meaning: 'The reservation has not ended yet: a timer fired early.', commands: ['RejectOrder'] },
};

export const seatsAvailabilityRefusals: RefusalsOf<SeatsAvailabilityCommand, SeatsAvailabilityRefusal> = {
  'unknown-seat-type': { meaning: 'The conference has no such seat type.', commands: ['MakeSeatReservation'] },
  'reservation-committed': { meaning: 'The seats of this reservation are sold.', commands: ['MakeSeatReservation'] },
  'reservation-not-held': {
    meaning: 'Nothing is held: the seats that somebody wants to sell are not there.',
    commands: ['CommitSeatReservation'],
  },
};

export const seatAssignmentsRefusals: RefusalsOf<SeatAssignmentsCommand, SeatAssignmentsRefusal> = {
  'order-not-confirmed': { meaning: 'Seats are assigned once the order is confirmed.', commands: ['AssignSeat', 'UnassignSeat'] },
  'seat-not-found': { meaning: 'The order has no such seat.', commands: ['AssignSeat', 'UnassignSeat'] },
  'invalid-attendee': { meaning: 'A name is blank, or the e-mail address is none.', commands: ['AssignSeat'] },
};

export const paymentRefusals: RefusalsOf<PaymentCommand, PaymentRefusal> = {
  'payment-not-found': {
    meaning: 'There is no such payment.',
    commands: ['CompletePayment', 'CompleteRefund', 'RefundPayment', 'RejectPayment'],
  },
  'payment-id-taken': { meaning: 'There is another payment with this id.', commands: ['InitiatePayment'] },
  'payment-not-completed': { meaning: 'No money has moved, so none can go back.', commands: ['RefundPayment'] },
  'refund-not-requested': { meaning: 'No refund was requested.', commands: ['CompleteRefund'] },
};

export const simulatedCheckoutRefusals: RefusalsOf<SimulatedCheckoutCommand, SimulatedCheckoutRefusal> = {
  'already-accepted': { meaning: 'The checkout was accepted; it is not rejected any more.', commands: ['DecideCheckout'] },
};

/** Not of a decider: what is refused before its command is made, from a read model. */
const quoteRefusals: RefusalsOf<OrderCommand, QuoteRefusal> = {
  'conference-not-open': { meaning: 'The conference takes no orders.', commands: ['RegisterToConference'] },
  'unknown-seat-type': { meaning: 'The conference has no such seat type.', commands: ['RegisterToConference'] },
};
const payabilityRefusals: RefusalsOf<PaymentCommand, NotPayable> = {
  'order-not-payable': {
    meaning: 'The order is not reserved in full, has no registrant, costs nothing, is at its end, or is not known here (`isKnown`).',
    commands: ['InitiatePayment'],
  },
  'order-expired': { meaning: 'The reservation has ended.', commands: ['InitiatePayment'] },
};
const parkingRefusals: RefusalsOf<Command<'RetryMessage' | 'SkipMessage'>, ParkedMessagesRefusal> = {
  'not-parked': { meaning: 'There is no such parked message, or no more.', commands: ['RetryMessage', 'SkipMessage'] },
  'predecessor-missing': { meaning: 'An earlier message of the subject has neither come nor been skipped.', commands: ['SkipMessage'] },
};

export type RuleRefusal = { readonly code: string; readonly of: string; readonly meaning: string; readonly commands: readonly string[] };

const rows = (of: string, refusals: RefusalsOf<Command, Refusal>): readonly RuleRefusal[] =>
  Object.entries(refusals).map(([code, refusal]) => ({ code, of, ...refusal }));

/** Every refusal of every rule, with whose it is. */
export const ruleRefusals: readonly RuleRefusal[] = [
  ...rows('Conference', conferenceRefusals),
  ...rows('Order', orderRefusals),
  ...rows('Catalogue', quoteRefusals),
  ...rows('SeatsAvailability', seatsAvailabilityRefusals),
  ...rows('SeatAssignments', seatAssignmentsRefusals),
  ...rows('Payment', paymentRefusals),
  ...rows('Payable order', payabilityRefusals),
  ...rows('SimulatedCheckout', simulatedCheckoutRefusals),
  ...rows('Parked messages', parkingRefusals),
];
