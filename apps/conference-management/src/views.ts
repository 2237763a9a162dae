import type { ConferenceAnswer, CreatedConference, SeatTypeDetails } from '@conference/conference-management-application';
import type { ConferenceView, SeatTypeView } from './schemas.ts';

type Shown = Omit<ConferenceAnswer, 'seatTypes' | 'version'>;

const viewOf = (of: Shown, version: number): ConferenceView => ({
  id: of.conferenceId,
  slug: of.slug,
  name: of.name,
  description: of.description,
  location: of.location,
  tagline: of.tagline,
  twitterSearch: of.twitterSearch,
  startDate: of.startDate,
  endDate: of.endDate,
  currency: of.currency,
  owner: of.owner,
  isPublished: of.isPublished,
  wasEverPublished: of.wasEverPublished,
  version,
});
/** After a command: its state. */
export const viewOfState = ({ details, ...conference }: CreatedConference, version: number): ConferenceView =>
  viewOf({ ...conference, ...details }, version);
/** For a query: its document. */
export const viewOfAnswer = (conference: ConferenceAnswer): ConferenceView => viewOf(conference, conference.version);

export const viewOfSeatType = ({ seatTypeId, name, description, price, quota }: SeatTypeDetails, currency: string): SeatTypeView => ({
  id: seatTypeId,
  name,
  description,
  price: { amount: price, currency },
  quota,
});
