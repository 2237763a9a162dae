export { type Certificate, selfSignedCertificate } from './certificate.ts';
export type { FaultRequest } from './control.ts';
export { type Control, controlAt } from './control-client.ts';
export {
  type EventStoreDouble,
  type EventStoreDoubleOptions,
  type EventStoreDoubleState,
  type Security,
  startEventStoreDouble,
} from './double.ts';
export type { AppendFault, Fault, Faults, SlowConsumers } from './faults.ts';
export { runEventStoreProcess } from './process.ts';
export { type EventStoreServer, type EventStoreServerOptions, startEventStoreServer } from './server.ts';
