import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { registrationCodec } from '../catalog.ts';
import { type ConferenceDocument, conferenceEventTypes, conferencesProjection } from './conferences.ts';

const { given } = specForProjection(conferencesProjection);
const conferenceId = 'c1';
const inbox = 'RegistrationInboxConference-c1';
const seats = 'SeatsAvailability-c1';
const details = {
  name: 'Domain days',
  description: 'Two days about domains',
  location: 'Basel',
  tagline: null,
  twitterSearch: '#days',
  startDate: '2027-05-02',
  endDate: '2027-05-03',
};
const created = { type: 'ConferenceCreated', data: { conferenceId, slug: 'days', currency: 'EUR', ...details } } as const;
const seatType = (seatTypeId: string, quota: number, price = 100) => ({
  seatTypeId,
  name: `The ${seatTypeId}`,
  description: `All of ${seatTypeId}`,
  price,
  quota,
});
const published = { type: 'ConferencePublished', data: { conferenceId, seatTypes: [seatType('s1', 5), seatType('s2', 2)] } } as const;
const unpublished = { type: 'ConferenceUnpublished', data: { conferenceId } } as const;
const quota = (seatTypeId: string, now: number, delta: number, asOf = 1) =>
  ({ type: 'AvailableSeatsChanged', data: { conferenceId, seatTypeId, quota: now, delta, asOf } }) as const;
const reserved = (seatTypeId: string, delta: number) =>
  ({
    type: 'SeatsReserved',
    data: { conferenceId, reservationId: 'o1', request: 1, wanted: [], seats: [], availableSeatsChanged: [{ seatTypeId, delta }] },
  }) as const;
const givenBack = (seatTypeId: string, delta: number) =>
  ({
    type: 'SeatsReservationCancelled',
    data: { conferenceId, reservationId: 'o1', availableSeatsChanged: [{ seatTypeId, delta }] },
  }) as const;

const document: ConferenceDocument = {
  conferenceId,
  slug: 'days',
  currency: 'EUR',
  ...details,
  status: 'unpublished',
  seatTypes: [],
  seats: {},
};
const entry = (id: string, price = 100) => ({ id, name: `The ${id}`, description: `All of ${id}`, price });
const onSale: ConferenceDocument = { ...document, status: 'published', seatTypes: [entry('s1'), entry('s2')] };

describe('The catalogue', () => {
  it('knows a conference from its creation on, unlisted', () => {
    given(inbox, created).then(conferenceId, document);
    given(inbox, published).then(conferenceId, undefined); // its creation was skipped by an operator
  });

  it('lists it once it is published, with all its seat types', () => {
    given(inbox, created, published)
      .then(conferenceId, onSale)
      .given(inbox, unpublished)
      .then(conferenceId, { ...onSale, status: 'unpublished' });
  });

  it('is read from the events of the original, which tell less', () => {
    const bare = { type: 'ConferencePublished', data: { conferenceId, seatTypes: [] } } as const;
    given(inbox, created, { type: 'SeatTypeCreated', data: { conferenceId, ...seatType('s1', 5) } }, bare)
      .then(conferenceId, { ...document, status: 'published', seatTypes: [entry('s1')] })
      .given(seats, quota('s1', 0, 5), quota('s1', 0, -2))
      .then(conferenceId, {
        ...document,
        status: 'published',
        seatTypes: [entry('s1')],
        seats: { s1: { quota: 3, remaining: 3 } },
      });
  });

  it('follows its details, published or not', () => {
    const moved = { ...details, location: 'Bern', tagline: 'Now in Bern' };
    given(inbox, created, { type: 'ConferenceUpdated', data: { conferenceId, ...moved } })
      .then(conferenceId, { ...document, ...moved })
      .given(inbox, published)
      .then(conferenceId, { ...onSale, ...moved });
  });

  it('adds seat types and changes them in their place', () => {
    given(
      inbox,
      created,
      published,
      { type: 'SeatTypeCreated', data: { conferenceId, ...seatType('s3', 9) } },
      { type: 'SeatTypeUpdated', data: { conferenceId, ...seatType('s1', 5, 300) } },
    ).then(conferenceId, { ...onSale, seatTypes: [entry('s1', 300), entry('s2'), entry('s3')] });
  });

  it('shows a quota when the seats have it, not when the conference says so', () => {
    given(inbox, created, published)
      .given(seats, quota('s1', 5, 5))
      .then(conferenceId, { ...onSale, seats: { s1: { quota: 5, remaining: 5 } } })
      .given(inbox, { type: 'SeatTypeUpdated', data: { conferenceId, ...seatType('s1', 2) } })
      .then(conferenceId, { ...onSale, seats: { s1: { quota: 5, remaining: 5 } } });
  });

  it('counts what is reserved and given back; what is sold changes nothing', () => {
    given(inbox, created, published)
      .given(seats, quota('s1', 5, 5), quota('s2', 2, 2), reserved('s1', -3))
      .then(conferenceId, { ...onSale, seats: { s1: { quota: 5, remaining: 2 }, s2: { quota: 2, remaining: 2 } } })
      .given(seats, { type: 'SeatsReservationCommitted', data: { conferenceId, reservationId: 'o1' } })
      .then(conferenceId, { ...onSale, seats: { s1: { quota: 5, remaining: 2 }, s2: { quota: 2, remaining: 2 } } })
      .given(seats, givenBack('s1', 3))
      .then(conferenceId, { ...onSale, seats: { s1: { quota: 5, remaining: 5 }, s2: { quota: 2, remaining: 2 } } });
  });

  it('keeps what was sold before a quota was cut, below nothing', () => {
    given(inbox, created, published)
      .given(seats, quota('s1', 5, 5), reserved('s1', -4), quota('s1', 1, -4, 2))
      .then(conferenceId, { ...onSale, seats: { s1: { quota: 1, remaining: -3 } } });
  });

  it('keeps seats of a conference that it has not heard of yet, unlisted and found by no address', () => {
    const heardOf = { conferenceId, slug: null, status: 'unheard', seats: { s1: { quota: 5, remaining: 4 } } } as const;
    given(seats, quota('s1', 5, 5), reserved('s1', -1))
      .then(conferenceId, heardOf)
      .given(inbox, created)
      .then(conferenceId, { ...document, seats: heardOf.seats });
  });

  it('ends the same in whatever order, with whatever repeats, conferences and their seats come', () =>
    projectionLaws(conferencesProjection, {
      [inbox]: [
        created,
        published,
        { type: 'SeatTypeCreated', data: { conferenceId, ...seatType('s3', 9) } },
        unpublished,
        { type: 'SeatTypeUpdated', data: { conferenceId, ...seatType('s1', 2, 300) } },
        { type: 'ConferenceUpdated', data: { conferenceId, ...details, location: 'Bern' } },
        published,
      ],
      [seats]: [
        quota('s1', 5, 5),
        quota('s2', 2, 2),
        reserved('s1', -3),
        { type: 'SeatsReservationCommitted', data: { conferenceId, reservationId: 'o1' } },
        quota('s1', 2, -3, 4),
        givenBack('s2', 1),
      ],
      'RegistrationInboxConference-c2': [{ ...created, data: { ...created.data, conferenceId: 'c2' } }],
      'SeatsAvailability-c2': [{ ...quota('s9', 1, 1), data: { ...quota('s9', 1, 1).data, conferenceId: 'c2' } }],
    }));

  it('is read from the events that it names', () => {
    const decoded = registrationCodec.decode({
      type: 'ConferenceUnpublished',
      schemaVersion: 1,
      data: { conferenceId: crypto.randomUUID() },
    });
    expect(conferenceEventTypes).toContain(decoded?.type);
    expect(new Set(conferenceEventTypes).size).toBe(conferenceEventTypes.length);
  });
});
