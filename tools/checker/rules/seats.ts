import { type OrderFact, ordersOf, quantitiesText, type ReservationFact, type SeatsChange, type SystemFacts } from '../facts.ts';
import { each, notApplicable, type Problem, type Rule } from '../rule.ts';

const step = ({ conferenceId, seatTypeId, streamVersion, type }: SeatsChange): string =>
  `SeatsAvailability-${conferenceId}@${streamVersion} (${type}), seat type ${seatTypeId}`;

/** At every prefix of the log, not only at its end. */
export const quotaIsKept: Rule = {
  name: 'quota-is-kept',
  invariant: 'I1',
  says: 'After every event, per seat type: quota = held + committed + remaining.',
  examine: ({ recorded }) =>
    each(recorded?.seatsChanges ?? [], (change) => {
      const { quota, held, committed, remaining } = change;
      if (quota === held + committed + remaining && held >= 0 && committed >= 0) return [];
      return [{ subject: step(change), detail: `quota ${quota}, held ${held}, committed ${committed}, remaining ${remaining}` }];
    }),
};

/** Only a cut of the quota may make it negative. */
export const nothingIsOversold: Rule = {
  name: 'nothing-is-oversold',
  invariant: 'I1',
  says: 'No reservation makes the remaining seats negative, or lowers a negative number of them.',
  examine: ({ recorded }) =>
    each(
      (recorded?.seatsChanges ?? []).filter(({ type }) => type !== 'AvailableSeatsChanged'),
      (change) => {
        const { remaining, remainingBefore } = change;
        if (remaining >= 0 || remaining >= remainingBefore) return [];
        return [{ subject: step(change), detail: `remaining went from ${remainingBefore} to ${remaining}` }];
      },
    ),
};

const liveStates: readonly OrderFact['state'][] = ['pending-reservation', 'partially-reserved', 'reserved'];

const reservationProblem = ({ status, seats }: ReservationFact, order: OrderFact | undefined): string | undefined => {
  if (seats.length === 0 && status !== 'committed') return undefined;
  if (order === undefined) return `${status} for an order that does not exist`;
  if (status === 'held' && !liveStates.includes(order.state)) return `held for an order that is ${order.state}`;
  if (status === 'committed' && order.state !== 'confirmed') return `committed for an order that is ${order.state}`;
  if (order.state === 'pending-reservation' || quantitiesText(seats) === quantitiesText(order.reserved)) return undefined;
  return `${status} ${quantitiesText(seats)}, but the order has ${quantitiesText(order.reserved)}`;
};

const unmatchedOrder = (order: OrderFact, reservation: ReservationFact | undefined): readonly Problem[] => {
  const expected = order.state === 'confirmed' ? 'committed' : order.state === 'reserved' ? 'held' : undefined;
  if (expected === undefined || reservation?.status === expected) return [];
  return [{ subject: `order ${order.id}`, detail: `is ${order.state}, but its seats are ${reservation?.status ?? 'not reserved'}` }];
};

const examineReservations = ({ isQuiet, recorded }: SystemFacts) => {
  if (!isQuiet || recorded === undefined) return notApplicable;
  const orders = new Map(recorded.orders.map((order) => [order.id, order]));
  const reservations = new Map(recorded.reservations.map((reservation) => [reservation.orderId, reservation]));
  const { examined, problems } = each(recorded.reservations, (reservation) => {
    const detail = reservationProblem(reservation, orders.get(reservation.orderId));
    return detail === undefined ? [] : [{ subject: `reservation ${reservation.orderId}`, detail }];
  });
  return { examined, problems: [...problems, ...recorded.orders.flatMap((order) => unmatchedOrder(order, reservations.get(order.id)))] };
};

export const reservationsHaveLiveOrders: Rule = {
  name: 'reservations-have-live-orders',
  invariant: 'I8',
  says: 'Seats are held for open orders and sold to confirmed ones, in the same quantities, and to nobody else.',
  examine: examineReservations,
};

const countsOf = (list: readonly { readonly seatTypeId: string }[]): string =>
  quantitiesText(list.map(({ seatTypeId }) => ({ seatTypeId, quantity: 1 })));

/** From the events, or as answered for confirmed orders. */
export const seatsMatchOrders: Rule = {
  name: 'seats-match-orders',
  invariant: 'I4',
  says: 'A confirmed order has one set of seats, positions from 0, as many of each type as were sold; no other order has any.',
  examine: (facts) => {
    const { isQuiet, recorded, answered } = facts;
    const assigned =
      recorded === undefined
        ? [...(answered?.assignments ?? [])].map(([orderId, seats]) => ({ orderId, seats, creations: 1 }))
        : recorded.assignments;
    const orders = new Map(ordersOf(facts).map((order) => [order.id, order]));
    const ofOrder = new Map(assigned.map((entry) => [entry.orderId, entry]));
    const { examined, problems } = each(assigned, ({ orderId, seats, creations }) => {
      const subject = `seats of order ${orderId}`;
      const order = orders.get(orderId);
      if (creations !== 1) return [{ subject, detail: `created ${creations} times` }];
      if (order?.state !== 'confirmed') return [{ subject, detail: `the order is ${order?.state ?? 'unknown'}` }];
      if (seats.some(({ position }, index) => position !== index)) return [{ subject, detail: 'positions do not count from 0' }];
      if (countsOf(seats) === quantitiesText(order.reserved)) return [];
      return [{ subject, detail: `${countsOf(seats)} instead of ${quantitiesText(order.reserved)}` }];
    });
    if (!isQuiet) return { examined, problems };
    const missing = [...orders.values()].filter(({ id, state }) => state === 'confirmed' && !ofOrder.has(id));
    return {
      examined,
      problems: [...problems, ...missing.map(({ id }) => ({ subject: `order ${id}`, detail: 'is confirmed and has no seats to assign' }))],
    };
  },
};
