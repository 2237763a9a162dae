import type { Position } from '@conference/kernel';
import { type Found, InvalidCursor, type ReadModelStore } from '@conference/ports';
import type { ProjectionRunner } from '@conference/runtime';
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

/** Each is one read of one document, or of one index. */
export interface ConferenceManagementQueries {
  conference(conferenceId: string): Promise<ConferenceAnswer | undefined>;
  /** Undefined when there is no such conference. `version` and `currency` are the conference's. */
  seatTypes(
    conferenceId: string,
    page: PageRequest,
  ): Promise<(Page<SeatTypeView> & { readonly version: number; readonly currency: string }) | undefined>;
  /** By the time of placing. Cancelled orders stay, expired ones go. */
  orders(conferenceId: string, page: PageRequest): Promise<Page<OrderAnswer>>;
  /** Assigned seats only, by order and position. */
  attendees(conferenceId: string, page: PageRequest): Promise<Page<AttendeeAnswer>>;
  /** By what the organiser knows; sees every conference that this instance has created. */
  locateConference(request: { readonly email: string; readonly accessCode: string }): Promise<string | undefined>;
  /** Until the read model has seen a position; false when that takes longer. */
  waitFor(model: 'conferences' | 'orders' | 'attendees', position: Position, withinMs: number): Promise<boolean>;
}

export type Runners = {
  readonly conferences: Pick<ProjectionRunner<ConferenceDocument>, 'waitFor'>;
  readonly orders: Pick<ProjectionRunner<ConferenceOrderDocument>, 'waitFor'>;
  readonly attendees: Pick<ProjectionRunner<AttendeeDocument>, 'waitFor'>;
};

const cursorOf = (conferenceId: string, ordinal: number): string => Buffer.from(`${conferenceId}/${ordinal}`).toString('base64url');
const ordinalOf = (conferenceId: string, cursor: string): number => {
  const [id, ordinal = ''] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (id !== conferenceId || !/^\d{1,15}$/.test(ordinal) || cursorOf(id, Number(ordinal)) !== cursor)
    throw new InvalidCursor('not a cursor of this list');
  return Number(ordinal);
};

/** A page of what one document holds: its items are few, but a list is a list. */
const pageOfSeatTypes = (conferenceId: string, all: readonly SeatTypeView[], { limit, after }: PageRequest): Page<SeatTypeView> => {
  const from = after === undefined ? -1 : ordinalOf(conferenceId, after);
  const rest = all.filter(({ ordinal }) => ordinal > from);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > items.length && last !== undefined ? cursorOf(conferenceId, last.ordinal) : null };
};

const orderAnswer = (document: ConferenceOrderDocument): readonly OrderAnswer[] => {
  const { orderId, order } = document;
  if (order === null) return [];
  const { state, total, registrant, placedAt } = order;
  return [{ orderId, state, total, registrant, placedAt, paymentState: paymentStateOf(document) }];
};
const attendeeAnswer = ({ orderId, position, seatTypeId, seatTypeName, attendee }: AttendeeDocument): readonly AttendeeAnswer[] =>
  attendee === null ? [] : [{ orderId, position, seatTypeId, seatTypeName, ...attendee }];

const sessionWaitMs = 2_000;

export const conferenceManagementQueries = (options: {
  readonly store: ReadModelStore;
  readonly running: Runners;
  readonly locator: Locator;
  /** Of the latest conference that was created here: who creates one and opens a session at once must find it. */
  readonly latestCreation: () => Position;
}): ConferenceManagementQueries => {
  const { store, running, locator, latestCreation } = options;
  const found = async (conferenceId: string): Promise<(Found<ConferenceDocument> & { readonly view: ConferenceView }) | undefined> => {
    const of = await store.get(conferences, conferenceId);
    return of === undefined || of.document.conference === null ? undefined : { ...of, view: of.document.conference };
  };
  return {
    conference: async (conferenceId) => {
      const of = await found(conferenceId);
      return of && { ...of.view, conferenceId, version: of.version ?? 0 };
    },
    seatTypes: async (conferenceId, page) => {
      const of = await found(conferenceId);
      return (
        of && { ...pageOfSeatTypes(conferenceId, seatTypesOf(of.document), page), version: of.version ?? 0, currency: of.view.currency }
      );
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
      await running.conferences.waitFor(latestCreation(), sessionWaitMs);
      const { items } = await store.find(conferences, { index: 'byLocator', equals: { locator: locator(email, accessCode) }, limit: 1 });
      return items[0]?.id;
    },
    waitFor: (model, position, withinMs) => running[model].waitFor(position, withinMs),
  };
};
