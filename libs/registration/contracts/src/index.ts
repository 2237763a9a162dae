export { type NotPublished, notPublished } from './not-published.ts';
export * from './order-messages.ts';
export { original } from './original-messages.ts';
export * from './public-messages.ts';
export * from './refund-messages.ts';
export * from './seat-assignments-messages.ts';
export * from './seats-availability-messages.ts';
export { topics } from './topics.ts';
