/** Defects of the original between its parts: what was lost, what came twice, what lost its name on the way. */
import { faultNames } from '@conference/testing-simulation';
import { expect, test } from 'vitest';
import { ada, never, scene } from './scene.fixture.ts';

test('W-2: what an organiser changed is heard, also when conference-management dies before it has told anybody', () =>
  scene({}, async (at) => {
    const { conference, conferenceManagement, registration } = at;
    const { conferenceId } = conference;
    const heard = () => at.types(registration, 'RegistrationInboxConference', conferenceId);
    const before = heard();
    let hasDied = false;
    at.onAppend(async ({ service, events }, proceed) => {
      const result = await proceed();
      if (hasDied || service !== 'conference-management' || events[0]?.type !== 'ConferenceUnpublished') return result;
      hasDied = true;
      expect(heard()).toEqual(before);
      conferenceManagement.service.crash();
      return never();
    });
    const outcome = await at.command(conferenceManagement, 'unpublish', ({ commands }, context) =>
      commands.unpublishConference({ conferenceId }, context),
    );
    expect([outcome.status, conferenceManagement.service.starts]).toEqual(['repeated', 2]);
    await at.until(registration, 'the message', async () => (heard().length > before.length ? true : undefined));
    expect(heard()).toEqual([...before, 'ConferenceUnpublished']);
  }));

test('W-6: an order that was placed long ago and is heard of again starts nothing again', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    const { orderId } = await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 4 }]);
    await at.availableBecomes(seatTypeId, 6);
    const before = registration.events.events.map(({ streamName, type }) => `${streamName} ${type}`);
    await at.redeliverEverything(registration);
    expect(registration.events.events.map(({ streamName, type }) => `${streamName} ${type}`)).toEqual(before);
    await at.availableBecomes(seatTypeId, 6);
    expect(await at.orderBecomes(orderId, 'confirmed')).toMatchObject({ items: [{ reserved: 4 }] });
  }));

test('W-10: an order has one set of seats to assign, however often its confirmation is heard of', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    const { orderId } = await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 2 }]);
    await at.command(registration, 'assign', ({ commands }, context) =>
      commands.assignSeat({ orderId, position: 1, attendee: ada }, context),
    );
    await at.redeliverEverything(registration);
    const sets = [...registration.events.streams].filter(([name]) => name.startsWith('SeatAssignments-'));
    expect(sets.map(([name, events]) => [name, events.map(({ type }) => type)])).toEqual([
      [`SeatAssignments-${orderId}`, ['SeatAssignmentsCreated', 'SeatAssigned']],
    ]);
    const seats = await at.until(registration, 'the seats', async ({ queries }) => {
      const found = await queries.orderSeats(orderId, 100);
      return found === undefined || found === 'none' || found === 'behind' ? undefined : found.document.seats;
    });
    expect(seats.map(({ attendee }) => attendee?.email ?? null)).toEqual([null, ada.email]);
  }));

test('W-11: what the process decided is carried out after a crash, though nothing else happens to the order', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    const reservations = () =>
      at.types(registration, 'SeatsAvailability', conference.conferenceId).filter((type) => type === 'SeatsReserved');
    let hasDied = false;
    // The decision is on the disk; what it asks for is about to be.
    at.onAppend(async ({ events }, proceed) => {
      if (hasDied || events[0]?.type !== 'SeatsReserved') return proceed();
      hasDied = true;
      expect(reservations()).toEqual([]);
      registration.service.crash();
      return never();
    });
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 2 }]);
    await at.orderBecomes(orderId, 'reserved');
    expect([registration.service.starts, reservations()]).toEqual([2, ['SeatsReserved']]);
  }));

type Issued = { readonly commandId: string; readonly command: { readonly type: string } };

test('W-35: a command that the process sends keeps its id, so that every fact names the command that caused it', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    const { orderId } = await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 2 }]);
    const issued = at
      .stream(registration, 'Registration', orderId)
      .flatMap(({ data }) => (data as { commands: readonly Issued[] }).commands);
    expect(issued.map(({ command }) => command.type)).toEqual([
      'MakeSeatReservation',
      'MarkSeatsAsReserved',
      'ConfirmOrder',
      'CommitSeatReservation',
      'CreateSeatAssignments',
    ]);
    for (const { commandId, command } of issued) {
      const caused = registration.events.events.filter(({ metadata }) => metadata.commandId === commandId);
      expect(caused.length, command.type).toBeGreaterThan(0);
    }
    const placedWith = at.stream(registration, 'Order', orderId)[0]?.metadata.correlationId;
    const [reserved] = at.stream(registration, 'SeatsAvailability', conference.conferenceId).filter(({ type }) => type === 'SeatsReserved');
    expect(reserved?.metadata.correlationId).toBe(placedWith);
  }));

const faultsOfDelivery = faultNames.filter((name) => /^(delivery|publish)-/.test(name));

test('W-36: the engines of development lose, repeat and reorder messages too, and nothing is dropped', () =>
  scene({ options: { faults: Object.fromEntries(faultsOfDelivery.map((name) => [name, 0.2])) } }, async (at) => {
    const { conference, seatTypeId } = at;
    for (let n = 0; n < 3; n++) await at.bought(conference.conferenceId, [{ seatTypeId, quantity: 1 }]);
    const happened = faultsOfDelivery.filter((name) => at.sim.trace.tail(4_096).some((line) => line.includes(`! ${name}`)));
    expect(happened.length).toBeGreaterThan(faultsOfDelivery.length / 2);
    await at.availableBecomes(seatTypeId, 7);
  }));

test('W-39: a process that is stuck is seen, with what it waits for and until when', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration } = at;
    let isStuck = true;
    at.onAppend(async ({ events }, proceed) => {
      while (isStuck && events[0]?.type === 'SeatsReserved') await at.pause(10);
      return proceed();
    });
    const { orderId } = await at.place(conference.conferenceId, [{ seatTypeId, quantity: 1 }]);
    const { releaseAt } = await at.order(orderId);
    const stuck = await at.until(registration, 'the process', async ({ queries }) =>
      (await queries.processes({ state: 'awaiting-reservation', limit: 10 })).items.find((process) => process.orderId === orderId),
    );
    expect(stuck.deadlines).toEqual({ release: releaseAt });
    isStuck = false;
    await at.orderBecomes(orderId, 'reserved');
  }));
