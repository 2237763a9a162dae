export { absent, type IndexKey } from './cursor.ts';
export * from './engine-unavailable.ts';
export * from './event-store.ts';
export * from './message-broker.ts';
export * from './message-validation.ts';
export * from './query-plan.ts';
export * from './read-model-store.ts';
export * from './time.ts';
