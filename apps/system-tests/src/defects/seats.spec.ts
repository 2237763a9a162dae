/** Defects of the original in the seats that are left: counted twice, lost, or held for nobody. */
import { StoreUnavailable } from '@conference/ports';
import { expect, test } from 'vitest';
import { ada, pricePerSeat, scene } from './scene.fixture.ts';

const twoTypes = [
  { price: pricePerSeat, quota: 10 },
  { price: 0, quota: 10 },
];

test('W-12: building the read models anew sends no command, and a quota that is told again changes nothing', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, world, registration, conferenceManagement } = at;
    const { conferenceId } = conference;
    await at.bought(conferenceId, [{ seatTypeId, quantity: 2 }]);
    const seats = () => at.types(registration, 'SeatsAvailability', conferenceId);
    const before = seats();
    expect(before.filter((type) => type === 'AvailableSeatsChanged')).toHaveLength(1);
    const count = registration.events.events.length;
    for (const name of ['conferences', 'orders', 'order-seats', 'processes'])
      expect(await registration.ask(({ runtime }) => runtime.rebuild(name))).toBe(true);
    await at.pause(10_000);
    expect(registration.events.events.length).toBe(count);
    await at.command(conferenceManagement, 'unpublish', ({ commands }, context) => commands.unpublishConference({ conferenceId }, context));
    await at.command(conferenceManagement, 'publish', ({ commands }, context) => commands.publishConference({ conferenceId }, context));
    await at.pause(10_000);
    expect(at.types(registration, 'RegistrationInboxConference', conferenceId).slice(-2)).toEqual([
      'ConferenceUnpublished',
      'ConferencePublished',
    ]);
    expect(seats()).toEqual(before);
    expect(world.hosts.every(({ service }) => service.starts === 1)).toBe(true);
  }));

test('W-13: each change is counted once for every seat type, also when a batch of documents fails before or after it is written', () =>
  scene({ seatTypes: twoTypes }, async (at) => {
    const { conference } = at;
    const [first = '', second = ''] = conference.seatTypes.map(({ seatTypeId }) => seatTypeId);
    const failures = { before: 0, after: 0 };
    at.onCommit(async ({ service, collection, documents }, proceed) => {
      if (service !== 'registration' || collection !== 'conferences' || documents.length === 0) return proceed();
      if (failures.before <= failures.after) {
        failures.before += 1;
        throw new Error('not written');
      }
      const result = await proceed();
      if (failures.after === 6) return result;
      failures.after += 1;
      throw new Error('written, and the answer is lost');
    });
    for (let n = 1; n <= 3; n++) {
      await at.reserved(conference.conferenceId, [{ seatTypeId: first, quantity: 1 }]);
      await at.availableBecomes(first, 10 - n);
      await at.reserved(conference.conferenceId, [{ seatTypeId: second, quantity: 2 }]);
      await at.availableBecomes(second, 10 - 2 * n);
    }
    expect(failures.after).toBeGreaterThan(3);
  }));

test('W-14: seats of a new seat type are on offer, whichever is seen first: that it is sold, or how many there are', () =>
  scene({}, async (at) => {
    const { conference, conferenceManagement, registration, sim } = at;
    const { conferenceId } = conference;
    const seatTypeId = sim.ids.next();
    const knownSeats = () =>
      at.stream(registration, 'SeatsAvailability', conferenceId).some(({ data }) => data['seatTypeId'] === seatTypeId);
    at.onCommit(async ({ service, collection }, proceed) => {
      while (service === 'registration' && collection === 'conferences' && !knownSeats()) await at.pause(10);
      return proceed();
    });
    await at.command(conferenceManagement, 'one more', ({ commands }, context) =>
      commands.createSeatType({ conferenceId, seatTypeId, name: 'Workshop', description: 'One day', price: 100, quota: 7 }, context),
    );
    await at.availableBecomes(seatTypeId, 7);
  }));

test('W-40: the largest order of the longest names is one event, of its assignments too, and all of it is seen by others', () =>
  scene({ seatTypes: [{ price: 0, quota: 0 }] }, async (at) => {
    const { conference, registration, conferenceManagement, sim } = at;
    const { conferenceId } = conference;
    const [types, quantity, name] = [50, 20, '席'.repeat(70)];
    const items = Array.from({ length: types }, () => ({ seatTypeId: sim.ids.next(), quantity }));
    for (const { seatTypeId } of items)
      await at.command(conferenceManagement, 'one more', ({ commands }, context) =>
        commands.createSeatType({ conferenceId, seatTypeId, name, description: name, price: 0, quota: quantity }, context),
      );
    for (const { seatTypeId } of items) await at.availableBecomes(seatTypeId, quantity);
    const orderId = await at.reserved(conferenceId, items);
    await at.confirm(orderId);
    const seats = await at.until(registration, 'the seats', async ({ queries }) => {
      const found = await queries.orderSeats(orderId, 100);
      return found === undefined || found === 'none' || found === 'behind' ? undefined : found.document.seats;
    });
    expect(seats).toHaveLength(types * quantity);
    expect(at.types(registration, 'SeatAssignments', orderId)).toEqual(['SeatAssignmentsCreated']);
    await at.command(registration, 'assign', ({ commands }, context) =>
      commands.assignSeat({ orderId, position: types * quantity - 1, attendee: ada }, context),
    );
    await at.until(conferenceManagement, 'the attendee', async ({ queries }) =>
      (await queries.attendees(conferenceId, { limit: 10 })).items.find(({ seatTypeName }) => seatTypeName === name),
    );
  }));

test('W-43: a cancellation never overtakes the reservation that it takes back, however long that is held up', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    let isAway = true;
    let refused = 0;
    at.onAppend(async ({ events }, proceed) => {
      if (!isAway || !events.some(({ type }) => type.startsWith('SeatsReser'))) return proceed();
      refused += 1;
      throw new StoreUnavailable('full');
    });
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    await at.pause(500);
    await at.cancel(orderId);
    await at.pause(15_000);
    expect(refused).toBeGreaterThan(1);
    isAway = false;
    await at.until(registration, 'the end', async () =>
      at.types(registration, 'SeatsAvailability', conference.conferenceId).includes('SeatsReservationCancelled') ? true : undefined,
    );
    expect(at.types(registration, 'SeatsAvailability', conference.conferenceId).slice(1)).toEqual([
      'SeatsReserved',
      'SeatsReservationCancelled',
    ]);
    await at.availableBecomes(seatTypeId, 10);
  }));

test('W-44: a reservation that comes again after it was given back takes no seats', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    const orderId = await at.reserved(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    await at.cancel(orderId);
    await at.availableBecomes(seatTypeId, 10);
    const before = at.types(registration, 'SeatsAvailability', conference.conferenceId);
    await at.redeliverEverything(registration);
    expect(at.types(registration, 'SeatsAvailability', conference.conferenceId)).toEqual(before);
    await at.availableBecomes(seatTypeId, 10);
  }));

test('W-45: seats that are reserved after the order has ended are given back', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    let mayReserve = false;
    at.onAppend(async ({ events }, proceed) => {
      while (events[0]?.type === 'SeatsReserved' && !mayReserve) await at.pause(10);
      return proceed();
    });
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    await at.cancel(orderId);
    await at.orderBecomes(orderId, 'cancelled');
    const handled = () => at.stream(registration, 'Registration', orderId).map(({ data }) => JSON.stringify(data['input']));
    await at.until(registration, 'the cancellation', async () =>
      handled().some((input) => input.includes('"OrderCancelled"')) ? true : undefined,
    );
    mayReserve = true;
    await at.until(registration, 'the reservation', async () =>
      handled().some((input) => input.includes('"SeatsReserved"')) ? true : undefined,
    );
    await at.availableBecomes(seatTypeId, 10);
    expect(at.types(registration, 'SeatsAvailability', conference.conferenceId).slice(1)).toEqual([
      'SeatsReserved',
      'SeatsReservationCancelled',
    ]);
  }));
