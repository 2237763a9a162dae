import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConferenceCommand, type CreatedConference, conference } from './conference.ts';

const conferenceId = 'c1';
const days = fc.constantFrom('2027-05-02', '2027-05-03', '2027-05-04');
const details = fc.record({
  name: fc.constantFrom('CQRS Days', 'Event Sourcing Days'),
  description: fc.constant('Two days of streams'),
  location: fc.constantFrom('Lisbon', 'Porto'),
  tagline: fc.constantFrom(null, 'Facts first'),
  twitterSearch: fc.constant(null),
  startDate: days,
  endDate: days,
});
const seatType = fc.record({
  seatTypeId: fc.constantFrom('workshop', 'dinner', 'talks'),
  name: fc.constantFrom('Workshop', 'Dinner'),
  description: fc.constant('A full day'),
  price: fc.constantFrom(0, 19900),
  quota: fc.integer({ min: 0, max: 2 }),
});
const creation = fc.record({
  slug: fc.constantFrom('es_days', 'ES_Days'),
  currency: fc.constantFrom('EUR', 'USD'),
  accessCode: fc.constantFrom('0123456789ABCDEF', 'FEDCBA9876543210'),
  owner: fc.constantFrom('Ada', 'Grace').map((name) => ({ name, email: 'owner@example.org' })),
});

const command: fc.Arbitrary<ConferenceCommand> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(creation, details)
      .map(([of, all]) => ({ type: 'CreateConference', data: { conferenceId, ...of, ...all } }) as const),
  },
  { weight: 2, arbitrary: details.map((all) => ({ type: 'UpdateConference', data: { conferenceId, ...all } }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'PublishConference', data: { conferenceId } } as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'UnpublishConference', data: { conferenceId } } as const) },
  { weight: 3, arbitrary: seatType.map((of) => ({ type: 'CreateSeatType', data: { conferenceId, ...of } }) as const) },
  { weight: 2, arbitrary: seatType.map((of) => ({ type: 'UpdateSeatType', data: { conferenceId, ...of } }) as const) },
  { weight: 2, arbitrary: seatType.map(({ seatTypeId }) => ({ type: 'DeleteSeatType', data: { conferenceId, seatTypeId } }) as const) },
);

type Step = { readonly before: CreatedConference; readonly command: ConferenceCommand; readonly after: CreatedConference };

/** Asks `check` at every command given to a conference that is there. */
const always = (check: (step: Step) => void) =>
  laws(conference, {
    command,
    transition: ({ before, command: given, after }) => {
      if (before.status === 'created' && after.status === 'created') check({ before, command: given, after });
    },
  });
const idsOf = ({ seatTypes }: CreatedConference) => seatTypes.map(({ seatTypeId }) => seatTypeId);

describe('A conference, whatever is asked of it', () => {
  it('obeys the laws of a decider', () =>
    laws(conference, {
      command,
      invariant: (state) => {
        if (state.status === 'not-created') return;
        expect(new Set(idsOf(state)).size).toBe(state.seatTypes.length);
        expect(state.details.startDate <= state.details.endDate).toBe(true);
        expect(state.wasEverPublished || !state.isPublished).toBe(true);
      },
    }));

  it('PRC-6: keeps its one currency, and its slug, owner and access code', () =>
    always(({ before, after }) => {
      const fixed = ({ slug, currency, owner, accessCode }: CreatedConference) => ({ slug, currency, owner, accessCode });
      expect(fixed(after)).toEqual(fixed(before));
    }));

  it('is published and unpublished by nothing but those two commands (W-1)', () =>
    always(({ before, command: { type }, after }) => {
      const wanted = type === 'PublishConference' ? true : type === 'UnpublishConference' ? false : before.isPublished;
      expect(after.isPublished).toBe(wanted);
    }));

  it('loses no seat type, and never forgets it, once it was published', () =>
    always(({ before, after }) => {
      if (!before.wasEverPublished) return;
      expect(after.wasEverPublished).toBe(true);
      expect(idsOf(after).slice(0, before.seatTypes.length)).toEqual(idsOf(before));
    }));
});
