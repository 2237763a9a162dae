import type { Instant } from '@conference/kernel';
import { categoryOf, idOf } from '@conference/kernel';
import { type ServiceName, systemTimer, tokens } from '@conference/platform';
import { type Held, type Journal, type Order, RequestRefused, type SystemClient, serviceNames } from '../journey/index.ts';
import type { AnsweredFacts, EventsOfServices, OrderFact, ParkedFact } from './facts.ts';
import { isPresent } from './facts.ts';

/** Requests under way at a time: enough to be quick, few enough not to be a load test. */
const atOnce = 12;

const forEach = async <Item, Result>(items: readonly Item[], ask: (item: Item) => Promise<Result>): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await ask(items[index] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
};

/** Undefined for 404, which is what a service answers for what it does not know. */
const orUnknown = async <Value>(answer: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RequestRefused && error.status === 404) return undefined;
    throw error;
  }
};

const orderFact = (order: Order): OrderFact => ({
  id: order.id,
  conferenceId: order.conferenceId,
  state: order.state,
  total: order.total,
  isFreeOfCharge: order.isFreeOfCharge,
  requested: order.items.map(({ seatTypeId, requested }) => ({ seatTypeId, quantity: requested })),
  reserved: order.items.map(({ seatTypeId, reserved }) => ({ seatTypeId, quantity: reserved })),
  linesTotal: order.items.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0),
  version: order.version,
});

/** What to ask for, with the tokens that the answers need. */
export type Subjects = {
  readonly conferences: readonly (Held & { readonly slug: string })[];
  readonly orders: readonly Held[];
  readonly payments: readonly Held[];
};

export const subjectsOfJournal = ({ conferences, orders, payments }: Journal): Subjects => ({ conferences, orders, payments });

const tokenDays = 1;
const textIn = (data: { readonly [key: string]: unknown }, member: string): string => String(data[member] ?? '');

/** Everything that the events speak of, with tokens made for it. */
export const subjectsOfEvents = (events: EventsOfServices, tokenSecret: string): Subjects => {
  const { sign } = tokens({ secret: tokenSecret, clock: systemTimer });
  const expiresAt = new Date(Date.now() + tokenDays * 86_400_000).toISOString() as Instant;
  const first = (service: ServiceName, type: string) =>
    events[service].filter((event) => event.type === type && !/Inbox/.test(categoryOf(event.streamName)));
  const registrant = (orderId: string): string => sign({ kind: 'registrant', sub: orderId, expiresAt });
  return {
    conferences: first('conference-management', 'ConferenceCreated').map(({ streamName, data }) => {
      const id = idOf(streamName);
      return { id, token: sign({ kind: 'organiser', sub: id, expiresAt }), slug: textIn(data, 'slug') };
    }),
    orders: first('registration', 'OrderPlaced').map(({ streamName }) => ({ id: idOf(streamName), token: registrant(idOf(streamName)) })),
    payments: first('payments', 'PaymentInitiated').map(({ streamName, data }) => ({
      id: idOf(streamName),
      token: registrant(textIn(data, 'orderId')),
    })),
  };
};

const byId = <Entry extends { readonly id: string }>(entries: readonly Entry[]): readonly Entry[] => [
  ...new Map(entries.map((entry) => [entry.id, entry])).values(),
];

export const joined = (a: Subjects, b: Subjects): Subjects => ({
  conferences: byId([...a.conferences, ...b.conferences]),
  orders: byId([...a.orders, ...b.orders]),
  payments: byId([...a.payments, ...b.payments]),
});

const askConferences = async (system: SystemClient, conferences: Subjects['conferences']) =>
  forEach(conferences, async (conference) => {
    const conferenceId = conference.id;
    const [offered, managed, orders, attendees] = await Promise.all([
      orUnknown(system.registrant.seatTypes(conference.slug)),
      system.organiser.seatTypes(conference),
      system.organiser.orders(conference),
      system.organiser.attendees(conference),
    ]);
    return {
      offered: (offered ?? []).map(({ id: seatTypeId, quota, available }) => ({ conferenceId, seatTypeId, quota, available })),
      managed: managed.map(({ id: seatTypeId, quota, remaining }) => ({ conferenceId, seatTypeId, quota, remaining })),
      managedOrders: orders.map(({ id, state, total }) => ({ conferenceId, id, state, total })),
      attendees: attendees.map(({ orderId, position, email }) => ({ conferenceId, orderId, position, email })),
    };
  });

const askParked = async (system: SystemClient, operatorToken: string | undefined): Promise<readonly ParkedFact[]> => {
  if (operatorToken === undefined) return [];
  const lists = await forEach(serviceNames, async (service) => {
    const messages = await system.operator(service, operatorToken).parkedMessages();
    return messages.map(({ subject, type, error }) => ({ service, subject, type, error }));
  });
  return lists.flat();
};

/** Asks for all of it. What the services do not answer is an error; what they do not know is a fact. */
export const askServices = async (system: SystemClient, subjects: Subjects, operatorToken?: string): Promise<AnsweredFacts> => {
  const orders = await forEach(subjects.orders, async (held) => {
    const order = await orUnknown(system.registrant.order(held));
    return [held.id, order && orderFact(order)] as const;
  });
  const tokenOf = new Map(subjects.orders.map((held) => [held.id, held]));
  const confirmed = orders.flatMap(([id, order]) => (order?.state === 'confirmed' ? [tokenOf.get(id)] : [])).filter(isPresent);
  const assignments = await forEach(confirmed, async (held) => {
    const seats = await system.registrant.seats(held);
    return [
      held.id,
      seats.map(({ position, seatTypeId, attendee }) => ({ position, seatTypeId, attendee: attendee?.email ?? null })),
    ] as const;
  });
  const payments = await forEach(subjects.payments, async (held) => [held.id, await orUnknown(system.payer.payment(held))] as const);
  const conferences = await askConferences(system, subjects.conferences);
  return {
    orders: new Map(orders),
    payments: new Map(payments),
    assignments: new Map(assignments.filter(([, seats]) => seats.length > 0)),
    offered: conferences.flatMap(({ offered }) => offered),
    managed: conferences.flatMap(({ managed }) => managed),
    managedOrders: conferences.flatMap(({ managedOrders }) => managedOrders),
    attendees: conferences.flatMap(({ attendees }) => attendees),
    conferences: subjects.conferences.map(({ id }) => id),
    parked: await askParked(system, operatorToken),
  };
};
