export * from './conference-messages.ts';
export { type NotPublished, notPublished } from './not-published.ts';
export { topics } from './topics.ts';
