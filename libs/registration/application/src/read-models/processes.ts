import { collection, type DomainEvent, type Instant, idOf, type ProcessEvent, type Projection } from '@conference/kernel';
import { type Registration, type RegistrationCommand, type RegistrationFacts, registration } from '@conference/registration-domain';
import { type EventDecoder, UndecodableEvent } from '@conference/runtime';

export type ProcessState = Registration['state'];
/** What brings a process further; null when nothing has to. */
export type AwaitedByProcess = 'order' | 'seats' | 'payment' | 'confirmation' | null;

/** Where the registration process of an order stands, for the operator. No personal data: the process keeps none. */
export type ProcessDocument = {
  readonly orderId: string;
  readonly state: ProcessState;
  readonly deadlines: { readonly [name: string]: Instant };
  /** The process's own state, from which the next one follows. */
  readonly registration: Registration;
};

export const processes = collection<ProcessDocument>()({
  name: 'processes',
  version: 1,
  // Without a state by what never changes: who walks the list meets each process once, wherever it goes meanwhile.
  indexes: { byState: ['state', 'orderId'], byOrder: ['orderId'] },
});

const awaited: { readonly [S in ProcessState]: AwaitedByProcess } = {
  'not-started': 'order',
  'awaiting-reservation': 'seats',
  'reservation-received': 'payment',
  confirming: 'confirmation',
  'reserving-again': 'seats',
  confirmed: null,
  expired: null,
  cancelled: null,
};
export const processStates: readonly ProcessState[] = [
  'not-started',
  'awaiting-reservation',
  'reservation-received',
  'confirming',
  'reserving-again',
  'confirmed',
  'expired',
  'cancelled',
];
export const awaitedBy = ({ state }: Pick<ProcessDocument, 'state'>): AwaitedByProcess => awaited[state];

/** The one that comes first. */
export const nextDeadline = ({
  deadlines,
}: Pick<ProcessDocument, 'deadlines'>): { readonly name: string; readonly dueAt: Instant } | null =>
  Object.entries(deadlines)
    .map(([name, dueAt]) => ({ name, dueAt }))
    .toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1))[0] ?? null;

export type RegistrationProcessEvent = ProcessEvent<RegistrationFacts, RegistrationCommand>;

const withChanges = (
  deadlines: ProcessDocument['deadlines'],
  changes: RegistrationProcessEvent['data']['deadlines'],
): ProcessDocument['deadlines'] => {
  const after = new Map(Object.entries(deadlines));
  for (const change of changes)
    if ('set' in change) after.set(change.set, change.at);
    else after.delete(change.clear);
  return Object.fromEntries(after);
};

export const processesProjection: Projection<ProcessDocument, RegistrationProcessEvent> = {
  collection: processes,
  categories: [registration.name],
  idsOf: ({ stream }) => [idOf(stream)],
  evolve: (document, { event }, orderId) => {
    const after = registration.evolve(document?.registration ?? registration.initialState, event);
    return { orderId, state: after.state, deadlines: withChanges(document?.deadlines ?? {}, event.data.deadlines), registration: after };
  },
};

/** The process writes its events itself; their shape is that of the runner. */
export const processDecoder: EventDecoder<RegistrationProcessEvent> = {
  decode: ({ type, schemaVersion, data }) => {
    if (type !== 'InputHandled') return undefined;
    if (schemaVersion !== 1) throw new UndecodableEvent(`${type} has version ${schemaVersion}, this release knows 1`);
    return { type, data } as DomainEvent as RegistrationProcessEvent;
  },
};
