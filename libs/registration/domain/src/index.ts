export type {
  ConfirmedSeats,
  OrderEvent,
  OrderLine,
  PersonalInfo,
  QuotedLine,
  SeatQuantity,
} from './order/order.events.ts';
export type { Order, PlacedOrder } from './order/order.state.ts';
export { type OrderCommand, type OrderRefusal, order, type PaymentOfOrder, type Placement, seatsPerOrderMax } from './order/order.ts';
export type { OrderItem } from './order/pricing.ts';
export type { RefundEvent, RefundReason } from './refund/refund.events.ts';
export { type Refund, type RefundCommand, refund } from './refund/refund.ts';
export type {
  PaymentCompleted,
  RegistrationCommand,
  RegistrationEvent,
  RegistrationFacts,
} from './registration-process/registration.messages.ts';
export type { CurrentPayment, HeldPayment, Payment, Registration, Selection } from './registration-process/registration.state.ts';
export { registration } from './registration-process/registration.ts';
export type { Seat, SeatAssignmentsEvent } from './seat-assignments/seat-assignments.events.ts';
export {
  type AssignedSeat,
  type SeatAssignments,
  type SeatAssignmentsCommand,
  type SeatAssignmentsRefusal,
  seatAssignments,
} from './seat-assignments/seat-assignments.ts';
export type { SeatsAvailabilityEvent, SeatsDelta } from './seats-availability/seats-availability.events.ts';
export { seatsAvailabilitySnapshot } from './seats-availability/seats-availability.snapshot.ts';
export type { Reservation, SeatsAvailability, SeatType } from './seats-availability/seats-availability.state.ts';
export {
  type SeatsAvailabilityCommand,
  type SeatsAvailabilityRefusal,
  seatsAvailability,
} from './seats-availability/seats-availability.ts';
