/** The original could not tell what had followed from what. */
import { expect, test } from 'vitest';
import { scene } from './scene.fixture.ts';

test('all that follows from a request is of its conversation, through the process and in every service', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration, world, sim } = at;
    const [orderId, commandId] = [sim.ids.next(), sim.ids.next()];
    const context = { commandId, correlationId: commandId, causationId: commandId, actor: 'somebody' };
    const order = { orderId, conferenceId: conference.conferenceId, items: [{ seatTypeId, quantity: 1 }], accessCode: 'ABCDEFGHJKMNPQRS' };
    await registration.ask(({ commands }) => commands.placeOrder(order, context));
    await at.orderBecomes(orderId, 'reserved');
    await at.pause(5_000);
    const heardBy = world.hosts.map(({ service, events }) => [
      service.name,
      [...new Set(events.events.filter(({ metadata }) => metadata.correlationId === commandId).map(({ type }) => type))].toSorted(),
    ]);
    const ofTheOrder = ['OrderPlaced', 'OrderReservationCompleted', 'OrderTotalsCalculated'];
    expect(Object.fromEntries(heardBy)).toEqual({
      registration: ['InputHandled', ...ofTheOrder, 'SeatsReserved'],
      payments: ofTheOrder,
      'conference-management': [...ofTheOrder, 'SeatsReserved'],
    });
  }));
