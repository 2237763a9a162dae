export type { SaslLogin } from './client.ts';
export { BrokerUnusable } from './failure.ts';
export { type KafkaMessageBrokerOptions, openKafkaMessageBroker } from './message-broker.ts';
