// What the specs of an order are told with: a gala at 100, reserved from 10:00 to 10:15, released at 10:29.
import type { Instant } from '@conference/kernel';
import type { OrderEvent, QuotedLine } from './order.events.ts';
import type { OrderCommand } from './order.ts';

export const at = (time: string) => `2027-05-02T${time}:00.000Z` as Instant;
export const orderId = 'o1';
export const conferenceId = 'c1';
export const usd = (amount: number) => ({ amount, currency: 'USD' });
export const line = (seatTypeId: string, quantity: number, unitPrice = 100): QuotedLine => ({
  seatTypeId,
  name: `The ${seatTypeId}`,
  unitPrice,
  quantity,
});
export const times = { reservationExpiresAt: at('10:15'), releaseAt: at('10:29') };
export const registrant = { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.org' };

// Events
export const placed = (...items: readonly QuotedLine[]): OrderEvent => ({
  type: 'OrderPlaced',
  data: { orderId, conferenceId, request: 1, items, currency: 'USD', placedAt: at('10:00'), ...times, accessCode: 'CODE' },
});
export const updated = (request: number, ...items: readonly QuotedLine[]): OrderEvent => ({
  type: 'OrderUpdated',
  data: { orderId, request, items, currency: 'USD' },
});
export const totals = (amount: number, isFreeOfCharge: boolean, ...lines: readonly QuotedLine[]): OrderEvent => ({
  type: 'OrderTotalsCalculated',
  data: {
    orderId,
    lines: lines.map(({ seatTypeId, unitPrice, quantity }) => ({ seatTypeId, unitPrice, quantity, lineTotal: unitPrice * quantity })),
    total: usd(amount),
    isFreeOfCharge,
  },
});
export const seat = (seatTypeId: string, quantity: number) => ({ seatTypeId, quantity });
export const completed = (request: number, ...seats: readonly ReturnType<typeof seat>[]): OrderEvent => ({
  type: 'OrderReservationCompleted',
  data: { orderId, request, seats },
});
export const partially = (request: number, ...seats: readonly ReturnType<typeof seat>[]): OrderEvent => ({
  type: 'OrderPartiallyReserved',
  data: { orderId, request, seats },
});
export const registered: OrderEvent = { type: 'OrderRegistrantAssigned', data: { orderId, registrant } };
export const confirmed = (paymentId: string | null, quantity: number, amount: number, late = false): OrderEvent => ({
  type: 'OrderConfirmed',
  data: { orderId, conferenceId, seats: [{ seatTypeId: 'gala', name: 'The gala', quantity }], total: usd(amount), paymentId, late },
});
export const expired: OrderEvent = { type: 'OrderExpired', data: { orderId } };
export const cancelled: OrderEvent = { type: 'OrderCancelled', data: { orderId } };

// Commands
export const place = (...items: readonly QuotedLine[]): OrderCommand => ({
  type: 'RegisterToConference',
  data: { orderId, conferenceId, items, currency: 'USD', now: at('10:00'), placement: { accessCode: 'CODE', ...times } },
});
export const choose = (items: readonly QuotedLine[], now = at('10:05'), currency = 'USD'): OrderCommand => ({
  type: 'RegisterToConference',
  data: { orderId, conferenceId, items, currency, now },
});
export const mark = (request: number, ...seats: readonly ReturnType<typeof seat>[]): OrderCommand => ({
  type: 'MarkSeatsAsReserved',
  data: { orderId, request, seats },
});
export const assign = (details = registrant, now = at('10:05')): OrderCommand => ({
  type: 'AssignRegistrantDetails',
  data: { orderId, registrant: details, now },
});
export const confirm = (now = at('10:05')): OrderCommand => ({ type: 'ConfirmOrder', data: { orderId, now } });
export const pay = (
  amount: number,
  more: { readonly paymentId?: string; readonly currency?: string; readonly late?: boolean; readonly now?: Instant } = {},
): OrderCommand => ({
  type: 'ConfirmOrder',
  data: {
    orderId,
    payment: { paymentId: more.paymentId ?? 'p1', amount: { amount, currency: more.currency ?? 'USD' } },
    now: more.now ?? at('10:05'),
    ...(more.late === undefined ? {} : { late: more.late }),
  },
});
export const rejectAt = (firedAt: Instant): OrderCommand => ({ type: 'RejectOrder', data: { orderId, dueAt: times.releaseAt, firedAt } });
export const cancel = (now = at('10:05')): OrderCommand => ({ type: 'CancelOrder', data: { orderId, now } });

// Histories
export const two = [placed(line('gala', 2)), totals(200, false, line('gala', 2))];
export const reserved = [...two, completed(1, seat('gala', 2)), registered];
export const free = [placed(line('gala', 2, 0)), totals(0, true, line('gala', 2, 0)), completed(1, seat('gala', 2)), registered];
export const closed = {
  confirmed: [...reserved, confirmed('p1', 2, 200)],
  expired: [...reserved, expired],
  cancelled: [...reserved, cancelled],
};
