// Whatever the decider decides can be written and comes back as it was: the laws once more, through the codec of the store.
import { type ConferenceCommand, conference } from '@conference/conference-management-domain';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { conferenceCodec } from './catalog.ts';

const conferenceId = 'c1';
const text = fc.constantFrom('Event Sourcing Days', 'Tage für Ereignisse 👩‍🚀', '"quoted" \\ \n');
const day = fc.constantFrom('2027-05-02', '2027-05-03');
const details = fc.record({
  ...{ name: text, description: text, location: text, startDate: day, endDate: day },
  tagline: fc.option(text),
  twitterSearch: fc.option(text),
});
const seatType = fc.record({
  seatTypeId: fc.constantFrom('workshop', 'dinner', 'talks'),
  ...{ name: text, description: text, price: fc.constantFrom(0, 19900, 5_000_000), quota: fc.constantFrom(0, 100_000) },
});
const creation = {
  ...{ slug: 'es_days', currency: 'EUR', accessCode: '0123456789ABCDEF' },
  owner: { name: 'Ada', email: 'ada@example.org' },
};
const command: fc.Arbitrary<ConferenceCommand> = fc.oneof(
  details.map((all) => ({ type: 'CreateConference', data: { conferenceId, ...creation, ...all } }) as const),
  details.map((all) => ({ type: 'UpdateConference', data: { conferenceId, ...all } }) as const),
  fc.constantFrom<ConferenceCommand>(
    { type: 'PublishConference', data: { conferenceId } },
    { type: 'UnpublishConference', data: { conferenceId } },
  ),
  { weight: 2, arbitrary: seatType.map((of) => ({ type: 'CreateSeatType', data: { conferenceId, ...of } }) as const) },
  seatType.map((of) => ({ type: 'UpdateSeatType', data: { conferenceId, ...of } }) as const),
  seatType.map(({ seatTypeId }) => ({ type: 'DeleteSeatType', data: { conferenceId, seatTypeId } }) as const),
);

describe('All that is decided survives its codec', () => {
  it('of a conference', () => laws(conference, { command, codec: conferenceCodec }));
});
