/** How one thing is broken in the example system; everything else follows from it. */
import type { Instant, JsonObject, Position, StreamName } from '@conference/kernel';
import type { StoredEvent } from '@conference/ports';
import { answersFor, conferenceId, type ExampleEvents, exampleEvents, exampleJournal, now } from './example-system.fixture.ts';
import type { AnsweredFacts, OrderFact, PaymentFact, SystemFacts } from './facts.ts';
import { factsFromEvents } from './facts-from-events.ts';

export type Events = ExampleEvents;
export type Store = keyof Events;

/** The example with other events; the answers follow them unless they are changed too. */
export const factsOf = (
  change: (events: Events) => Events = (events) => events,
  options: { readonly isQuiet?: boolean; readonly now?: Instant; readonly answers?: (answered: AnsweredFacts) => AnsweredFacts } = {},
): SystemFacts => {
  const facts = factsFromEvents(change(exampleEvents()), {
    isQuiet: options.isQuiet ?? true,
    now: options.now ?? now,
    journal: exampleJournal,
  });
  const { recorded } = facts;
  if (recorded === undefined) return facts;
  return { ...facts, answered: (options.answers ?? ((answered) => answered))(answersFor(recorded)) };
};
export const said = (answers: (answered: AnsweredFacts) => AnsweredFacts): SystemFacts => factsOf(undefined, { answers });
/** The services alone, without their events. */
export const askedOnly = ({ recorded: _, ...facts }: SystemFacts): SystemFacts => facts;

/** Positions anew, as a store would have given them. */
const numbered = (events: readonly StoredEvent[]): readonly StoredEvent[] =>
  events.map((event, index) => ({ ...event, position: String(index + 1).padStart(16, '0') as Position }));
export const mapped =
  (store: Store, map: (event: StoredEvent) => readonly StoredEvent[]) =>
  (events: Events): Events => ({
    ...events,
    [store]: numbered(events[store].flatMap(map)),
  });
const isOf = ({ streamName, type }: StoredEvent, stream: string, of: string): boolean => streamName === stream && type === of;
export const without = (store: Store, stream: string, type: string) => mapped(store, (event) => (isOf(event, stream, type) ? [] : [event]));
export const changed = (store: Store, stream: string, type: string, change: JsonObject) =>
  mapped(store, (event) => [isOf(event, stream, type) ? { ...event, data: { ...event.data, ...change } } : event]);
let plantedEvents = 0;
/** One more event at the end of a store, in a stream of its own place. */
export const added =
  (store: Store, streamName: string, type: string, data: JsonObject) =>
  (events: Events): Events => {
    const streamVersion = events[store].filter((event) => event.streamName === streamName).length;
    plantedEvents += 1;
    const id = `00000000-0000-4000-8999-${String(plantedEvents).padStart(12, '0')}`;
    const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'anybody', occurredAt: now };
    const event = {
      eventId: id,
      type,
      schemaVersion: 1,
      data,
      metadata,
      streamName: streamName as StreamName,
      streamVersion,
      recordedAt: now,
    };
    return { ...events, [store]: numbered([...events[store], { ...event, position: '' as Position }]) };
  };

export const seats = `SeatsAvailability-${conferenceId}`;
export const order = (id: string): string => `Order-${id}`;
export const payment = (id: string): string => `Payment-${id}`;
export const usd = (amount: number) => ({ amount, currency: 'USD' });

export const withOrder =
  (id: string, change: Partial<OrderFact> | undefined) =>
  (answered: AnsweredFacts): AnsweredFacts => {
    const before = answered.orders.get(id);
    const after = change === undefined || before === undefined ? undefined : { ...before, ...change };
    return { ...answered, orders: new Map([...answered.orders, [id, after]]) };
  };
export const withPayment =
  (id: string, change: Partial<PaymentFact>) =>
  (answered: AnsweredFacts): AnsweredFacts => {
    const before = answered.payments.get(id);
    return before === undefined ? answered : { ...answered, payments: new Map([...answered.payments, [id, { ...before, ...change }]]) };
  };
export const secondPayment = '00000000-0000-4000-8004-000000000009';

export type Planted = readonly [rule: string, violation: string, facts: () => SystemFacts, reported: string];
