import { laws, type Transition } from '@conference/testing-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeatsAvailabilityEvent } from './seats-availability.events.ts';
import { seatsAvailabilitySnapshot } from './seats-availability.snapshot.ts';
import type { SeatsAvailability } from './seats-availability.state.ts';
import { type SeatsAvailabilityCommand, type SeatsAvailabilityRefusal, seatsAvailability } from './seats-availability.ts';

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

const seatsOf = (state: SeatsAvailability, status: 'held' | 'committed', id: string): number =>
  [...state.reservations]
    .filter(([, reservation]) => reservation.status === status)
    .flatMap(([, { seats }]) => seats)
    .reduce((sum, seat) => (seat.seatTypeId === id ? sum + seat.quantity : sum), 0);

const everySeatIsAccountedFor = (state: SeatsAvailability): void => {
  for (const [id, { quota, remaining }] of state.seatTypes)
    expect(quota).toBe(seatsOf(state, 'held', id) + seatsOf(state, 'committed', id) + remaining);
};

type Step = Transition<SeatsAvailability, SeatsAvailabilityCommand, SeatsAvailabilityEvent, SeatsAvailabilityRefusal>;

const noReservationOversells = ({ before, command: { type }, after }: Step): void => {
  if (type !== 'MakeSeatReservation') return;
  for (const [id, { remaining }] of after.seatTypes)
    expect(remaining).toBeGreaterThanOrEqual(Math.min(0, before.seatTypes.get(id)?.remaining ?? 0));
};

/** SAV-13: nothing but a command for that very reservation touches it. */
const othersStay = ({ before, command: { data }, after }: Step): void => {
  for (const [id, reservation] of before.reservations)
    if (!('reservationId' in data) || data.reservationId !== id) expect(after.reservations.get(id)).toBe(reservation);
};

describe('The seats of a conference, whatever is asked of them', () => {
  it('obey the laws of a decider, and quota = held + committed + remaining at every prefix', () =>
    laws(seatsAvailability, { command, invariant: everySeatIsAccountedFor }));

  it('SAV-12: no reservation takes what remains below zero, nor lowers what is below', () =>
    laws(seatsAvailability, { command, transition: noReservationOversells }));

  it('SAV-13: a reservation neither ends nor changes by anything but its own commands', () =>
    laws(seatsAvailability, { command, transition: othersStay }));

  it('come back from a snapshot of any state', () =>
    laws(seatsAvailability, {
      command,
      invariant: (state) => {
        const json = JSON.stringify(seatsAvailabilitySnapshot.toJson(state));
        expect(seatsAvailabilitySnapshot.fromJson(JSON.parse(json))).toStrictEqual(state);
      },
    }));
});
