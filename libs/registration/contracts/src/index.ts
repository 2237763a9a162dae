export * from './order-messages.ts';
export { type NotPublished, notPublished, type PublicMessage, type PublicSchema } from './public-message.ts';
export * from './public-messages.ts';
export * from './refund-messages.ts';
export * from './seat-assignments-messages.ts';
export * from './seats-availability-messages.ts';
export { topics } from './topics.ts';
