export { type EventStoreDouble, type EventStoreDoubleOptions, startEventStoreDouble } from './double.ts';
export type { AppendFault, Faults, SlowConsumers } from './faults.ts';
