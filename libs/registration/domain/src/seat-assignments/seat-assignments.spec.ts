import { specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { SeatAssignmentsEvent } from './seat-assignments.events.ts';
import { type SeatAssignmentsCommand, seatAssignments } from './seat-assignments.ts';

const { given } = specFor(seatAssignments);
const orderId = 'o1';
const conferenceId = 'c1';
const ann = { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.org' };
const bob = { firstName: 'Bob', lastName: 'Ray', email: 'bob@example.org' };

const created: SeatAssignmentsEvent = {
  type: 'SeatAssignmentsCreated',
  data: {
    orderId,
    conferenceId,
    seats: [
      { position: 0, seatTypeId: 'gala', seatTypeName: 'Gala' },
      { position: 1, seatTypeId: 'gala', seatTypeName: 'Gala' },
      { position: 2, seatTypeId: 'talk', seatTypeName: 'Talk' },
    ],
  },
};
const assigned = (position: number, attendee = ann): SeatAssignmentsEvent => ({
  type: 'SeatAssigned',
  data: {
    orderId,
    position,
    ...(position === 2 ? { seatTypeId: 'talk', seatTypeName: 'Talk' } : { seatTypeId: 'gala', seatTypeName: 'Gala' }),
    attendee,
  },
});
const renamed = (attendee: typeof ann): SeatAssignmentsEvent => ({
  type: 'SeatAssignmentUpdated',
  data: { orderId, position: 0, attendee },
});
const unassigned: SeatAssignmentsEvent = { type: 'SeatUnassigned', data: { orderId, position: 0 } };

const create: SeatAssignmentsCommand = {
  type: 'CreateSeatAssignments',
  data: {
    orderId,
    conferenceId,
    seats: [
      { seatTypeId: 'gala', name: 'Gala', quantity: 2 },
      { seatTypeId: 'tour', name: 'Tour', quantity: 0 },
      { seatTypeId: 'talk', name: 'Talk', quantity: 1 },
    ],
  },
};
const assign = (position: number, attendee = ann): SeatAssignmentsCommand => ({
  type: 'AssignSeat',
  data: { orderId, position, attendee },
});
const unassign = (position: number): SeatAssignmentsCommand => ({ type: 'UnassignSeat', data: { orderId, position } });

describe('creating seat assignments', () => {
  it('ASG-1: numbers the seats from 0 through the lines', () => given().when(create).then(created));
  it('ASG-2: happens once, however often the order is confirmed (W-10)', () => given(created, assigned(0)).when(create).thenNothing());
});

describe('assigning a seat', () => {
  it('gives a free seat to a person', () => {
    given(created).when(assign(0)).then(assigned(0));
    given(created, assigned(0), unassigned).when(assign(0)).then(assigned(0));
  });
  it('ASG-8: gives one person as many as one likes', () => given(created, assigned(0), assigned(1)).when(assign(2)).then(assigned(2)));
  it('ASG-4: takes it from the person that had it', () =>
    given(created, assigned(0)).when(assign(0, bob)).then(unassigned, assigned(0, bob)));
  it('ASG-5: renames the person of the same e-mail, whatever its case', () => {
    const married = { ...ann, lastName: 'Ray', email: 'ANN@example.org' };
    given(created, assigned(0)).when(assign(0, married)).then(renamed(married));
    const called = { ...ann, firstName: 'Annie' };
    given(created, assigned(0)).when(assign(0, called)).then(renamed(called));
  });
  it('ASG-6: is nothing for the same person, whatever the case', () => {
    given(created, assigned(0)).when(assign(0)).thenNothing();
    given(created, assigned(0))
      .when(assign(0, { firstName: 'ANN', lastName: 'LEE', email: 'Ann@Example.org' }))
      .thenNothing();
  });
  it('ASG-9: keeps the e-mail that the seat was assigned with', () => {
    const married = { ...ann, lastName: 'Ray', email: 'ANN@example.org' };
    const state = [created, assigned(0), renamed(married)].reduce(seatAssignments.evolve, seatAssignments.initialState);
    expect(state.seats?.[0]?.attendee).toStrictEqual({ ...ann, lastName: 'Ray' });
    given(created, assigned(0), renamed(married))
      .when(assign(0, { ...ann, lastName: 'Ray' }))
      .thenNothing();
  });
  it.each([
    ['first name', { ...ann, firstName: ' ' }],
    ['last name', { ...ann, lastName: '' }],
    ['e-mail', { ...ann, email: '' }],
    ['e-mail without a domain', { ...ann, email: 'ann@' }],
    ['e-mail without a name', { ...ann, email: '@example.org' }],
    ['e-mail with a space', { ...ann, email: 'ann lee@example.org' }],
    ['e-mail with a space at its end', { ...ann, email: 'ann@example.org ' }],
    ['e-mail of two', { ...ann, email: 'ann@example.org@bob' }],
  ])('ASG-3: is refused without a valid %s', (_, attendee) =>
    given(created).when(assign(0, attendee)).thenRejected({ code: 'invalid-attendee' }),
  );
  it('ASG-3: is refused for a seat that is not there', () => {
    for (const position of [3, -1, 0.5]) given(created).when(assign(position)).thenRejected({ code: 'seat-not-found', position });
  });
  it('is refused before the order is confirmed', () => given().when(assign(0)).thenRejected({ code: 'order-not-confirmed' }));
});

describe('ASG-7: unassigning a seat', () => {
  it('frees it, once', () => {
    given(created, assigned(0)).when(unassign(0)).then(unassigned);
    given(created, assigned(0), unassigned).when(unassign(0)).thenNothing();
    given(created, assigned(0)).when(unassign(1)).thenNothing();
  });
  it('is refused for a seat that is not there', () =>
    given(created).when(unassign(3)).thenRejected({ code: 'seat-not-found', position: 3 }));
  it('is refused before the order is confirmed', () => given().when(unassign(0)).thenRejected({ code: 'order-not-confirmed' }));
});

describe('their state', () => {
  it('shows who sits where', () => {
    const { seats } = [created, assigned(2, bob)].reduce(seatAssignments.evolve, seatAssignments.initialState);
    expect(seats?.map(({ position, attendee }) => [position, attendee])).toStrictEqual([
      [0, null],
      [1, null],
      [2, bob],
    ]);
  });
  it('has the e-mail of whoever sits there now, in its own spelling', () => {
    const loud = { ...bob, email: 'BOB@example.org' };
    const { seats } = [created, assigned(0), unassigned, assigned(0, loud)].reduce(seatAssignments.evolve, seatAssignments.initialState);
    expect(seats?.[0]?.attendee).toStrictEqual(loud);
    const reassigned = [created, assigned(0), assigned(0, loud)].reduce(seatAssignments.evolve, seatAssignments.initialState);
    expect(reassigned.seats?.[0]?.attendee).toStrictEqual(loud);
  });
  it('has no seats before they are created', () => {
    expect([assigned(0), renamed(ann), unassigned].reduce(seatAssignments.evolve, seatAssignments.initialState)).toStrictEqual({
      seats: null,
    });
    const unheard = [created, renamed(ann)].reduce(seatAssignments.evolve, seatAssignments.initialState);
    expect(unheard.seats?.[0]?.attendee).toStrictEqual(ann);
  });
});
