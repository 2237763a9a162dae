/** The events of all three services on one EventStoreDB, read beside running services. */
import { openEventStoreDb } from '@conference/adapter-eventstoredb';
import { categoryOf, origin } from '@conference/kernel';
import type { ServiceName } from '@conference/platform';
import type { EventStore, StoredEvent } from '@conference/ports';
import type { EventsOfServices } from './facts.ts';

/** What is no service's own begins with its context's name. */
const own: { readonly [Service in ServiceName]: RegExp } = {
  'conference-management': /^Conference(Management\w+)?$/,
  registration: /^(Order|SeatsAvailability|SeatAssignments|Refund|Registration\w*)$/,
  payments: /^(Payment|SimulatedCheckout|Payments\w+)$/,
};
const services = Object.keys(own) as readonly ServiceName[];

/** Throws for a stream of nobody. */
export const ownerOf = ({ streamName }: Pick<StoredEvent, 'streamName'>): ServiceName => {
  const category = categoryOf(streamName);
  const owner = services.find((service) => own[service].test(category));
  if (owner === undefined) throw new Error(`${streamName} is a stream of no service`);
  return owner;
};

const readAll = async (eventStore: EventStore): Promise<readonly StoredEvent[]> => {
  const stop = new AbortController();
  const events: StoredEvent[] = [];
  for await (const batch of eventStore.subscribeToAll({ after: origin, signal: stop.signal })) {
    events.push(...batch.events);
    if (batch.caughtUp) break;
  }
  stop.abort();
  return events;
};

/** By position; all of them at one moment, other than in stores of their own. */
export const readEventsAt = async (url: string): Promise<EventsOfServices> => {
  const { eventStore } = await openEventStoreDb({ url, context: 'Checker' });
  try {
    const grouped = Object.groupBy(await readAll(eventStore), ownerOf);
    return {
      'conference-management': grouped['conference-management'] ?? [],
      registration: grouped.registration ?? [],
      payments: grouped.payments ?? [],
    };
  } finally {
    await eventStore.close();
  }
};
