export { type KafkaMessageBrokerOptions, openKafkaMessageBroker } from './message-broker.ts';
