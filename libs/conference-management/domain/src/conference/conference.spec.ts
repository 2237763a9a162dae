import { fold } from '@conference/kernel';
import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { ConferenceDetails, ConferenceEvent, SeatTypeDetails } from './conference.events.ts';
import { type ConferenceCommand, conference, seatTypesMax } from './conference.ts';

const { given } = specFor(conference);

const conferenceId = 'c1';
const owner = { name: 'Ada', email: 'ada@example.org' };
const details: ConferenceDetails = {
  name: 'Event Sourcing Days',
  description: 'Two days of streams',
  location: 'Lisbon',
  tagline: null,
  twitterSearch: '#esdays',
  startDate: '2027-05-02',
  endDate: '2027-05-03',
};
const creation = { conferenceId, slug: 'es_days', currency: 'EUR', owner, accessCode: '0123456789ABCDEF', ...details };
const workshop: SeatTypeDetails = { seatTypeId: 'workshop', name: 'Workshop', description: 'A full day', price: 19900, quota: 100 };
const dinner: SeatTypeDetails = { seatTypeId: 'dinner', name: 'Dinner', description: 'Fish and wine', price: 0, quota: 50 };

const create = { type: 'CreateConference', data: creation } as const;
const update = (changes: Partial<ConferenceDetails>) =>
  ({ type: 'UpdateConference', data: { conferenceId, ...details, ...changes } }) as const;
const publish = { type: 'PublishConference', data: { conferenceId } } as const;
const unpublish = { type: 'UnpublishConference', data: { conferenceId } } as const;
const createSeatType = (seatType: SeatTypeDetails) => ({ type: 'CreateSeatType', data: { conferenceId, ...seatType } }) as const;
const updateSeatType = (seatType: SeatTypeDetails) => ({ type: 'UpdateSeatType', data: { conferenceId, ...seatType } }) as const;
const deleteSeatType = (seatTypeId: string) => ({ type: 'DeleteSeatType', data: { conferenceId, seatTypeId } }) as const;

const created = { type: 'ConferenceCreated', data: creation } as const;
const updated = (changes: Partial<ConferenceDetails>) =>
  ({ type: 'ConferenceUpdated', data: { conferenceId, ...details, ...changes } }) as const;
const published = (...seatTypes: readonly SeatTypeDetails[]) =>
  ({ type: 'ConferencePublished', data: { conferenceId, seatTypes } }) as const;
const unpublished = { type: 'ConferenceUnpublished', data: { conferenceId } } as const;
const seatTypeCreated = (seatType: SeatTypeDetails, wasEverPublished = false) =>
  ({ type: 'SeatTypeCreated', data: { conferenceId, ...seatType, wasEverPublished } }) as const;
const seatTypeUpdated = (seatType: SeatTypeDetails, wasEverPublished = false) =>
  ({ type: 'SeatTypeUpdated', data: { conferenceId, ...seatType, wasEverPublished } }) as const;
const seatTypeDeleted = (seatTypeId: string) =>
  ({ type: 'SeatTypeDeleted', data: { conferenceId, seatTypeId, wasEverPublished: false } }) as const;

const after = (...history: readonly ConferenceEvent[]) => fold(conference, history);

describe('Creating a conference', () => {
  it('records everything about it', () => given().when(create).then(created));

  it('takes a slug once: its stream is there, whoever creates it again', () =>
    given(created)
      .when({ ...create, data: { ...creation, accessCode: 'FEDCBA9876543210' } })
      .thenRejected({ code: 'slug-taken' }));

  it('accepts a conference of one day', () => {
    const oneDay = { ...creation, endDate: creation.startDate };
    given().when({ type: 'CreateConference', data: oneDay }).then({ type: 'ConferenceCreated', data: oneDay });
  });

  it('W-25: refuses an end before the start', () =>
    given()
      .when({ type: 'CreateConference', data: { ...creation, startDate: '2027-05-02', endDate: '2027-05-01' } })
      .thenRejected({ code: 'invalid-dates' }));

  it('leaves it unpublished, without seat types', () =>
    expect(after(created)).toEqual({
      status: 'created',
      conferenceId,
      slug: 'es_days',
      currency: 'EUR',
      owner,
      accessCode: '0123456789ABCDEF',
      details,
      isPublished: false,
      wasEverPublished: false,
      seatTypes: [],
    }));
});

describe('A conference that was not created', () => {
  const others: readonly ConferenceCommand[] = [
    update({}),
    publish,
    unpublish,
    createSeatType(workshop),
    updateSeatType(workshop),
    deleteSeatType('workshop'),
  ];
  it.each(others)('is not found by $type', (command) => given().when(command).thenRejected({ code: 'conference-not-found' }));

  const orphans: readonly ConferenceEvent[] = [
    updated({}),
    published(workshop),
    unpublished,
    seatTypeCreated(workshop),
    seatTypeDeleted('workshop'),
  ];
  it.each(orphans)('does not come to be by $type', (event) => expect(after(event)).toEqual(conference.initialState));
});

describe('Updating a conference', () => {
  it.each<Partial<ConferenceDetails>>([
    { name: 'CQRS Days' },
    { description: 'Three days of streams' },
    { location: 'Porto' },
    { tagline: 'Facts first' },
    { twitterSearch: null },
    { startDate: '2027-05-01' },
    { endDate: '2027-05-04' },
  ])('records all details when one changed: %j', (changes) => given(created).when(update(changes)).then(updated(changes)));

  it('does nothing for the details it has, as created or as updated', () => {
    given(created).when(update({})).thenNothing();
    given(created, updated({ name: 'CQRS Days' }))
      .when(update({ name: 'CQRS Days' }))
      .thenNothing();
  });

  it('goes back to former details', () =>
    given(created, updated({ name: 'CQRS Days' }))
      .when(update({}))
      .then(updated({})));

  it('W-1: never unpublishes', () => {
    given(created, published())
      .when(update({ name: 'CQRS Days' }))
      .then(updated({ name: 'CQRS Days' }));
    expect(after(created, published(), updated({ name: 'CQRS Days' }))).toMatchObject({
      isPublished: true,
      details: { name: 'CQRS Days' },
    });
  });

  it('never publishes either', () => expect(after(created, updated({ name: 'CQRS Days' }))).toMatchObject({ isPublished: false }));

  it('W-25: refuses an end before the start', () =>
    given(created)
      .when(update({ endDate: '2027-05-01' }))
      .thenRejected({ code: 'invalid-dates' }));

  it('PRC-6: keeps the one currency of the conference, with slug, owner and access code, whatever a command carries', () => {
    const overfull = {
      ...update({ name: 'CQRS Days' }).data,
      currency: 'USD',
      slug: 'other',
      owner: { ...owner, name: 'Eve' },
      accessCode: 'X',
    };
    given(created)
      .when({ type: 'UpdateConference', data: overfull })
      .then(updated({ name: 'CQRS Days' }));
    expect(after(created, { type: 'ConferenceUpdated', data: overfull })).toEqual({
      ...after(created),
      details: { ...details, name: 'CQRS Days' },
    });
  });
});

describe('Publishing a conference', () => {
  it('carries all seat types in the order of their creation (F14)', () =>
    given(created, seatTypeCreated(workshop), seatTypeCreated(dinner)).when(publish).then(published(workshop, dinner)));

  it('is possible without seat types', () => given(created).when(publish).then(published()));

  it('does nothing when it is published', () => given(created, published()).when(publish).thenNothing());

  it('is possible again after it was unpublished, with the seat types of now', () =>
    given(created, published(), unpublished, seatTypeCreated(workshop, true)).when(publish).then(published(workshop)));
});

describe('Unpublishing a conference', () => {
  it('takes a published one back', () => given(created, published()).when(unpublish).then(unpublished));

  it('does nothing when it is not published', () => {
    given(created).when(unpublish).thenNothing();
    given(created, published(), unpublished).when(unpublish).thenNothing();
  });

  it('does not forget that it was published', () =>
    expect(after(created, published(), unpublished)).toMatchObject({ isPublished: false, wasEverPublished: true }));
});

describe('Creating a seat type', () => {
  it('adds it; nobody outside has heard of the conference yet (F13)', () =>
    given(created).when(createSeatType(workshop)).then(seatTypeCreated(workshop)));

  it('says that the conference was published, also when it no longer is', () => {
    given(created, published()).when(createSeatType(workshop)).then(seatTypeCreated(workshop, true));
    given(created, published(), unpublished).when(createSeatType(workshop)).then(seatTypeCreated(workshop, true));
  });

  it('does nothing for one that is there, the same', () =>
    given(created, seatTypeCreated(workshop)).when(createSeatType(workshop)).thenNothing());

  it('refuses the id of another', () =>
    given(created, seatTypeCreated(workshop))
      .when(createSeatType({ ...dinner, seatTypeId: 'workshop' }))
      .thenRejected({ code: 'seat-type-id-taken', seatTypeId: 'workshop' }));

  it('allows two of one name', () => {
    const twin = { ...workshop, seatTypeId: 'workshop-2' };
    given(created, seatTypeCreated(workshop)).when(createSeatType(twin)).then(seatTypeCreated(twin));
  });

  it('stops at a number of types that one message can carry', () => {
    const many = Array.from({ length: seatTypesMax }, (_, i) => seatTypeCreated({ ...workshop, seatTypeId: `type-${i}` }));
    given(created, ...many)
      .when(createSeatType(workshop))
      .thenRejected({ code: 'too-many-seat-types', max: seatTypesMax });
    given(created, ...many.slice(1))
      .when(createSeatType(workshop))
      .then(seatTypeCreated(workshop));
  });
});

describe('Updating a seat type', () => {
  const changes = [{ name: 'Lab' }, { description: 'Half a day' }, { price: 9900 }, { quota: 0 }];
  it.each<Partial<SeatTypeDetails>>(changes)('records all of it when something changed: %j', (change) =>
    given(created, seatTypeCreated(workshop), seatTypeCreated(dinner))
      .when(updateSeatType({ ...workshop, ...change }))
      .then(seatTypeUpdated({ ...workshop, ...change })),
  );

  it('says that the conference was published', () =>
    given(created, seatTypeCreated(workshop), published(workshop), unpublished)
      .when(updateSeatType({ ...workshop, quota: 3 }))
      .then(seatTypeUpdated({ ...workshop, quota: 3 }, true)));

  it('does nothing when it is the same, as created or as updated', () => {
    given(created, seatTypeCreated(workshop)).when(updateSeatType(workshop)).thenNothing();
    given(created, seatTypeCreated(workshop), seatTypeUpdated({ ...workshop, quota: 3 }))
      .when(updateSeatType({ ...workshop, quota: 3 }))
      .thenNothing();
  });

  it('does not find one that is not there', () =>
    given(created, seatTypeCreated(workshop))
      .when(updateSeatType(dinner))
      .thenRejected({ code: 'seat-type-not-found', seatTypeId: 'dinner' }));

  it('keeps its place among the others', () =>
    expect(after(created, seatTypeCreated(workshop), seatTypeCreated(dinner), seatTypeUpdated({ ...workshop, name: 'Lab' }))).toMatchObject(
      {
        seatTypes: [{ ...workshop, name: 'Lab' }, dinner],
      },
    ));
});

describe('Deleting a seat type', () => {
  it('removes it from a conference that was never published', () => {
    given(created, seatTypeCreated(workshop), seatTypeCreated(dinner)).when(deleteSeatType('workshop')).then(seatTypeDeleted('workshop'));
    expect(after(created, seatTypeCreated(workshop), seatTypeCreated(dinner), seatTypeDeleted('workshop'))).toMatchObject({
      seatTypes: [dinner],
    });
  });

  it('is refused once the conference was published, even when it no longer is', () => {
    given(created, seatTypeCreated(workshop), published(workshop))
      .when(deleteSeatType('workshop'))
      .thenRejected({ code: 'conference-was-published' });
    given(created, seatTypeCreated(workshop), published(workshop), unpublished)
      .when(deleteSeatType('workshop'))
      .thenRejected({ code: 'conference-was-published' });
  });

  it('does not find one that is not there, or was deleted', () => {
    given(created).when(deleteSeatType('workshop')).thenRejected({ code: 'seat-type-not-found', seatTypeId: 'workshop' });
    given(created, seatTypeCreated(dinner))
      .when(deleteSeatType('workshop'))
      .thenRejected({ code: 'seat-type-not-found', seatTypeId: 'workshop' });
    given(created, seatTypeCreated(workshop), seatTypeDeleted('workshop'))
      .when(deleteSeatType('workshop'))
      .thenRejected({ code: 'seat-type-not-found', seatTypeId: 'workshop' });
  });
});
