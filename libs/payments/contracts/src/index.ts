export { type NotPublished, notPublished } from './not-published.ts';
export * from './payment-messages.ts';
export { topics } from './topics.ts';
