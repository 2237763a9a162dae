import { expect, test } from 'vitest';
import { scene } from './scene.fixture.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

test('what follows from a request stands in its trace and in its conversation, in every service', () =>
  scene({}, async (at) => {
    const { conference, seatTypeId, registration, world, sim } = at;
    const [orderId, commandId] = [sim.ids.next(), sim.ids.next()];
    const context = {
      commandId,
      correlationId: commandId,
      causationId: commandId,
      actor: 'somebody',
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    };
    const order = { orderId, conferenceId: conference.conferenceId, items: [{ seatTypeId, quantity: 1 }], accessCode: 'ABCDEFGHJKMNPQRS' };
    await registration.ask(({ commands }) => commands.placeOrder(order, context));
    await at.orderBecomes(orderId, 'reserved');
    await at.pause(5_000);
    const followed = world.hosts.flatMap(({ service, events }) =>
      events.events
        .filter(({ metadata }) => metadata.correlationId === commandId)
        .map(
          ({ type, metadata }) => `${service.name} ${type} ${metadata.traceparent?.includes(traceId) === true ? 'traced' : 'not traced'}`,
        ),
    );
    expect(followed.filter((line) => line.endsWith('not traced'))).toEqual([]);
    expect(new Set(followed.map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(
      new Set([
        ...['OrderPlaced', 'OrderTotalsCalculated', 'InputHandled', 'SeatsReserved', 'OrderReservationCompleted'].map(
          (type) => `registration ${type}`,
        ),
        ...['OrderPlaced', 'OrderTotalsCalculated', 'OrderReservationCompleted'].map((type) => `payments ${type}`),
        ...['OrderPlaced', 'OrderTotalsCalculated', 'SeatsReserved', 'OrderReservationCompleted'].map(
          (type) => `conference-management ${type}`,
        ),
      ]),
    );
  }));
