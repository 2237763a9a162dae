import { isPresent, moneyText, type OrderFact, ordersOf } from '../facts.ts';
import { type Examination, each, notApplicable, type Rule } from '../rule.ts';

/** From an order's release until it has to be over, when nothing is away. */
const overdueMs = 10_000;

export const acknowledgedOrdersExist: Rule = {
  name: 'acknowledged-orders-exist',
  invariant: 'I2',
  says: 'Every order that was answered with 201 is there, for ever.',
  examine: ({ journal, recorded, answered }) => {
    if (journal === undefined) return notApplicable;
    const ids = recorded && new Set(recorded.orders.map(({ id }) => id));
    return each(journal.orders, ({ id }) => {
      const subject = `order ${id}`;
      if (ids?.has(id) === false) return [{ subject, detail: 'was acknowledged, but there is no event of it' }];
      if (answered?.orders.has(id) && answered.orders.get(id) === undefined)
        return [{ subject, detail: 'was acknowledged, but registration does not know it' }];
      return [];
    });
  },
};

export const ordersAreDecided: Rule = {
  name: 'orders-are-decided',
  invariant: 'I2',
  says: 'No order stays without an answer to its reservation, or open after its seats were to be given back.',
  examine: (facts) => {
    if (!facts.isQuiet) return notApplicable;
    return each(ordersOf(facts), ({ id, state, releaseAt }) => {
      const subject = `order ${id}`;
      if (state === 'pending-reservation') return [{ subject, detail: 'is still waiting for its reservation' }];
      const isOpen = state === 'reserved' || state === 'partially-reserved';
      if (!isOpen || releaseAt === undefined || facts.now === undefined) return [];
      if (Date.parse(facts.now) - Date.parse(releaseAt) <= overdueMs) return [];
      return [{ subject, detail: `is still ${state}, though its seats were to be given back at ${releaseAt}` }];
    });
  },
};

export const ordersEndOnce: Rule = {
  name: 'orders-end-once',
  invariant: 'I2',
  says: 'An order is confirmed at most once and expires at most once.',
  examine: ({ recorded }) =>
    each(recorded?.orders ?? [], ({ id, confirmations = 0, expiries = 0 }) => [
      ...(confirmations > 1 ? [{ subject: `order ${id}`, detail: `was confirmed ${confirmations} times` }] : []),
      ...(expiries > 1 ? [{ subject: `order ${id}`, detail: `expired ${expiries} times` }] : []),
    ]),
};

const totalProblem = ({ total, linesTotal, isFreeOfCharge, state, reserved }: OrderFact): string | undefined => {
  // A late confirmation names the total itself; the lines are those of before.
  if (state !== 'confirmed' && total.amount !== linesTotal) return `total ${moneyText(total)}, but its lines cost ${linesTotal}`;
  if (isFreeOfCharge && total.amount > 0) return `is free of charge at ${moneyText(total)}`;
  if (isFreeOfCharge && reserved.every(({ quantity }) => quantity === 0) && state === 'partially-reserved')
    return 'holds nothing and is free of charge';
  return undefined;
};

export const totalsAddUp: Rule = {
  name: 'totals-add-up',
  invariant: 'I4',
  says: 'An order costs what its lines cost; only one that costs nothing, and holds something, is free of charge.',
  examine: ({ recorded, answered }) =>
    each([...(recorded?.orders ?? []), ...[...(answered?.orders.values() ?? [])].filter(isPresent)], (order) => {
      const detail = totalProblem(order);
      return detail === undefined ? [] : [{ subject: `order ${order.id}`, detail }];
    }),
};

const deltasOf = (data: unknown): readonly { readonly delta: number }[] => {
  const changes = typeof data === 'object' && data !== null && 'availableSeatsChanged' in data ? data.availableSeatsChanged : [];
  return Array.isArray(changes) ? changes : [];
};

/** A reservation that is cancelled again has to have been made again in between. */
export const seatsComeBackOnce: Rule = {
  name: 'seats-come-back-once',
  invariant: 'I8',
  says: 'What a reservation holds is given back once, and only while it is held.',
  examine: ({ recorded }): Examination => {
    if (recorded === undefined) return notApplicable;
    const holding = new Set<string>();
    const cancelled = recorded.events.registration.filter(
      ({ type }) => type === 'SeatsReserved' || type === 'SeatsReservationCancelled' || type === 'SeatsReservationCommitted',
    );
    return each(cancelled, ({ type, data, streamName, streamVersion }) => {
      const reservation = String(data['reservationId']);
      const wasHeld = holding.has(reservation);
      if (type === 'SeatsReserved') holding.add(reservation);
      else holding.delete(reservation);
      if (type === 'SeatsReserved' || wasHeld) return [];
      if (type === 'SeatsReservationCancelled' && deltasOf(data).length === 0) return [];
      return [{ subject: `${streamName}@${streamVersion}`, detail: `${type} of ${reservation}, which held nothing` }];
    });
  },
};
