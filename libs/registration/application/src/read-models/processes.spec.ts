import type { Instant } from '@conference/kernel';
import { registration } from '@conference/registration-domain';
import { projectionLaws, specForProjection } from '@conference/testing-spec';
import { describe, expect, it } from 'vitest';
import { awaitedBy, nextDeadline, processDecoder, processesProjection, processStates, type RegistrationProcessEvent } from './processes.ts';

const { given } = specForProjection(processesProjection);
const orderId = 'o1';
const stream = 'Registration-o1';
const receivedAt = '2027-03-01T09:00:00.000Z' as Instant;
const reservationExpiresAt = '2027-03-01T09:15:00.000Z' as Instant;
const releaseAt = '2027-03-01T09:29:00.000Z' as Instant;
const placed: RegistrationProcessEvent = {
  type: 'InputHandled',
  data: {
    input: {
      message: {
        type: 'OrderPlaced',
        data: { orderId, conferenceId: 'c1', request: 1, items: [{ seatTypeId: 's1', quantity: 2 }], reservationExpiresAt, releaseAt },
      },
      id: 'i1',
      causationId: 'c1',
      receivedAt,
    },
    commands: [
      {
        commandId: 'k1',
        command: {
          type: 'MakeSeatReservation',
          data: { conferenceId: 'c1', reservationId: orderId, request: 1, items: [{ seatTypeId: 's1', quantity: 2 }] },
        },
      },
    ],
    deadlines: [{ set: 'release', at: releaseAt }],
  },
};
const cancelled: RegistrationProcessEvent = {
  type: 'InputHandled',
  data: {
    input: { message: { type: 'OrderCancelled', data: { orderId } }, id: 'i2', causationId: 'c2', receivedAt },
    commands: [],
    deadlines: [{ clear: 'release' }],
  },
};
const states = (...events: readonly RegistrationProcessEvent[]) => events.reduce(registration.evolve, registration.initialState);

describe('Where a process stands', () => {
  it('is what its own events say, with the deadlines that are set', () => {
    given(stream, placed)
      .then(orderId, { orderId, state: 'awaiting-reservation', deadlines: { release: releaseAt }, registration: states(placed) })
      .given(stream, cancelled)
      .then(orderId, { orderId, state: 'cancelled', deadlines: {}, registration: states(placed, cancelled) });
  });

  it('ends the same in whatever order, with whatever repeats, several processes come', () =>
    projectionLaws(processesProjection, { [stream]: [placed, cancelled], 'Registration-o2': [placed], 'Registration-o3': [cancelled] }));

  it('shows the deadline that comes first', () => {
    expect(nextDeadline({ deadlines: {} })).toBeNull();
    const later = '2027-03-01T10:00:00.000Z' as Instant;
    expect(nextDeadline({ deadlines: { release: later, 'unknown-order': releaseAt } })).toEqual({
      name: 'unknown-order',
      dueAt: releaseAt,
    });
  });

  it('waits for nothing exactly when it is over', () => {
    const over = processStates.filter((state) => awaitedBy({ state }) === null);
    expect(over).toEqual(['confirmed', 'expired', 'cancelled']);
    expect(processStates).toContain(registration.initialState.state);
  });

  it('is read from the process’s events alone, and not from those of a later release', () => {
    const { type, data } = placed;
    expect(processDecoder.decode({ type, schemaVersion: 1, data })).toEqual(placed);
    expect(processDecoder.decode({ type: 'OrderPlaced', schemaVersion: 1, data })).toBeUndefined();
    expect(() => processDecoder.decode({ type, schemaVersion: 2, data })).toThrow('this release knows');
  });
});
