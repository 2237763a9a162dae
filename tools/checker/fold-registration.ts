/** The events of registration, folded from their public forms alone, by other code than the service's own. */
import { idOf } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import { publicMessages, type RegistrationMessage } from '@conference/registration-contracts';
import type { AssignmentsFact, OrderFact, Quantity, RefundFact, ReservationFact, SeatsChange, SeatTypeFact } from './facts.ts';

type DataOf<T extends RegistrationMessage['type']> = Extract<RegistrationMessage, { readonly type: T }>['data'];

const nonZero = (quantities: readonly Quantity[]): readonly Quantity[] => quantities.filter(({ quantity }) => quantity > 0);
const quantitiesOf = (seats: readonly Quantity[]): readonly Quantity[] =>
  nonZero(seats.map(({ seatTypeId, quantity }) => ({ seatTypeId, quantity })));

const costOf = (lines: readonly { readonly unitPrice: number; readonly quantity: number }[]): number =>
  lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);

const placed = (data: DataOf<'OrderPlaced'>, version: number): OrderFact => ({
  id: data.orderId,
  conferenceId: data.conferenceId,
  state: 'pending-reservation',
  total: { amount: costOf(data.items), currency: data.currency },
  linesTotal: costOf(data.items),
  isFreeOfCharge: false,
  requested: quantitiesOf(data.items),
  reserved: [],
  version,
  releaseAt: data.releaseAt,
  confirmedBy: null,
  confirmations: 0,
  expiries: 0,
});

const changedOrder = (before: OrderFact, type: string, data: unknown, version: number): OrderFact => {
  const order = { ...before, version };
  switch (type) {
    case 'OrderUpdated': {
      const { items } = publicMessages.OrderUpdated.schema.parse(data);
      return { ...order, state: 'pending-reservation', requested: quantitiesOf(items), reserved: [] };
    }
    case 'OrderTotalsCalculated': {
      const { lines, total, isFreeOfCharge } = publicMessages.OrderTotalsCalculated.schema.parse(data);
      return { ...order, total, linesTotal: costOf(lines), isFreeOfCharge };
    }
    case 'OrderPartiallyReserved':
      return {
        ...order,
        state: 'partially-reserved',
        reserved: quantitiesOf(publicMessages.OrderPartiallyReserved.schema.parse(data).seats),
      };
    case 'OrderReservationCompleted':
      return { ...order, state: 'reserved', reserved: quantitiesOf(publicMessages.OrderReservationCompleted.schema.parse(data).seats) };
    case 'OrderConfirmed': {
      const { seats, paymentId, total } = publicMessages.OrderConfirmed.schema.parse(data);
      const confirmations = (before.confirmations ?? 0) + 1;
      return { ...order, state: 'confirmed', reserved: quantitiesOf(seats), confirmedBy: paymentId, total, confirmations };
    }
    case 'OrderExpired':
      return { ...order, state: 'expired', expiries: (before.expiries ?? 0) + 1 };
    case 'OrderCancelled':
      return { ...order, state: 'cancelled' };
    default:
      return order;
  }
};

type SeatType = { quota: number; held: number; committed: number; remaining: number };
type Seats = { readonly types: Map<string, SeatType>; readonly reservations: Map<string, ReservationFact> };

export type RegistrationFold = {
  readonly orders: Map<string, OrderFact>;
  readonly assignments: Map<string, AssignmentsFact>;
  readonly refunds: Map<string, RefundFact>;
  readonly seats: Map<string, Seats>;
  readonly seatsChanges: SeatsChange[];
};
export const registrationFold = (): RegistrationFold => ({
  orders: new Map(),
  assignments: new Map(),
  refunds: new Map(),
  seats: new Map(),
  seatsChanges: [],
});

const typeOf = (seats: Seats, seatTypeId: string): SeatType => {
  const known = seats.types.get(seatTypeId);
  if (known !== undefined) return known;
  const added = { quota: 0, held: 0, committed: 0, remaining: 0 };
  seats.types.set(seatTypeId, added);
  return added;
};

/** `held` and `committed` come from what the reservations say, `remaining` from the deltas: two ways that have to meet. */
const applySeats = (fold: RegistrationFold, event: StoredEvent): void => {
  const conferenceId = idOf(event.streamName);
  const seats = fold.seats.get(conferenceId) ?? { types: new Map(), reservations: new Map() };
  fold.seats.set(conferenceId, seats);
  const before = new Map([...seats.types].map(([id, { remaining }]) => [id, remaining]));
  const touched = new Set<string>();
  const addRemaining = (seatTypeId: string, delta: number): void => {
    touched.add(seatTypeId);
    typeOf(seats, seatTypeId).remaining += delta;
  };
  const count = (status: 'held' | 'committed', quantities: readonly Quantity[], sign: 1 | -1): void => {
    for (const { seatTypeId, quantity } of quantities) {
      touched.add(seatTypeId);
      typeOf(seats, seatTypeId)[status] += sign * quantity;
    }
  };
  const replace = (orderId: string, status: ReservationFact['status'], quantities: readonly Quantity[]): void => {
    const old = seats.reservations.get(orderId);
    if (old !== undefined && old.status !== 'cancelled') count(old.status, old.seats, -1);
    if (status !== 'cancelled') count(status, quantities, 1);
    seats.reservations.set(orderId, { conferenceId, orderId, status, seats: quantities });
  };

  switch (event.type) {
    case 'AvailableSeatsChanged': {
      const { seatTypeId, delta, quota } = publicMessages.AvailableSeatsChanged.schema.parse(event.data);
      typeOf(seats, seatTypeId).quota = quota;
      addRemaining(seatTypeId, delta);
      break;
    }
    case 'SeatsReserved': {
      const data = publicMessages.SeatsReserved.schema.parse(event.data);
      replace(data.reservationId, 'held', quantitiesOf(data.seats));
      for (const { seatTypeId, delta } of data.availableSeatsChanged) addRemaining(seatTypeId, delta);
      break;
    }
    case 'SeatsReservationCommitted': {
      const { reservationId } = publicMessages.SeatsReservationCommitted.schema.parse(event.data);
      const old = seats.reservations.get(reservationId);
      replace(reservationId, 'committed', old?.status === 'cancelled' ? [] : (old?.seats ?? []));
      break;
    }
    case 'SeatsReservationCancelled': {
      const data = publicMessages.SeatsReservationCancelled.schema.parse(event.data);
      replace(data.reservationId, 'cancelled', []);
      for (const { seatTypeId, delta } of data.availableSeatsChanged) addRemaining(seatTypeId, delta);
      break;
    }
  }
  for (const seatTypeId of touched) {
    const { streamVersion, type } = event;
    fold.seatsChanges.push({
      conferenceId,
      seatTypeId,
      streamVersion,
      type,
      ...typeOf(seats, seatTypeId),
      remainingBefore: before.get(seatTypeId) ?? 0,
    });
  }
};

const applyAssignments = (fold: RegistrationFold, { type, data, streamName }: StoredEvent): void => {
  const orderId = idOf(streamName);
  const before = fold.assignments.get(orderId);
  if (type === 'SeatAssignmentsCreated') {
    const { seats } = publicMessages.SeatAssignmentsCreated.schema.parse(data);
    const created = seats.map(({ position, seatTypeId }) => ({ position, seatTypeId, attendee: null }));
    fold.assignments.set(orderId, { orderId, creations: (before?.creations ?? 0) + 1, seats: created });
    return;
  }
  const attendee = type === 'SeatUnassigned' ? null : publicMessages.SeatAssigned.schema.parse(data).attendee.email;
  const { position } = publicMessages.SeatUnassigned.schema.parse(data);
  const { creations = 0, seats = [] } = before ?? {};
  fold.assignments.set(orderId, {
    orderId,
    creations,
    seats: seats.map((seat) => (seat.position === position ? { ...seat, attendee } : seat)),
  });
};

const applyOrder = (fold: RegistrationFold, { type, data, streamVersion }: StoredEvent, id: string): void => {
  if (type === 'OrderPlaced') {
    fold.orders.set(id, placed(publicMessages.OrderPlaced.schema.parse(data), streamVersion));
    return;
  }
  const before = fold.orders.get(id);
  if (before === undefined) throw new Error(`${type} before the order was placed`);
  fold.orders.set(id, changedOrder(before, type, data, streamVersion));
};

const applyRefund = (fold: RegistrationFold, { data }: StoredEvent): void => {
  const { paymentId, orderId, amount } = publicMessages.RefundRequested.schema.parse(data);
  fold.refunds.set(paymentId, { paymentId, orderId, amount, requests: (fold.refunds.get(paymentId)?.requests ?? 0) + 1 });
};

/** Takes one event in. Throws, with nothing taken in, for data that is not what the type says. */
export const applyRegistration = (fold: RegistrationFold, event: StoredEvent, category: string): void => {
  if (category === 'Order') applyOrder(fold, event, idOf(event.streamName));
  else if (category === 'SeatsAvailability') applySeats(fold, event);
  else if (category === 'SeatAssignments') applyAssignments(fold, event);
  else if (category === 'Refund') applyRefund(fold, event);
};

export const seatTypesOf = (fold: RegistrationFold): readonly SeatTypeFact[] =>
  [...fold.seats].flatMap(([conferenceId, { types }]) =>
    [...types].map(([seatTypeId, { quota, remaining }]) => ({ conferenceId, seatTypeId, quota, remaining })),
  );
export const reservationsOf = (fold: RegistrationFold): readonly ReservationFact[] =>
  [...fold.seats.values()].flatMap(({ reservations }) => [...reservations.values()]);
