import { firstVersionBy, type PublicSchema } from '@conference/kernel';
import { z } from 'zod';
import { notPublished } from './not-published.ts';
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
import { original } from './original-messages.ts';
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

const firstVersion = firstVersionBy<z.ZodType>(z.compile);

/** Every type of message of this context, with the version that is sent now and what lifts older ones to it. */
export const publicMessages = {
  OrderPlaced: firstVersion(orderPlaced, { lift: original.orderPlaced }),
  OrderUpdated: firstVersion(orderUpdated, { lift: original.orderUpdated }),
  OrderTotalsCalculated: firstVersion(orderTotalsCalculated, { lift: original.orderTotalsCalculated }),
  OrderPartiallyReserved: firstVersion(orderPartiallyReserved, { lift: original.orderReserved }),
  OrderReservationCompleted: firstVersion(orderReservationCompleted, { lift: original.orderReserved }),
  OrderRegistrantAssigned: firstVersion(orderRegistrantAssigned, { lift: original.orderRegistrantAssigned }),
  OrderConfirmed: firstVersion(orderConfirmed, { lift: original.orderConfirmed, formerNames: ['OrderPaymentConfirmed'] }),
  OrderExpired: firstVersion(orderExpired, { lift: original.orderExpired }),
  OrderCancelled: firstVersion(orderCancelled),
  SeatAssignmentsCreated: firstVersion(seatAssignmentsCreated, { lift: original.seatAssignmentsCreated }),
  SeatAssigned: firstVersion(seatAssigned, { lift: original.seatAssigned, formerNames: ['SeatAssignmentUpdated'] }),
  SeatUnassigned: firstVersion(seatUnassigned, { lift: original.seatUnassigned }),
  AvailableSeatsChanged: firstVersion(availableSeatsChanged, { lift: original.availableSeatsChanged }),
  SeatsReserved: firstVersion(seatsReserved, { lift: original.seatsReserved }),
  SeatsReservationCommitted: firstVersion(seatsReservationCommitted, { lift: original.seatsReservationCommitted }),
  SeatsReservationCancelled: firstVersion(seatsReservationCancelled, { lift: original.seatsReservationCancelled }),
  RefundRequested: firstVersion(refundRequested),
  NotPublished: firstVersion(notPublished),
} as const satisfies { readonly [Type in RegistrationMessage['type']]: PublicSchema };
