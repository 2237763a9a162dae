export { type MemoryEventStore, type MemoryEventStoreOptions, memoryEventStore } from './event-store.ts';
export { createEventDisk, type EventDisk, type SnapshotOnDisk } from './event-store-disk.ts';
export { type EventStoreFault, type EventStoreFaultScript, type EventStoreOperation, withEventStoreFaults } from './event-store-faults.ts';
export { type MemoryMessageBroker, type MemoryMessageBrokerOptions, memoryMessageBroker } from './message-broker.ts';
export { type BrokerDisk, createBrokerDisk } from './message-broker-disk.ts';
export {
  type BrokerFault,
  type BrokerFaults,
  type DeliveryFault,
  type FaultyMessageBrokerOptions,
  faultyMessageBroker,
  InjectedFault,
  type PublishFault,
} from './message-broker-faults.ts';
export { createReadModelDisk, type MemoryReadModelStoreOptions, memoryReadModelStore, type ReadModelDisk } from './read-model-store.ts';
export {
  awayReadModelStore,
  awayReadModelsOf,
  type FaultyReadModelStoreOptions,
  faultyReadModelStore,
  type ReadModelFault,
  type ReadModelFaults,
  type ReadModelOperation,
} from './read-model-store-faults.ts';
