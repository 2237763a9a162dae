export type { Conference, CreatedConference, SeatTypeDetails } from '@conference/conference-management-domain';
export * from './application.ts';
export { storedEvents } from './catalog.ts';
export { publications } from './publications.ts';
export type { AttendeeAnswer, ConferenceAnswer, ConferenceManagementQueries, OrderAnswer, Page, PageRequest } from './queries.ts';
export type { OrderState, PaymentState } from './read-models/conference-orders.ts';
export type { ConferenceView, Locator, SeatTypeView } from './read-models/conferences.ts';
