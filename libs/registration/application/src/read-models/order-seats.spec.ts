import { fold } from '@conference/kernel';
import { type SeatAssignmentsEvent, seatAssignments } from '@conference/registration-domain';
import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { orderSeatsProjection, seatAssignmentsTypes } from './order-seats.ts';

const { given } = specForProjection(orderSeatsProjection);
const orderId = 'o1';
const stream = 'SeatAssignments-o1';
const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' };
const grace = { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' };
const place = (position: number) => ({ position, seatTypeId: 's1', seatTypeName: 'Full' });
const created: SeatAssignmentsEvent = {
  type: 'SeatAssignmentsCreated',
  data: { orderId, conferenceId: 'c1', seats: [place(0), place(1)] },
};
const assigned = (position: number, attendee: typeof ada): SeatAssignmentsEvent => ({
  type: 'SeatAssigned',
  data: { orderId, ...place(position), attendee },
});
const renamed = (attendee: typeof ada): SeatAssignmentsEvent => ({
  type: 'SeatAssignmentUpdated',
  data: { orderId, position: 1, attendee },
});
const unassigned: SeatAssignmentsEvent = { type: 'SeatUnassigned', data: { orderId, position: 1 } };
const seats = (...attendees: readonly (typeof ada | null)[]) => ({
  orderId,
  seats: attendees.map((attendee, position) => ({ ...place(position), attendee })),
});

describe('The seats of an order', () => {
  it('are there once they are created, with nobody on them', () => {
    given(stream, created).then(orderId, seats(null, null));
    given(stream, assigned(1, ada)).then(orderId, undefined);
  });
  it('show who sits there', () => {
    given(stream, created, assigned(1, ada)).then(orderId, seats(null, ada));
    given(stream, created, assigned(1, ada), unassigned, assigned(1, grace)).then(orderId, seats(null, grace));
    given(stream, created, assigned(0, ada), assigned(1, ada), unassigned).then(orderId, seats(ada, null));
  });
  it('are found by their stream, where an event of the original names no order', () => {
    const { orderId: _, ...unnamed } = created.data;
    given(stream, { ...created, data: { ...unnamed, orderId: '' } }).then(orderId, seats(null, null));
  });
  it('keep the e-mail that a seat was assigned with when its person is renamed (ASG-9)', () => {
    const married = { ...ada, lastName: 'King', email: 'ADA@example.org' };
    given(stream, created, assigned(1, ada), renamed(married)).then(orderId, seats(null, { ...married, email: ada.email }));
  });
  it('are those that a command answers', () => {
    const history = [created, assigned(0, ada), assigned(1, grace), renamed({ ...grace, email: 'G@example.org' }), unassigned];
    for (let length = 1; length <= history.length; length++) {
      const events = history.slice(0, length);
      given(stream, ...events).then(orderId, { orderId, seats: fold(seatAssignments, events).seats ?? [] });
    }
  });
  it('follow every event of the assignments', () => {
    expect([...seatAssignmentsTypes].toSorted()).toEqual([
      'SeatAssigned',
      'SeatAssignmentUpdated',
      'SeatAssignmentsCreated',
      'SeatUnassigned',
    ]);
    expect(orderSeatsProjection.versionFrom).toBe('SeatAssignments');
  });
  it('end the same in whatever order, with whatever repeats, those of several orders come', () =>
    projectionLaws(orderSeatsProjection, {
      [stream]: [created, assigned(1, ada), renamed(grace), unassigned, assigned(1, grace), assigned(0, ada)],
      'SeatAssignments-o2': [
        { type: 'SeatAssignmentsCreated', data: { orderId: 'o2', conferenceId: 'c1', seats: [place(0)] } },
        { type: 'SeatAssigned', data: { orderId: 'o2', ...place(0), attendee: ada } },
      ],
    }));
});
