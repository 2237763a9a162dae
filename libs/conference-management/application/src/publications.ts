import { type ConferenceMessage, publicMessages, topics } from '@conference/conference-management-contracts';
import type { ConferenceEvent } from '@conference/conference-management-domain';
import { idOf } from '@conference/kernel';
import type { Publication } from '@conference/runtime';

const notPublished: ConferenceMessage = { type: 'NotPublished', data: {} };

/** Owner and access code stay inside; of seat types nobody hears before the first publication, which carries them all (F13, F14). */
const publicMessage = (event: ConferenceEvent): ConferenceMessage => {
  switch (event.type) {
    case 'ConferenceCreated': {
      const { owner: _, accessCode: __, ...data } = event.data;
      return { type: 'ConferenceCreated', data };
    }
    case 'SeatTypeCreated':
    case 'SeatTypeUpdated': {
      const { wasEverPublished, ...data } = event.data;
      return wasEverPublished ? { type: event.type, data } : notPublished;
    }
    case 'SeatTypeDeleted': // only before the first publication
      return notPublished;
    default:
      return event;
  }
};

const { conferences } = topics;

export const publications: readonly Publication<ConferenceEvent>[] = [
  {
    topic: conferences.name,
    categories: conferences.categories,
    keyOf: ({ stream }) => idOf(stream),
    publicForm: ({ event }) => {
      const message = publicMessage(event);
      return { ...message, schemaVersion: publicMessages[message.type].version };
    },
  },
];
