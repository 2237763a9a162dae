// STORAGE CONTRACT: names and shapes here are what lies in the event store. A changed shape is a new schema version with an
// upcaster and a golden file; a changed meaning is a new event type; nothing is ever removed.
import type { DomainEvent } from '@conference/kernel';

export type ConferenceDetails = {
  readonly name: string;
  readonly description: string;
  readonly location: string;
  readonly tagline: string | null;
  readonly twitterSearch: string | null;
  /** `2027-05-02`. */
  readonly startDate: string;
  readonly endDate: string;
};
export type Owner = { readonly name: string; readonly email: string };
export type SeatTypeDetails = {
  readonly seatTypeId: string;
  readonly name: string;
  readonly description: string;
  /** Minor units of the conference's currency. */
  readonly price: number;
  /** Absolute: all seats of the type, sold or not. */
  readonly quota: number;
};

export type ConferenceEvent =
  | DomainEvent<
      'ConferenceCreated',
      ConferenceDetails & {
        readonly conferenceId: string;
        readonly slug: string;
        /** ISO 4217; one per conference (PRC-6). */
        readonly currency: string;
        readonly owner: Owner;
        readonly accessCode: string;
      }
    >
  | DomainEvent<'ConferenceUpdated', ConferenceDetails & { readonly conferenceId: string }>
  /** With all seat types: who hears of the conference only now knows everything (F14). */
  | DomainEvent<'ConferencePublished', { readonly conferenceId: string; readonly seatTypes: readonly SeatTypeDetails[] }>
  | DomainEvent<'ConferenceUnpublished', { readonly conferenceId: string }>
  | DomainEvent<'SeatTypeCreated', SeatTypeDetails & { readonly conferenceId: string; readonly wasEverPublished: boolean }>
  | DomainEvent<'SeatTypeUpdated', SeatTypeDetails & { readonly conferenceId: string; readonly wasEverPublished: boolean }>
  | DomainEvent<'SeatTypeDeleted', { readonly conferenceId: string; readonly seatTypeId: string; readonly wasEverPublished: boolean }>;
