import {
  type AnsweredFacts,
  moneyText,
  type OrderFact,
  ordersOf,
  type PaymentFact,
  quantitiesText,
  type RecordedFacts,
  type SystemFacts,
} from '../facts.ts';
import { type Examination, each, notApplicable, type Problem, type Rule, together } from '../rule.ts';

type Difference = { readonly what: string; readonly said: string; readonly is: string };
const differences = (subject: string, pairs: readonly Difference[]): readonly Problem[] =>
  pairs.filter(({ said, is }) => said !== is).map(({ what, said, is }) => ({ subject, detail: `${what}: said to be ${said}, is ${is}` }));

const orderDifferences = (said: OrderFact, is: OrderFact): readonly Problem[] =>
  differences(`order ${is.id}`, [
    { what: 'state', said: said.state, is: is.state },
    { what: 'total', said: moneyText(said.total), is: moneyText(is.total) },
    { what: 'requested', said: quantitiesText(said.requested), is: quantitiesText(is.requested) },
    { what: 'reserved', said: quantitiesText(said.reserved), is: quantitiesText(is.reserved) },
    { what: 'free of charge', said: String(said.isFreeOfCharge), is: String(is.isFreeOfCharge) },
    { what: 'version', said: String(said.version), is: String(is.version) },
  ]);

const examineOrders = (answered: AnsweredFacts, recorded: RecordedFacts): Examination =>
  each(recorded.orders, (order) => {
    if (!answered.orders.has(order.id)) return []; // not asked for
    const said = answered.orders.get(order.id);
    return said === undefined ? [{ subject: `order ${order.id}`, detail: 'registration does not know it' }] : orderDifferences(said, order);
  });

const paymentDifferences = (said: PaymentFact, is: PaymentFact): readonly Problem[] =>
  differences(`payment ${is.id}`, [
    { what: 'state', said: said.state, is: is.state },
    { what: 'amount', said: moneyText(said.amount), is: moneyText(is.amount) },
    { what: 'order', said: said.orderId, is: is.orderId },
  ]);

const examinePayments = (answered: AnsweredFacts, recorded: RecordedFacts): Examination =>
  each(recorded.payments, (payment) => {
    if (!answered.payments.has(payment.id)) return [];
    const said = answered.payments.get(payment.id);
    return said === undefined
      ? [{ subject: `payment ${payment.id}`, detail: 'payments does not know it' }]
      : paymentDifferences(said, payment);
  });

const examineSeats = (answered: AnsweredFacts, recorded: RecordedFacts): Examination =>
  each(recorded.assignments, ({ orderId, seats }) => {
    const said = answered.assignments.get(orderId);
    if (said === undefined) return [];
    const text = (list: typeof seats): string => list.map(({ position, attendee }) => `${position}: ${attendee ?? 'nobody'}`).join(', ');
    return differences(`seats of order ${orderId}`, [{ what: 'attendees', said: text(said), is: text(seats) }]);
  });

const seatTypesById = (recorded: RecordedFacts) => new Map(recorded.seatTypes.map((seatType) => [seatType.seatTypeId, seatType]));

const examineAvailability = (answered: AnsweredFacts, recorded: RecordedFacts): Examination => {
  const seatTypes = seatTypesById(recorded);
  return each(answered.offered, ({ seatTypeId, quota, available }) => {
    const is = seatTypes.get(seatTypeId);
    const subject = `seat type ${seatTypeId} at registration`;
    if (is === undefined) return [{ subject, detail: 'is offered, but there is no event of its seats' }];
    return differences(subject, [
      { what: 'available', said: String(available), is: String(Math.max(0, is.remaining)) },
      { what: 'quota', said: String(quota), is: String(is.quota) },
    ]);
  });
};

export const answersAgreeWithEvents: Rule = {
  name: 'answers-agree-with-events',
  invariant: 'I4',
  says: 'What a service answers about orders, payments, seats and availability is what its events say.',
  examine: ({ isQuiet, answered, recorded }) => {
    if (!isQuiet || answered === undefined || recorded === undefined) return notApplicable;
    return together(...[examineOrders, examinePayments, examineSeats, examineAvailability].map((examine) => examine(answered, recorded)));
  },
};

/** Remaining at the organiser's: what registration's events say, or at least what registration offers. */
const examineRemaining = (answered: AnsweredFacts, recorded: RecordedFacts | undefined): Examination => {
  const offered = new Map(answered.offered.map((seatType) => [seatType.seatTypeId, seatType]));
  const seatTypes = recorded && seatTypesById(recorded);
  return each(answered.managed, ({ seatTypeId, quota, remaining }) => {
    const subject = `seat type ${seatTypeId} at conference-management`;
    const is = seatTypes?.get(seatTypeId);
    const offer = offered.get(seatTypeId);
    return [
      ...(is === undefined ? [] : differences(subject, [{ what: 'remaining', said: String(remaining), is: String(is.remaining) }])),
      ...(offer === undefined
        ? []
        : differences(subject, [
            { what: 'available', said: String(Math.max(0, remaining)), is: String(offer.available) },
            { what: 'quota', said: String(quota), is: String(offer.quota) },
          ])),
    ];
  });
};

/** Every order of the conferences that were asked for is in the organiser's list, expired ones excepted. */
const examineLists = (answered: AnsweredFacts, orders: readonly OrderFact[]): Examination => {
  const listed = new Map(answered.managedOrders.map((order) => [order.id, order]));
  const ofConferences = orders.filter(({ conferenceId }) => answered.conferences.includes(conferenceId));
  return each(ofConferences, (order) => {
    const subject = `order ${order.id} at conference-management`;
    const said = listed.get(order.id);
    if (order.state === 'expired') return said === undefined ? [] : [{ subject, detail: 'is listed, but expired' }];
    if (said === undefined) return [{ subject, detail: `is not listed, but ${order.state}` }];
    return differences(subject, [
      { what: 'state', said: said.state, is: order.state },
      { what: 'total', said: moneyText(said.total), is: moneyText(order.total) },
    ]);
  });
};

const examineAttendees = (facts: SystemFacts, answered: AnsweredFacts): Examination => {
  const text = (orderId: string, position: number, email: string): string => `${orderId}/${position}: ${email}`;
  const said = new Set(answered.attendees.map(({ orderId, position, email }) => text(orderId, position, email)));
  const asked = new Set(ordersOf(facts).flatMap(({ id, conferenceId }) => (answered.conferences.includes(conferenceId) ? [id] : [])));
  const assigned = [...answered.assignments].flatMap(([orderId, seats]) =>
    asked.has(orderId) ? seats.flatMap(({ position, attendee }) => (attendee === null ? [] : [text(orderId, position, attendee)])) : [],
  );
  return each(assigned, (entry) =>
    said.has(entry) ? [] : [{ subject: `attendee ${entry}`, detail: 'is not in the list of conference-management' }],
  );
};

export const servicesAgree: Rule = {
  name: 'services-agree',
  invariant: 'I7',
  says: 'The organiser sees the seats, orders and attendees that registration has.',
  examine: (facts) => {
    const { isQuiet, answered, recorded } = facts;
    if (!isQuiet || answered === undefined) return notApplicable;
    return together(examineRemaining(answered, recorded), examineLists(answered, ordersOf(facts)), examineAttendees(facts, answered));
  },
};
