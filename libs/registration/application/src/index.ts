export * from './application.ts';
export { registrationCodec, storedEvents } from './catalog.ts';
export type { OrderDecisions } from './order-decisions.ts';
export type { OrderAt } from './order-history.ts';
export { publications } from './publications.ts';
export type { Arriving, OrderAsOf, Page, PageRequest, RegistrationQueries } from './queries.ts';
export type { QuoteRefusal, Selection } from './quote.ts';
export type { ConferenceDocument } from './read-models/conferences.ts';
export type { AssignedSeat, OrderSeatsDocument } from './read-models/order-seats.ts';
export {
  type OrderDocument,
  type OrderItem,
  type OrderState,
  orderEventTypes,
  ordersProjection,
  type PaymentState,
  paymentStateOf,
} from './read-models/orders.ts';
export {
  type AwaitedByProcess,
  awaitedBy,
  nextDeadline,
  type ProcessDocument,
  type ProcessState,
  processStates,
} from './read-models/processes.ts';
