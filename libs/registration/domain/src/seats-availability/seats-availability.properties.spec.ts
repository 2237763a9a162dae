import { fold, isRejection } from '@conference/kernel';
import { laws } from '@conference/testing-spec';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seatsAvailabilitySnapshot } from './seats-availability.snapshot.ts';
import type { SeatsAvailability } from './seats-availability.state.ts';
import { type SeatsAvailabilityCommand, seatsAvailability } from './seats-availability.ts';

const conferenceId = 'c1';
const seatTypeId = fc.constantFrom('gala', 'talk', 'tour');
const reservationId = fc.constantFrom('r1', 'r2', 'r3', 'r4');
const request = fc.integer({ min: 1, max: 8 });
const items = fc.array(fc.record({ seatTypeId, quantity: fc.integer({ min: -1, max: 6 }) }), { maxLength: 3 });

const command: fc.Arbitrary<SeatsAvailabilityCommand> = fc.oneof(
  fc
    .record({ seatTypeId, quota: fc.nat(12), asOf: fc.nat(40) })
    .map((data) => ({ type: 'SetSeatQuota', data: { conferenceId, ...data } }) as const),
  {
    weight: 3,
    arbitrary: fc
      .record({ reservationId, request, items })
      .map((data) => ({ type: 'MakeSeatReservation', data: { conferenceId, ...data } }) as const),
  },
  reservationId.map((id) => ({ type: 'CommitSeatReservation', data: { conferenceId, reservationId: id } }) as const),
  fc.record({ reservationId, request }).map((data) => ({ type: 'CancelSeatReservation', data: { conferenceId, ...data } }) as const),
);

const taken = (state: SeatsAvailability, id: string): number =>
  [...state.reservations]
    .filter(([, { status }]) => status !== 'cancelled')
    .flatMap(([, { seats }]) => seats)
    .reduce((sum, seat) => (seat.seatTypeId === id ? sum + seat.quantity : sum), 0);

const everySeatIsAccountedFor = (state: SeatsAvailability): void => {
  for (const [id, { quota, remaining }] of state.seatTypes) expect(quota).toBe(taken(state, id) + remaining);
};

it('obeys the laws of a decider, and quota = held + committed + remaining at every prefix', () =>
  laws(seatsAvailability, { command, invariant: everySeatIsAccountedFor }));

it('never lets a reservation take what remains below zero, nor lower what is below', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40, size: 'max' }), (commands) => {
      let state = seatsAvailability.initialState;
      for (const next of commands) {
        const decision = seatsAvailability.decide(next, state);
        if (isRejection(decision)) continue;
        const after = fold(seatsAvailability, decision, state);
        if (next.type === 'MakeSeatReservation')
          for (const [id, { remaining }] of after.seatTypes)
            expect(remaining).toBeGreaterThanOrEqual(Math.min(0, state.seatTypes.get(id)?.remaining ?? 0));
        state = after;
      }
    }),
  );
});

it('comes back from a snapshot of any state', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40, size: 'max' }), (commands) => {
      const state = commands.reduce((before, next) => {
        const decision = seatsAvailability.decide(next, before);
        return isRejection(decision) ? before : fold(seatsAvailability, decision, before);
      }, seatsAvailability.initialState);
      const json = JSON.stringify(seatsAvailabilitySnapshot.toJson(state));
      expect(seatsAvailabilitySnapshot.fromJson(JSON.parse(json))).toStrictEqual(state);
    }),
  );
});
