export * from './command-handler.ts';
export * from './command-outcome.ts';
export * from './context.ts';
export * from './context-runtime.ts';
export type { SendCommand } from './dispatcher.ts';
export * from './event-codec.ts';
export type { EventWatch } from './event-watch.ts';
export { Transient } from './keyed-consumer.ts';
export * from './log.ts';
export {
  type ParkedMessageDocument,
  type ParkedMessagesRefusal,
  parkedMessagesCollection,
} from './parking/parked-messages.ts';
export type { Parking, ParkingOutcome } from './parking/parking.ts';
export { commandPressure, type Pressure } from './pressure.ts';
export type { DeadlineDocument } from './process-manager-runner.ts';
export type { ProjectionRunner } from './projection-runner.ts';
export type { Publication, PublicForm } from './publisher.ts';
export * from './retry.ts';
export { type StateAsOf, type StreamHistory, streamHistory } from './stream-history.ts';
export type { SnapshotPolicy } from './stream-state.ts';
export * from './uuid.ts';
