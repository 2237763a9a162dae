/**
 * Where the facts of this context are published, of which streams, and who reads them. `key` keeps messages in order on
 * their way: `subject` is the stream's id. Every message of one stream goes to one topic; two topics keep no order between
 * each other.
 */
export const topics = {
  conferences: {
    name: 'conference-management.conferences.v1',
    categories: ['Conference'],
    key: 'subject',
    keyIs: 'the conference’s id',
    consumers: ['registration'],
  },
} as const;
