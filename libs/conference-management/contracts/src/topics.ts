/**
 * Where the facts of this context are published, and of which streams. `key` keeps messages in order on their way:
 * `subject` is the stream's id. Every message of one stream goes to one topic; two topics keep no order between each other.
 */
export const topics = {
  /** Key: the conference's id. Consumed by registration. */
  conferences: { name: 'conference-management.conferences.v1', categories: ['Conference'], key: 'subject' },
} as const;
