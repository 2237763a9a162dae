export type { ConferenceDetails, ConferenceEvent, Owner, SeatTypeDetails } from './conference/conference.events.ts';
export {
  type Conference,
  type ConferenceCommand,
  type ConferenceRefusal,
  type CreatedConference,
  conference,
  seatTypesMax,
} from './conference/conference.ts';
