import { categoryOf, type Instant } from '@conference/kernel';
import { publicMessages as paymentMessages } from '@conference/payments-contracts';
import type { ServiceName } from '@conference/platform';
import type { StoredEvent } from '@conference/ports';
import { z } from 'zod';
import type { Journal, PaymentState } from '../journey/index.ts';
import type { EventsOfServices, ParkedFact, PaymentFact, RecordedFacts, SystemFacts } from './facts.ts';
import { applyRegistration, registrationFold, reservationsOf, seatTypesOf } from './fold-registration.ts';

const paymentStateOf: { readonly [type: string]: PaymentState } = {
  PaymentInitiated: 'initiated',
  PaymentCompleted: 'completed',
  PaymentRejected: 'rejected',
  PaymentRefundRequested: 'refund-requested',
  PaymentRefunded: 'refunded',
};

const applyPayment = (payments: Map<string, PaymentFact>, { type, data }: StoredEvent): void => {
  const { paymentId: id, orderId, amount } = paymentMessages.PaymentCompleted.schema.parse(data);
  const state = paymentStateOf[type];
  if (state === undefined) throw new Error(`${type} is no event of a payment`);
  payments.set(id, { id, orderId, amount, state });
};

const parkedData = z.object({ id: z.string(), subject: z.string(), type: z.string(), error: z.string() });
const releasedData = z.object({ id: z.string() });

/** Still parked at the end: neither retried nor skipped after it was parked last. */
const stillParked = (service: ServiceName, events: readonly StoredEvent[]): readonly ParkedFact[] => {
  const parked = new Map<string, ParkedFact>();
  for (const { type, data, streamName } of events) {
    if (!/Parked$/.test(categoryOf(streamName))) continue;
    if (type === 'MessageParked') {
      const { id, subject, type: of, error } = parkedData.parse(data);
      parked.set(id, { service, subject, type: of, error });
    } else parked.delete(releasedData.parse(data).id);
  }
  return [...parked.values()];
};

/** What a category's events are folded with; those of inboxes, processes and the processor are looked at by other rules. */
const foldEvents = (events: EventsOfServices): RecordedFacts => {
  const registration = registrationFold();
  const payments = new Map<string, PaymentFact>();
  const unreadable: { subject: string; detail: string }[] = [];
  const reading = (event: StoredEvent, read: () => void): void => {
    try {
      read();
    } catch (error) {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      unreadable.push({ subject: `${event.streamName}@${event.streamVersion}`, detail: `${event.type}: ${detail}` });
    }
  };
  for (const event of events.registration) reading(event, () => applyRegistration(registration, event, categoryOf(event.streamName)));
  for (const event of events.payments) if (categoryOf(event.streamName) === 'Payment') reading(event, () => applyPayment(payments, event));
  return {
    events,
    orders: [...registration.orders.values()],
    payments: [...payments.values()],
    refunds: [...registration.refunds.values()],
    seatsChanges: registration.seatsChanges,
    seatTypes: seatTypesOf(registration),
    reservations: reservationsOf(registration),
    assignments: [...registration.assignments.values()],
    parked: [
      ...stillParked('conference-management', events['conference-management']),
      ...stillParked('registration', events.registration),
      ...stillParked('payments', events.payments),
    ],
    unreadable,
  };
};

/**
 * The facts of a system from its events alone, each store's in the order of its positions. Pure: serves a data folder and a
 * simulation alike. `isQuiet` says that nothing is under way, so that the rules about how things end apply.
 */
export const factsFromEvents = (
  events: {
    readonly conferenceManagement: readonly StoredEvent[];
    readonly registration: readonly StoredEvent[];
    readonly payments: readonly StoredEvent[];
  },
  options: { readonly isQuiet: boolean; readonly now?: Instant; readonly journal?: Journal },
): SystemFacts => ({
  ...options,
  recorded: foldEvents({
    'conference-management': events.conferenceManagement,
    registration: events.registration,
    payments: events.payments,
  }),
});
