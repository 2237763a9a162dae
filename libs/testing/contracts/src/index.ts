export { type EventStoreContract, type EventStoreUnderTest, eventStoreContract } from './event-store.ts';
export { type EventStoreCapabilities, eventStoreCapabilities } from './event-store-capabilities.ts';
export { type MessageBrokerContractOptions, messageBrokerContract } from './message-broker.ts';
export { type MessageBrokerCapabilities, messageBrokerCapabilities } from './message-broker-capabilities.ts';
export type { MessageBrokerUnderTest } from './message-broker-fixtures.ts';
export { type ReadModelStoreContractOptions, readModelStoreContract } from './read-model-store.ts';
export {
  type AwayReadModelStoreUnderTest,
  type ReadModelStoreAwayContractOptions,
  readModelStoreAwayContract,
} from './read-model-store-away.ts';
export { type ReadModelStoreCapabilities, readModelStoreCapabilities } from './read-model-store-capabilities.ts';
export type { ReadModelStoreUnderTest } from './read-model-store-fixtures.ts';
