import {
  type OrderMessage,
  orderCancelled,
  orderConfirmed,
  orderExpired,
  orderPartiallyReserved,
  orderPlaced,
  orderRegistrantAssigned,
  orderReservationCompleted,
  orderTotalsCalculated,
  orderUpdated,
} from './order-messages.ts';
import { firstVersion, notPublished, type PublicSchema } from './public-message.ts';
import { type RefundMessage, refundRequested } from './refund-messages.ts';
import { type SeatAssignmentsMessage, seatAssigned, seatAssignmentsCreated, seatUnassigned } from './seat-assignments-messages.ts';
import {
  availableSeatsChanged,
  type SeatsAvailabilityMessage,
  seatsReservationCancelled,
  seatsReservationCommitted,
  seatsReserved,
} from './seats-availability-messages.ts';

/** Whatever registration says to others. */
export type RegistrationMessage = OrderMessage | SeatAssignmentsMessage | SeatsAvailabilityMessage | RefundMessage;

/** Every type of message of this context, with the version that is sent now. */
export const publicMessages = {
  OrderPlaced: firstVersion(orderPlaced),
  OrderUpdated: firstVersion(orderUpdated),
  OrderTotalsCalculated: firstVersion(orderTotalsCalculated),
  OrderPartiallyReserved: firstVersion(orderPartiallyReserved),
  OrderReservationCompleted: firstVersion(orderReservationCompleted),
  OrderRegistrantAssigned: firstVersion(orderRegistrantAssigned),
  OrderConfirmed: firstVersion(orderConfirmed),
  OrderExpired: firstVersion(orderExpired),
  OrderCancelled: firstVersion(orderCancelled),
  SeatAssignmentsCreated: firstVersion(seatAssignmentsCreated),
  SeatAssigned: firstVersion(seatAssigned),
  SeatUnassigned: firstVersion(seatUnassigned),
  AvailableSeatsChanged: firstVersion(availableSeatsChanged),
  SeatsReserved: firstVersion(seatsReserved),
  SeatsReservationCommitted: firstVersion(seatsReservationCommitted),
  SeatsReservationCancelled: firstVersion(seatsReservationCancelled),
  RefundRequested: firstVersion(refundRequested),
  NotPublished: firstVersion(notPublished),
} as const satisfies { readonly [Type in RegistrationMessage['type']]: PublicSchema };
