import { topics as conferenceTopics } from '@conference/conference-management-contracts';
import { categoryOf } from '@conference/kernel';
import { topics as paymentTopics } from '@conference/payments-contracts';
import type { ServiceName } from '@conference/platform';
import type { StoredEvent } from '@conference/ports';
import { topics as registrationTopics } from '@conference/registration-contracts';
import type { RecordedFacts, SystemFacts } from '../facts.ts';
import { type Examination, each, notApplicable, type Problem, type Rule, together } from '../rule.ts';

type Stores = RecordedFacts['events'];
const stores = ({ recorded }: SystemFacts): readonly (readonly [string, readonly StoredEvent[]])[] =>
  Object.entries(recorded?.events ?? {});
const ofEachStore = (facts: SystemFacts, examine: (service: string, events: readonly StoredEvent[]) => Examination): Examination =>
  together(...stores(facts).map(([service, events]) => examine(service, events)));
const place = (service: string, { streamName, streamVersion }: StoredEvent): string => `${service}: ${streamName}@${streamVersion}`;

export const streamsAreDense: Rule = {
  name: 'streams-are-dense',
  invariant: 'I6',
  says: 'The versions of a stream count 0, 1, 2 … without holes, and positions only go up.',
  examine: (facts) =>
    ofEachStore(facts, (service, events) => {
      const next = new Map<string, number>();
      let last = '';
      return each(events, (event) => {
        const expected = next.get(event.streamName) ?? 0;
        next.set(event.streamName, event.streamVersion + 1);
        const problems: Problem[] = [];
        if (event.streamVersion !== expected) problems.push({ subject: place(service, event), detail: `version ${expected} was to come` });
        if (event.position <= last) problems.push({ subject: place(service, event), detail: `position ${event.position} after ${last}` });
        last = event.position;
        return problems;
      });
    }),
};

export const eventIdsAreUnique: Rule = {
  name: 'event-ids-are-unique',
  invariant: 'I6',
  says: 'No event id occurs twice in one store.',
  examine: (facts) =>
    ofEachStore(facts, (service, events) => {
      const seen = new Map<string, StoredEvent>();
      return each(events, (event) => {
        const other = seen.get(event.eventId);
        seen.set(event.eventId, event);
        return other === undefined ? [] : [{ subject: place(service, event), detail: `has the id of ${place(service, other)}` }];
      });
    }),
};

export const commandsHaveOneEffect: Rule = {
  name: 'commands-have-one-effect',
  invariant: 'I5',
  says: 'The events of one command lie in one stream, one behind the other.',
  examine: (facts) =>
    ofEachStore(facts, (service, events) => {
      const last = new Map<string, StoredEvent>();
      return each(events, (event) => {
        const { commandId } = event.metadata;
        const before = last.get(commandId);
        last.set(commandId, event);
        if (before === undefined || (before.streamName === event.streamName && before.streamVersion === event.streamVersion - 1)) return [];
        return [{ subject: place(service, event), detail: `command ${commandId} had its effect at ${place(service, before)} already` }];
      });
    }),
};

type Import = { readonly from: ServiceName; readonly to: ServiceName; readonly context: string; readonly categories: readonly string[] };
const imports: readonly Import[] = [
  { from: 'conference-management', to: 'registration', context: 'Registration', categories: conferenceTopics.conferences.categories },
  { from: 'payments', to: 'registration', context: 'Registration', categories: paymentTopics.payments.categories },
  {
    from: 'registration',
    to: 'payments',
    context: 'Payments',
    categories: [...registrationTopics.orders.categories, ...registrationTopics.refunds.categories],
  },
  {
    from: 'registration',
    to: 'conference-management',
    context: 'ConferenceManagement',
    categories: [...registrationTopics.orders.categories, ...registrationTopics.seats.categories],
  },
  { from: 'payments', to: 'conference-management', context: 'ConferenceManagement', categories: paymentTopics.payments.categories },
];

const idsByStream = (events: readonly StoredEvent[], isWanted: (category: string) => boolean): ReadonlyMap<string, readonly string[]> => {
  const streams = new Map<string, string[]>();
  for (const { streamName, eventId } of events) {
    if (!isWanted(categoryOf(streamName))) continue;
    const ids = streams.get(streamName);
    if (ids === undefined) streams.set(streamName, [eventId]);
    else ids.push(eventId);
  }
  return streams;
};

const importProblem = (sent: readonly string[], received: readonly string[], isQuiet: boolean): string | undefined => {
  const other = received.findIndex((id, index) => index < sent.length && sent[index] !== id);
  if (other >= 0) return `has another message at ${other}`;
  if (!isQuiet || sent.length === received.length) return undefined;
  return received.length < sent.length
    ? `has ${received.length} of ${sent.length} messages`
    : `has ${received.length} messages of a stream with ${sent.length} events`;
};

const examineImport = ({ from, to, context, categories }: Import, events: Stores, isQuiet: boolean): Examination => {
  const sent = idsByStream(events[from], (category) => categories.includes(category));
  const inboxes = categories.map((category) => `${context}Inbox${category}`);
  const received = idsByStream(events[to], (category) => inboxes.includes(category));
  const streams = [...new Set([...sent.keys(), ...[...received.keys()].map((name) => name.slice(`${context}Inbox`.length))])];
  return each(streams, (stream) => {
    const detail = importProblem(sent.get(stream) ?? [], received.get(`${context}Inbox${stream}`) ?? [], isQuiet);
    return detail === undefined ? [] : [{ subject: `${to}: ${context}Inbox${stream}`, detail }];
  });
};

export const messagesArrive: Rule = {
  name: 'messages-arrive',
  invariant: 'I7',
  says: 'Each event of a published stream is, at its place and with its id, in the inbox of every consumer.',
  examine: ({ recorded, isQuiet }) =>
    recorded === undefined ? notApplicable : together(...imports.map((one) => examineImport(one, recorded.events, isQuiet))),
};

export const eventsAreReadable: Rule = {
  name: 'events-are-readable',
  invariant: 'I4',
  says: 'The data of every event is what its type says.',
  examine: ({ recorded }) =>
    recorded === undefined
      ? notApplicable
      : { examined: Object.values(recorded.events).reduce((sum, { length }) => sum + length, 0), problems: recorded.unreadable },
};

export const nothingIsParked: Rule = {
  name: 'nothing-is-parked',
  invariant: 'I7',
  says: 'No message waits for an operator.',
  examine: ({ recorded, answered }) => {
    if (recorded === undefined && answered === undefined) return notApplicable;
    const parked = [...(recorded?.parked ?? []), ...(answered?.parked ?? [])];
    const problems = parked.map(({ service, subject, type, error }) => ({
      subject: `${service}: ${subject}`,
      detail: `${type}: ${error}`,
    }));
    return { examined: 3, problems };
  },
};
