import { deepFreeze, specFor } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import type { SeatsAvailabilityEvent, SeatsDelta } from './seats-availability.events.ts';
import { seatsAvailabilitySnapshot } from './seats-availability.snapshot.ts';
import { type SeatsAvailabilityCommand, seatsAvailability } from './seats-availability.ts';

const { given } = specFor(seatsAvailability);
const conferenceId = 'c1';
const id = { conferenceId, reservationId: 'r1' };
const seat = (quantity: number, seatTypeId = 'gala') => ({ seatTypeId, quantity });
const change = (delta: number, seatTypeId = 'gala') => ({ seatTypeId, delta });
type Seats = readonly ReturnType<typeof seat>[];

const quota = (value: number, delta: number, asOf = 1, seatTypeId = 'gala'): SeatsAvailabilityEvent => ({
  type: 'AvailableSeatsChanged',
  data: { conferenceId, seatTypeId, delta, quota: value, asOf },
});
const reserved = (request: number, wanted: Seats, seats: Seats, availableSeatsChanged: readonly SeatsDelta[]): SeatsAvailabilityEvent => ({
  type: 'SeatsReserved',
  data: { ...id, request, wanted, seats, availableSeatsChanged },
});
const held = (quantity: number, request = 1) => reserved(request, [seat(quantity)], [seat(quantity)], [change(-quantity)]);
const committed: SeatsAvailabilityEvent = { type: 'SeatsReservationCommitted', data: id };
const cancelled = (...availableSeatsChanged: readonly SeatsDelta[]): SeatsAvailabilityEvent => ({
  type: 'SeatsReservationCancelled',
  data: { ...id, availableSeatsChanged },
});

const setQuota = (value: number, asOf: number, seatTypeId = 'gala'): SeatsAvailabilityCommand => ({
  type: 'SetSeatQuota',
  data: { conferenceId, seatTypeId, quota: value, asOf },
});
const reserve = (request: number, ...items: Seats): SeatsAvailabilityCommand => ({
  type: 'MakeSeatReservation',
  data: { ...id, request, items },
});
const commit: SeatsAvailabilityCommand = { type: 'CommitSeatReservation', data: id };
const cancel = (request: number): SeatsAvailabilityCommand => ({ type: 'CancelSeatReservation', data: { ...id, request } });

describe('SAV-1: setting a quota', () => {
  it('makes a seat type known, also one without seats', () => {
    given()
      .when(setQuota(10, 0))
      .then(quota(10, 10, 0));
    given()
      .when(setQuota(0, 0))
      .then(quota(0, 0, 0));
  });
  it('adds and takes away the difference', () => {
    given(quota(10, 10))
      .when(setQuota(12, 2))
      .then(quota(12, 2, 2));
    given(quota(10, 10))
      .when(setQuota(4, 2))
      .then(quota(4, -6, 2));
  });
  it('is nothing when it is the same', () => given(quota(10, 10)).when(setQuota(10, 2)).thenNothing());
  it('is nothing when a later one of the conference was applied', () => {
    given(quota(10, 10, 5))
      .when(setQuota(12, 5))
      .thenNothing();
    given(quota(10, 10, 5))
      .when(setQuota(12, 4))
      .thenNothing();
    given(quota(10, 10, 5), quota(3, 3, 2, 'talk'))
      .when(setQuota(4, 3, 'talk'))
      .then(quota(4, 1, 3, 'talk'));
  });
  it('SAV-2: may go below what is held: less than none remains', () => {
    given(quota(10, 10), held(6))
      .when(setQuota(3, 2))
      .then(quota(3, -7, 2));
    given(quota(10, 10), held(6), quota(3, -7, 2))
      .when(setQuota(5, 3))
      .then(quota(5, 2, 3));
  });
  it('still counts seats given back before', () =>
    given(quota(10, 10), held(6), quota(3, -7, 2), cancelled(change(6)))
      .when(reserve(2, seat(5)))
      .then(reserved(2, [seat(5)], [seat(3)], [change(-3)])));
});

describe('SAV-4: reserving', () => {
  it('takes what is wanted', () =>
    given(quota(10, 10))
      .when(reserve(1, seat(4)))
      .then(reserved(1, [seat(4)], [seat(4)], [change(-4)])));
  it('takes what there is', () =>
    given(quota(10, 10))
      .when(reserve(1, seat(15)))
      .then(reserved(1, [seat(15)], [seat(10)], [change(-10)])));
  it('SAV-5: answers, even with nothing', () => {
    given(quota(0, 0))
      .when(reserve(1, seat(1)))
      .then(reserved(1, [seat(1)], [], []));
    given(quota(5, 5))
      .when(reserve(1, seat(0)))
      .then(reserved(1, [seat(0)], [], []));
    given(quota(5, 5))
      .when(reserve(1, seat(-3)))
      .then(reserved(1, [seat(0)], [], []));
  });
  it('SAV-7: is partial per seat type', () =>
    given(quota(10, 10), quota(1, 1, 1, 'talk'), quota(0, 0, 1, 'tour'))
      .when(reserve(1, seat(2), seat(2, 'talk'), seat(2, 'tour')))
      .then(reserved(1, [seat(2), seat(2, 'talk'), seat(2, 'tour')], [seat(2), seat(1, 'talk')], [change(-2), change(-1, 'talk')])));
  it('SAV-10: lets the last of a type listed twice count, which the edge refuses', () =>
    given(quota(10, 10))
      .when(reserve(1, seat(4), seat(3)))
      .then(reserved(1, [seat(3)], [seat(3)], [change(-3)])));
  it.each([
    [8, 8, -2],
    [4, 4, 2],
    [15, 10, -4],
    [0, 0, 6],
  ])('SAV-6: replaces what it held: of 10, 6 become %i wanted', (wanted, seats, delta) =>
    given(quota(10, 10), held(6))
      .when(reserve(2, seat(wanted)))
      .then(reserved(2, [seat(wanted)], seats === 0 ? [] : [seat(seats)], [change(delta)])),
  );
  it('SAV-6: moves to another seat type, whose own seats count as free to it', () =>
    given(quota(10, 10), quota(5, 5, 1, 'talk'), held(6))
      .when(reserve(2, seat(3, 'talk')))
      .then(reserved(2, [seat(3, 'talk')], [seat(3, 'talk')], [change(-3, 'talk'), change(6)])));
  it('SAV-5: says so when nothing changes', () =>
    given(quota(10, 10), held(6))
      .when(reserve(2, seat(6)))
      .then(reserved(2, [seat(6)], [seat(6)], [])));
  it('SAV-12: keeps its seats after a cut, and takes no more', () =>
    given(quota(10, 10), held(6), quota(3, -7, 2))
      .when(reserve(2, seat(9)))
      .then(reserved(2, [seat(9)], [seat(6)], [])));
  it('SAV-3: is refused for an unknown seat type, and takes nothing of the others', () => {
    given(quota(10, 10))
      .when(reserve(1, seat(1), seat(1, 'talk')))
      .thenRejected({ code: 'unknown-seat-type', seatTypeId: 'talk' });
    given()
      .when(reserve(1, seat(1)))
      .thenRejected({ code: 'unknown-seat-type', seatTypeId: 'gala' });
  });
  it('SAV-11: may want none of a type, but has to know it', () => {
    given(quota(10, 10), quota(5, 5, 1, 'talk'))
      .when(reserve(1, seat(2), seat(0, 'talk')))
      .then(reserved(1, [seat(2), seat(0, 'talk')], [seat(2)], [change(-2)]));
    given(quota(10, 10))
      .when(reserve(1, seat(0, 'talk')))
      .thenRejected({ code: 'unknown-seat-type', seatTypeId: 'talk' });
  });
  it('SAV-12: leaves less than none as it is', () =>
    given(quota(10, 10), held(10), quota(4, -6, 2))
      .when({ type: 'MakeSeatReservation', data: { conferenceId, reservationId: 'r2', request: 1, items: [seat(1)] } })
      .then({
        type: 'SeatsReserved',
        data: { ...{ conferenceId, reservationId: 'r2', request: 1 }, wanted: [seat(1)], seats: [], availableSeatsChanged: [] },
      }));
});

describe('W-44: numbers of requests', () => {
  it('that were seen or overtaken change nothing', () => {
    given(quota(10, 10), held(6, 2))
      .when(reserve(2, seat(8)))
      .thenNothing();
    given(quota(10, 10), held(6, 2))
      .when(reserve(1, seat(8)))
      .thenNothing();
  });
  it('that come after the cancellation reserve nothing, a higher one does', () => {
    const history = [quota(10, 10), held(6, 2), cancelled(change(6))];
    given(...history)
      .when(reserve(2, seat(6)))
      .thenNothing();
    given(...history)
      .when(reserve(3, seat(6)))
      .then(reserved(3, [seat(6)], [seat(6)], [change(-6)]));
  });
  it('after a commit are refused (SAV-9)', () => {
    given(quota(10, 10), held(6), committed)
      .when(reserve(2, seat(1)))
      .thenRejected({ code: 'reservation-committed' });
    given(quota(10, 10), held(6), committed)
      .when(reserve(1, seat(1)))
      .thenNothing();
  });
});

describe('SAV-9: committing', () => {
  it('happens to what is held, once', () => {
    given(quota(10, 10), held(6)).when(commit).then(committed);
    given(quota(10, 10), held(6), committed).when(commit).thenNothing();
  });
  it('is refused for what is not held', () => {
    given(quota(10, 10)).when(commit).thenRejected({ code: 'reservation-not-held' });
    given(quota(10, 10), held(6), cancelled(change(6)))
      .when(commit)
      .thenRejected({ code: 'reservation-not-held' });
  });
  it('leaves the seats taken', () =>
    given(quota(10, 10), held(6), committed)
      .when({ type: 'MakeSeatReservation', data: { conferenceId, reservationId: 'r2', request: 1, items: [seat(5)] } })
      .then({
        type: 'SeatsReserved',
        data: {
          ...{ conferenceId, reservationId: 'r2', request: 1 },
          wanted: [seat(5)],
          seats: [seat(4)],
          availableSeatsChanged: [change(-4)],
        },
      }));
});

describe('SAV-8: cancelling', () => {
  it('gives back what is held, once', () => {
    given(quota(10, 10), held(6))
      .when(cancel(1))
      .then(cancelled(change(6)));
    given(quota(10, 10), held(6), cancelled(change(6)))
      .when(cancel(1))
      .thenNothing();
    given(quota(0, 0), reserved(1, [seat(1)], [], []))
      .when(cancel(1))
      .then(cancelled());
  });
  it('is nothing for what was never held, or is committed', () => {
    given(quota(10, 10)).when(cancel(1)).thenNothing();
    given(quota(10, 10), held(6), committed).when(cancel(1)).thenNothing();
  });
  it('is nothing for a newer selection than it knows of', () => {
    given(quota(10, 10), held(6, 2)).when(cancel(1)).thenNothing();
    given(quota(10, 10), held(6, 2))
      .when(cancel(3))
      .then(cancelled(change(6)));
  });
});

describe('its state', () => {
  const history = [quota(10, 10), quota(2, 2, 1, 'talk'), held(6)];
  const state = history.reduce(seatsAvailability.evolve, seatsAvailability.initialState);

  it('numbers requests that have no number of their own', () => {
    const after = [quota(10, 10), held(2), cancelled(change(2)), held(3)].reduce(seatsAvailability.evolve, seatsAvailability.initialState);
    expect(after.reservations.get('r1')).toStrictEqual({ request: 2, seats: [seat(3)], status: 'held' });
  });
  it('takes the first quota of a type of which seats were held before', () => {
    given(held(3))
      .when(setQuota(10, 0))
      .then(quota(10, 10, 0));
    expect(seatsAvailability.evolve(seatsAvailability.initialState, held(3)).reservations.get('r1')?.seats).toStrictEqual([seat(3)]);
  });
  it('understands events that know a delta only, also of a type without a quota', () => {
    const early = quota(0, 4, -1);
    const after = [held(1), early, early].reduce(seatsAvailability.evolve, seatsAvailability.initialState);
    expect(after.seatTypes.get('gala')).toStrictEqual({ id: 'gala', quota: 8, remaining: 7, asOf: -1 });
  });
  it('keeps of a cancelled reservation its number alone', () =>
    expect(
      [...history, cancelled(change(6))].reduce(seatsAvailability.evolve, seatsAvailability.initialState).reservations.get('r1'),
    ).toStrictEqual({
      request: 1,
      seats: [],
      status: 'cancelled',
    }));
  it('ignores the end of a reservation that it does not know', () =>
    expect([committed, cancelled()].reduce(seatsAvailability.evolve, seatsAvailability.initialState)).toStrictEqual(
      seatsAvailability.initialState,
    ));
  it('comes back from its snapshot and decides alike', () => {
    const back = seatsAvailabilitySnapshot.fromJson(JSON.parse(JSON.stringify(seatsAvailabilitySnapshot.toJson(state))));
    expect(back).toStrictEqual(state);
    expect(seatsAvailability.decide(reserve(2, seat(15)), deepFreeze(back))).toStrictEqual(
      seatsAvailability.decide(reserve(2, seat(15)), state),
    );
  });
});
