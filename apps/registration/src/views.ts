import type { ConferenceDocument, OrderDocument, PaymentState } from '@conference/registration-application';
import { paymentStateOf } from '@conference/registration-application';
import type { PlacedOrder } from '@conference/registration-domain';
import type { z } from 'zod';
import type { conferenceView, OrderView, seatTypeView } from './schemas.ts';

type Shown = Pick<
  PlacedOrder,
  'orderId' | 'conferenceId' | 'state' | 'accessCode' | 'items' | 'total' | 'isFreeOfCharge' | 'reservationExpiresAt' | 'registrant'
>;

/** An order as it is answered, from the state after a command or from the read model. */
export const viewOf = (order: Shown, version: number, paymentState: PaymentState): OrderView => ({
  ...viewOfChange(order, version),
  paymentState,
});
/** What payments said is not known. */
export const viewOfChange = (order: Shown, version: number): Omit<OrderView, 'paymentState'> => {
  const { currency } = order.total;
  return {
    id: order.orderId,
    conferenceId: order.conferenceId,
    state: order.state,
    accessCode: order.accessCode,
    items: order.items.map(({ unitPrice, lineTotal, ...item }) => ({
      ...item,
      unitPrice: { amount: unitPrice, currency },
      lineTotal: { amount: lineTotal, currency },
    })),
    total: order.total,
    isFreeOfCharge: order.isFreeOfCharge,
    reservationExpiresAt: order.reservationExpiresAt,
    registrant: order.registrant,
    version,
  };
};
export const viewOfDocument = (order: OrderDocument, version: number): OrderView => viewOf(order, version, paymentStateOf(order));

export const viewOfConference = ({ conferenceId, ...conference }: ConferenceDocument): z.infer<typeof conferenceView> => ({
  id: conferenceId,
  ...conference,
});

/** Never below 0, though a cut quota may make it so for the organiser; without those that cannot be reserved yet. */
export const viewOfSeatTypes = ({ seatTypes, seats, currency }: ConferenceDocument): z.infer<typeof seatTypeView>[] =>
  seatTypes.flatMap(({ id, name, description, price }) => {
    const seat = seats[id];
    if (seat === undefined) return [];
    return [{ id, name, description, price: { amount: price, currency }, quota: seat.quota, available: Math.max(0, seat.remaining) }];
  });
