import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SeatAssignments, type SeatAssignmentsCommand, seatAssignments } from './seat-assignments.ts';

const orderId = 'o1';
const position = fc.integer({ min: -1, max: 5 });
const attendee = fc.record({
  firstName: fc.constantFrom('Ann', 'ann', 'Bob', ''),
  lastName: fc.constant('Lee'),
  email: fc.constantFrom('a@example.org', 'A@example.org', 'b@example.org', 'nobody'),
});
const seats = fc.array(
  fc.record({ seatTypeId: fc.constantFrom('gala', 'talk'), name: fc.constant('Seat'), quantity: fc.integer({ min: -1, max: 3 }) }),
  { maxLength: 2 },
);
const command: fc.Arbitrary<SeatAssignmentsCommand> = fc.oneof(
  seats.map((lines) => ({ type: 'CreateSeatAssignments', data: { orderId, conferenceId: 'c1', seats: lines } }) as const),
  { weight: 4, arbitrary: fc.record({ position, attendee }).map((data) => ({ type: 'AssignSeat', data: { orderId, ...data } }) as const) },
  position.map((at) => ({ type: 'UnassignSeat', data: { orderId, position: at } }) as const),
);
const positionsAreDense = ({ seats: all }: SeatAssignments): void => {
  const positions = all?.map((seat) => seat.position) ?? [];
  expect(positions).toStrictEqual([...positions.keys()]);
};

it('obeys the laws of a decider, and its positions are 0, 1, 2, …', () => laws(seatAssignments, { command, invariant: positionsAreDense }));
