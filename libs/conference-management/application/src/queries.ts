import type { Conference, ConferenceEvent, CreatedConference } from '@conference/conference-management-domain';
import { type Instant, type JsonObject, type Position, type Recorded, type StreamVersion, streamName } from '@conference/kernel';
import type { Found, ReadModelStore } from '@conference/ports';
import type { ProjectionRunner, StreamHistory } from '@conference/runtime';
import { type AttendeeDocument, attendees } from './read-models/attendees.ts';
import {
  type ConferenceOrderDocument,
  conferenceOrders,
  type OrderState,
  type PaymentState,
  type PlacedOrder,
  paymentStateOf,
} from './read-models/conference-orders.ts';
import {
  type ConferenceDocument,
  type ConferenceView,
  conferences,
  type Locator,
  type SeatTypeView,
  seatTypesOf,
} from './read-models/conferences.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

export type ConferenceAnswer = ConferenceView & { readonly conferenceId: string; readonly version: number };
export type OrderAnswer = Omit<PlacedOrder, 'confirmedBy' | 'state'> & {
  readonly orderId: string;
  readonly state: OrderState;
  readonly paymentState: PaymentState;
};
export type AttendeeAnswer = Omit<AttendeeDocument, 'status' | 'attendee' | 'conferenceId'> & NonNullable<AttendeeDocument['attendee']>;

/** Each is one read of one document, or of one index; those of the past read the conference's own events. */
export interface ConferenceManagementQueries {
  /** Waits for one that has just been created here. Undefined: there is none, or its events have not arrived yet. */
  conference(conferenceId: string): Promise<ConferenceAnswer | undefined>;
  /** The one that a command created, as far as the read model has seen. */
  conferenceCreatedBy(commandId: string): Promise<string | undefined>;
  /** Whether its events say that there is one, whatever the read model has seen. */
  isCreated(conferenceId: string): Promise<boolean>;
  /** Folded from its events up to a moment; undefined before its creation. */
  conferenceAsOf(
    conferenceId: string,
    at: Instant,
  ): Promise<{ readonly conference: CreatedConference; readonly version: StreamVersion } | undefined>;
  /** Its events from a version on, oldest first, at most so many. */
  history(
    conferenceId: string,
    range: { readonly from: StreamVersion; readonly maxCount: number },
  ): Promise<readonly Recorded<ConferenceEvent>[]>;
  /** In the order of creation, those after an ordinal; as `conference`. `version` and `currency` are the conference's. */
  seatTypes(
    conferenceId: string,
    page: { readonly limit: number; readonly after?: number },
  ): Promise<{ readonly items: readonly SeatTypeView[]; readonly version: StreamVersion; readonly currency: string } | undefined>;
  /** By the time of placing. Cancelled orders stay, expired ones go. */
  orders(conferenceId: string, page: PageRequest): Promise<Page<OrderAnswer>>;
  /** Assigned seats only, by order and position. */
  attendees(conferenceId: string, page: PageRequest): Promise<Page<AttendeeAnswer>>;
  /** By what the organiser knows; sees every conference that this instance has created. */
  locateConference(request: { readonly email: string; readonly accessCode: string }): Promise<string | undefined>;
  /** False while a read model is filled for the first time or anew: what is not found may yet be there. */
  isFilled(model: keyof Runners): Promise<boolean>;
  /** Until the read model has seen a position; false when that takes longer. */
  waitFor(model: 'conferences' | 'orders' | 'attendees', position: Position, withinMs: number): Promise<boolean>;
}

export type Runners = {
  readonly conferences: Pick<ProjectionRunner<ConferenceDocument>, 'waitFor'>;
  readonly orders: Pick<ProjectionRunner<ConferenceOrderDocument>, 'waitFor'>;
  readonly attendees: Pick<ProjectionRunner<AttendeeDocument>, 'waitFor'>;
};

const orderAnswer = (document: ConferenceOrderDocument): readonly OrderAnswer[] => {
  const { orderId, order } = document;
  if (order === null) return [];
  const { state, total, registrant, placedAt } = order;
  return [{ orderId, state, total, registrant, placedAt, paymentState: paymentStateOf(document) }];
};
const attendeeAnswer = ({ orderId, position, seatTypeId, seatTypeName, attendee }: AttendeeDocument): readonly AttendeeAnswer[] =>
  attendee === null ? [] : [{ orderId, position, seatTypeId, seatTypeName, ...attendee }];

const collections = { conferences, orders: conferenceOrders, attendees };

const creationWaitMs = 2_000;

export const conferenceManagementQueries = (options: {
  readonly store: ReadModelStore;
  readonly running: Runners;
  readonly history: StreamHistory<Conference, ConferenceEvent>;
  readonly locator: Locator;
  /** Of the latest conference that was created here: who creates one and asks for it at once must find it. */
  readonly latestCreation: () => Position;
}): ConferenceManagementQueries => {
  const { store, running, history, locator, latestCreation } = options;
  const streamOf = (conferenceId: string) => streamName('Conference', conferenceId);
  const creations = (): Promise<boolean> => running.conferences.waitFor(latestCreation(), creationWaitMs);

  type Shown = Found<ConferenceDocument> & { readonly view: ConferenceView };
  const read = async (conferenceId: string): Promise<Shown | undefined> => {
    const of = await store.get(conferences, conferenceId);
    return of === undefined || of.document.conference === null ? undefined : { ...of, view: of.document.conference };
  };
  const found = async (conferenceId: string): Promise<Shown | undefined> => {
    const shown = await read(conferenceId);
    if (shown !== undefined) return shown;
    await creations();
    return read(conferenceId);
  };
  return {
    conference: async (conferenceId) => {
      const of = await found(conferenceId);
      return of && { ...of.view, conferenceId, version: of.version ?? 0 };
    },
    conferenceCreatedBy: async (createdBy) => {
      const { items } = await store.find(conferences, { index: 'byCreation', equals: { createdBy }, limit: 1 });
      return items[0]?.id;
    },
    isCreated: async (conferenceId) => (await history.events(streamOf(conferenceId), { from: 0, maxCount: 1 })).length > 0,
    conferenceAsOf: async (conferenceId, at) => {
      const then = await history.asOf(streamOf(conferenceId), at);
      return then === undefined || then.state.status === 'not-created' ? undefined : { conference: then.state, version: then.version };
    },
    history: (conferenceId, range) => history.events(streamOf(conferenceId), range),
    seatTypes: async (conferenceId, { limit, after = -1 }) => {
      const of = await found(conferenceId);
      if (of === undefined) return undefined;
      const items = seatTypesOf(of.document)
        .filter(({ ordinal }) => ordinal > after)
        .slice(0, limit);
      return { items, version: of.version ?? 0, currency: of.view.currency };
    },
    orders: async (conferenceId, page) => {
      const { items, next } = await store.find(conferenceOrders, {
        index: 'byConference',
        equals: { conferenceId, listing: 'listed' },
        ...page,
      });
      return { items: items.flatMap(({ document }) => orderAnswer(document)), next };
    },
    attendees: async (conferenceId, page) => {
      const { items, next } = await store.find(attendees, { index: 'byConference', equals: { conferenceId, status: 'assigned' }, ...page });
      return { items: items.flatMap(({ document }) => attendeeAnswer(document)), next };
    },
    locateConference: async ({ email, accessCode }) => {
      await creations();
      const { items } = await store.find(conferences, { index: 'byLocator', equals: { locator: locator(email, accessCode) }, limit: 1 });
      return items[0]?.id;
    },
    isFilled: async (model) => (await store.active<JsonObject>(collections[model])) !== undefined,
    waitFor: (model, position, withinMs) => running[model].waitFor(position, withinMs),
  };
};
