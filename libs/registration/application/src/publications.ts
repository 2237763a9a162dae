import { idOf, type Recorded } from '@conference/kernel';
import { publicMessages, type RegistrationMessage, topics } from '@conference/registration-contracts';
import type { Publication } from '@conference/runtime';
import type { OwnEvent } from './catalog.ts';

/** Everything but what is nobody's business outside: access codes, and the seat's type where the position says it. */
const publicMessage = (event: OwnEvent): RegistrationMessage => {
  switch (event.type) {
    case 'OrderPlaced': {
      const { accessCode: _, ...data } = event.data;
      return { type: 'OrderPlaced', data };
    }
    case 'SeatAssigned':
    case 'SeatAssignmentUpdated': {
      const { orderId, position, attendee } = event.data;
      return { type: 'SeatAssigned', data: { orderId, position, attendee } };
    }
    default:
      return event;
  }
};

const toTopic = ({ name, categories }: (typeof topics)[keyof typeof topics]): Publication<OwnEvent> => ({
  topic: name,
  categories,
  keyOf: ({ stream }: Recorded<OwnEvent>) => idOf(stream),
  publicForm: ({ event }) => {
    const message = publicMessage(event);
    return { ...message, schemaVersion: publicMessages[message.type].version };
  },
});

export const publications: readonly Publication<OwnEvent>[] = Object.values(topics).map(toTopic);
