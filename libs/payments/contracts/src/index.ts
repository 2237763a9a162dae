export * from './payment-messages.ts';
export { type NotPublished, notPublished, type PublicMessage, type PublicSchema } from './public-message.ts';
export { topics } from './topics.ts';
