import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, it } from 'vitest';
import { type AttendeeDocument, attendeesProjection } from './attendees.ts';

const { given } = specForProjection(attendeesProjection);
const stream = 'ConferenceManagementInboxSeatAssignments-o1';
const created = {
  type: 'SeatAssignmentsCreated',
  data: {
    orderId: 'o1',
    conferenceId: 'c1',
    seats: [
      { position: 0, seatTypeId: 's1', seatTypeName: 'Full' },
      { position: 1, seatTypeId: 's2', seatTypeName: 'Workshop' },
    ],
  },
} as const;
const grace = { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' };
const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' };
const assigned = (attendee: typeof ada, position = 1) => ({ type: 'SeatAssigned', data: { orderId: 'o1', position, attendee } }) as const;
const unassigned = { type: 'SeatUnassigned', data: { orderId: 'o1', position: 1 } } as const;

const free: AttendeeDocument = {
  conferenceId: 'c1',
  orderId: 'o1',
  position: 1,
  seatTypeId: 's2',
  seatTypeName: 'Workshop',
  status: 'unassigned',
  attendee: null,
};

describe('The attendees of a conference', () => {
  it('knows each seat, and lists none before it is assigned', () =>
    void given(stream, created)
      .then('o1/1', free)
      .then('o1/0', { ...free, position: 0, seatTypeId: 's1', seatTypeName: 'Full' })
      .then('o1/2', undefined));
  it('lists who sits there, with the name of the seat type', () =>
    void given(stream, created, assigned(grace)).then('o1/1', { ...free, status: 'assigned', attendee: grace }));
  it('lists another one after a reassignment', () =>
    void given(stream, created, assigned(grace), assigned(ada)).then('o1/1', { ...free, status: 'assigned', attendee: ada }));
  it('no longer lists a seat that was given up', () => void given(stream, created, assigned(grace), unassigned).then('o1/1', free));
  it('leaves the other seats alone', () =>
    void given(stream, created, assigned(ada, 0), unassigned).then('o1/0', {
      ...free,
      position: 0,
      seatTypeId: 's1',
      seatTypeName: 'Full',
      status: 'assigned',
      attendee: ada,
    }));
  it('ends the same in whatever order, with whatever repeats, several orders come', () =>
    projectionLaws(attendeesProjection, {
      [stream]: [created, assigned(grace), unassigned, assigned(ada), assigned(grace, 0)],
      'ConferenceManagementInboxSeatAssignments-o2': [
        { type: 'SeatAssignmentsCreated', data: { ...created.data, orderId: 'o2' } },
        { type: 'SeatAssigned', data: { orderId: 'o2', position: 0, attendee: ada } },
      ],
    }));
});
