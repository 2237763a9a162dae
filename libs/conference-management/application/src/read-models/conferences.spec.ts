import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { type ConferenceDocument, conferencesProjection, seatTypesOf } from './conferences.ts';

const projection = conferencesProjection((email, accessCode) => `${email.toLowerCase()} ${accessCode}`);
const { given } = specForProjection(projection);
const conferenceId = 'c1';
const details = {
  name: 'Domain days',
  description: 'Two days about domains',
  location: 'Basel',
  tagline: null,
  twitterSearch: null,
  startDate: '2027-05-02',
  endDate: '2027-05-03',
};
const owner = { name: 'Ada', email: 'Ada@example.org' };
const created = {
  type: 'ConferenceCreated',
  data: { conferenceId, ...details, slug: 'domain_days', currency: 'EUR', owner, accessCode: 'CODE' },
} as const;
const seatType = { conferenceId, seatTypeId: 's1', name: 'Full', description: 'Both days', price: 19900, quota: 10 };
const seatTypeCreated = { type: 'SeatTypeCreated', data: { ...seatType, wasEverPublished: false } } as const;
const cutTo = (quota: number) => ({ type: 'SeatTypeUpdated', data: { ...seatType, quota, wasEverPublished: true } }) as const;
const published = { type: 'ConferencePublished', data: { conferenceId, seatTypes: [] } } as const;
const unpublished = { type: 'ConferenceUnpublished', data: { conferenceId } } as const;
const reserved = (orderId: string, delta: number) =>
  ({
    type: 'SeatsReserved',
    data: { conferenceId, reservationId: orderId, request: 1, wanted: [], seats: [], availableSeatsChanged: [{ seatTypeId: 's1', delta }] },
  }) as const;
const cancelled = (orderId: string, delta: number) =>
  ({
    type: 'SeatsReservationCancelled',
    data: { conferenceId, reservationId: orderId, availableSeatsChanged: [{ seatTypeId: 's1', delta }] },
  }) as const;

const own = 'Conference-c1';
const seats = 'ConferenceManagementInboxSeatsAvailability-c1';
const listed = { seatTypeId: 's1', name: 'Full', description: 'Both days', price: 19900, quota: 10, ordinal: 1 };
const conference = { ...details, slug: 'domain_days', currency: 'EUR', owner, isPublished: false, wasEverPublished: false, seatTypes: [] };
const document: ConferenceDocument = {
  conferenceId,
  conference,
  taken: {},
  locator: 'ada@example.org CODE',
  createdBy: 'command of Conference-c1/0',
};

describe('The conferences of their organisers', () => {
  it('shows a new conference, without its access code, and keeps which command created it', () =>
    void given(own, created).then('c1', document));

  it('keeps in mind that it was published once', () =>
    void given(own, created, published)
      .then('c1', { ...document, conference: { ...conference, isPublished: true, wasEverPublished: true } })
      .given(own, unpublished)
      .then('c1', { ...document, conference: { ...conference, isPublished: false, wasEverPublished: true } }));

  it('replaces the details', () => {
    const changed = { ...details, name: 'Domain weeks', tagline: 'Longer' };
    given(own, created, { type: 'ConferenceUpdated', data: { conferenceId, ...changed } }).then('c1', {
      ...document,
      conference: { ...conference, ...changed },
    });
  });

  it('adds, changes and removes seat types, each where it was created', () => {
    const other = { ...seatType, seatTypeId: 's2', name: 'Workshop' };
    given(own, created, seatTypeCreated, { type: 'SeatTypeCreated', data: { ...other, wasEverPublished: false } }, cutTo(5))
      .then('c1', {
        ...document,
        conference: {
          ...conference,
          seatTypes: [
            { ...listed, quota: 5 },
            { ...listed, seatTypeId: 's2', name: 'Workshop', ordinal: 2 },
          ],
        },
      })
      .given(own, { type: 'SeatTypeDeleted', data: { conferenceId, seatTypeId: 's1', wasEverPublished: false } })
      .then('c1', {
        ...document,
        conference: { ...conference, seatTypes: [{ ...listed, seatTypeId: 's2', name: 'Workshop', ordinal: 2 }] },
      });
  });

  it('counts what registration holds and gives back', () =>
    void given(own, created, seatTypeCreated, published)
      .given(seats, reserved('o1', -3), reserved('o2', -2), cancelled('o1', 3))
      .then('c1', {
        ...document,
        conference: { ...conference, isPublished: true, wasEverPublished: true, seatTypes: [listed] },
        taken: { s1: 2 },
      }));

  it('ends the same in whatever order, with whatever repeats, the two sources come', () => {
    const other = { ...seatType, seatTypeId: 's2', wasEverPublished: false };
    projectionLaws(projection, {
      [own]: [
        created,
        seatTypeCreated,
        { type: 'SeatTypeCreated', data: other },
        { type: 'SeatTypeDeleted', data: { conferenceId, seatTypeId: 's2', wasEverPublished: false } },
        published,
        cutTo(3),
        unpublished,
        { type: 'ConferenceUpdated', data: { conferenceId, ...details, tagline: 'Again' } },
      ],
      [seats]: [reserved('o1', -3), reserved('o2', -2), cancelled('o1', 3), reserved('o1', -1), cancelled('o2', 2)],
      'ConferenceManagementInboxSeatsAvailability-c2': [
        { type: 'SeatsReserved', data: { ...reserved('o3', -1).data, conferenceId: 'c2' } },
      ],
    });
  });
});

describe('What remains of a seat type', () => {
  const remaining = (quota: number, taken: ConferenceDocument['taken']) =>
    seatTypesOf({ ...document, conference: { ...conference, seatTypes: [{ ...listed, quota }] }, taken }).map((seat) => seat.remaining);

  it('is its quota before anybody has taken of it', () => expect(remaining(10, {})).toEqual([10]));
  it('is less by what is held or sold', () => expect(remaining(10, { s1: 4 })).toEqual([6]));
  it('is negative after a cut below what is sold', () => expect(remaining(2, { s1: 4 })).toEqual([-2]));
  it('is nothing to speak of while only its seats were heard of', () =>
    expect(seatTypesOf({ ...document, conference: null, taken: { s1: 4 } })).toEqual([]));
});
